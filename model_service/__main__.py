"""python -m model_service MODEL: serve a model.

python -m model_service train MODEL: train a model and store it.
python -m model_service export MODEL FILE.parquet: write the prediction log to a file.
python -m model_service drift MODEL: compare two named windows and decide.
python -m model_service retrain MODEL: train a challenger and promote it if it is better.
python -m model_service evaluate-images MODEL FOLDER: evaluate pictures by folder of their class.
"""

import argparse
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass

from model_service.commands import drift, export, images, serve, train


@dataclass(frozen=True)
class Command:
    """What a command does, and the arguments that it has besides the model."""

    run: Callable[[argparse.Namespace], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] | None = None


SERVE = Command(serve.serve, serve.add_arguments)
COMMANDS = {
    "train": Command(train.train),
    "export": Command(export.export, export.add_arguments),
    "drift": Command(drift.drift, drift.add_arguments),
    "retrain": Command(train.retrain, train.add_retrain_arguments),
    "evaluate-images": Command(images.evaluate, images.add_arguments),
}


def main(arguments: list[str] | None = None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = COMMANDS.get(words[0]) if words else None
    options = _parser(command or SERVE).parse_args(words[1:] if command else words)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")

    from pydantic import ValidationError

    from evaluation.errors import EvaluationError
    from model_service.errors import ServiceError

    try:
        return (command or SERVE).run(options)
    except (ServiceError, EvaluationError) as error:
        print(f"error: {error}", file=sys.stderr)
    except ValidationError as error:
        for problem in error.errors():
            name = "BELVEDERE_" + "_".join(map(str, problem["loc"])).upper()
            print(f"error: {name}: {problem['msg']}", file=sys.stderr)
    return 1


def _parser(command: Command) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m model_service",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "model", help="bike-sharing, churn, cats-dogs, or your own model as my_package:model"
    )
    if command.add_arguments is not None:
        command.add_arguments(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
