"""The command evaluate-images: pictures of a folder or a zip, without a service."""

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help="a folder of pictures, or a zip of one")
    parser.add_argument(
        "--reference", help="a window from GET /windows; default: the training data"
    )
    parser.add_argument("--folder", default="reports/images", help="default: %(default)s")


def evaluate(options: argparse.Namespace) -> int:
    """Evaluate pictures, write the reports and print the scores. Raises StartError."""
    from pathlib import Path

    from model_service.commands.evaluate_images import evaluate_images
    from model_service.errors import StartError
    from model_service.evaluations.images.files import image_limits
    from model_service.models import load
    from model_service.settings import Settings

    settings = Settings()
    model = load(options.model, settings.data_dir)
    source, folder = Path(options.source), Path(options.folder)

    def report(stage: str, _fraction: float) -> None:
        if sys.stderr.isatty():
            print(f"\r{stage:50}", end="\r", file=sys.stderr)

    try:
        result = evaluate_images(
            model, source, image_limits(settings), folder, options.reference, report
        )
    except OSError as error:
        raise StartError(f"{error.filename or source}: {error.strerror}.") from error
    print(result.line)
    for line in result.lines:
        print(line, file=sys.stderr)
    return 0
