"""python -m model_service MODEL: serve a model.

python -m model_service train MODEL: train a model and store it.
python -m model_service export MODEL FILE.parquet: write the prediction log to a file.
python -m model_service drift MODEL: compare two named windows and decide.
python -m model_service retrain MODEL: train a challenger and promote it if it is better.
python -m model_service evaluate-images MODEL FOLDER: evaluate pictures by folder of their class.
"""

import argparse
import logging
import socket
import sys

SWITCH_SECONDS = 0.001
PORTS = {"churn": 8000, "cats-dogs": 8010}
DRIFT_WINDOWS = {"churn": ("month_000", "month_001")}
COMMANDS = ("train", "export", "drift", "retrain", "evaluate-images")


def main(arguments: list[str] | None = None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = words[0] if words and words[0] in COMMANDS else "serve"
    options = _parser(command).parse_args(words if command == "serve" else words[1:])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")

    from pydantic import ValidationError

    from evaluation.errors import EvaluationError
    from model_service.errors import ServiceError

    commands = {
        "train": _train,
        "export": _export,
        "drift": _drift,
        "retrain": _retrain,
        "evaluate-images": _evaluate_images,
    }
    run = commands.get(command, _serve)
    try:
        return run(options)
    except (ServiceError, EvaluationError) as error:
        print(f"error: {error}", file=sys.stderr)
    except ValidationError as error:
        for problem in error.errors():
            name = "BELVEDERE_" + "_".join(map(str, problem["loc"])).upper()
            print(f"error: {name}: {problem['msg']}", file=sys.stderr)
    return 1


def _parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m model_service",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", help="bike-sharing, churn, or your own model as my_package:model")
    if command == "serve":
        parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
        parser.add_argument(
            "--port",
            type=int,
            help="default: 8000 for churn, 8010 for cats-dogs, 8080 for other models",
        )
    elif command == "export":
        parser.add_argument("file", help="the .parquet file to write")
        parser.add_argument(
            "--start", help="an ISO date or time; default: the time of the first row"
        )
        parser.add_argument("--end", help="an ISO date or time, exclusive; default: no end")
        parser.add_argument("--by", choices=["arrival", "event"], default="arrival")
    elif command == "drift":
        parser.add_argument(
            "--reference", help="a window from GET /windows; default for churn: month_000"
        )
        parser.add_argument(
            "--current", help="a window from GET /windows; default for churn: month_001"
        )
        parser.add_argument("--share-limit", type=float, default=0.30, help="default: %(default)s")
        parser.add_argument("--folder", default="reports/evidently", help="default: %(default)s")
    elif command == "evaluate-images":
        parser.add_argument("source", help="a folder of pictures, or a zip of one")
        parser.add_argument(
            "--reference", help="a window from GET /windows; default: the training data"
        )
        parser.add_argument("--folder", default="reports/images", help="default: %(default)s")
    elif command == "retrain":
        parser.add_argument("--month", default="month_001", help="default: %(default)s")
    return parser


def _train(options: argparse.Namespace) -> int:
    from model_service.models import load
    from model_service.settings import Settings

    settings = Settings()
    model = load(options.model, settings.data_dir)
    facts = model.details()
    print(
        f"{model.name} {model.version}: {facts.get('algorithm', 'user-defined')}, "
        f"{facts.get('training_rows', 'unknown')} rows, "
        f"trained {facts.get('trained_at', 'by its author')}"
        + (f", stored in {settings.data_dir / 'models'}" if "trained_at" in facts else "")
    )
    return 0


def _drift(options: argparse.Namespace) -> int:
    from pathlib import Path

    from model_service.commands.compare_windows import compare_windows
    from model_service.errors import StartError
    from model_service.models import load
    from model_service.settings import Settings

    if not 0 < options.share_limit <= 1:
        raise StartError(f"--share-limit {options.share_limit:g} is not above 0 and at most 1.")
    model = load(options.model, Settings().data_dir)
    defaults = DRIFT_WINDOWS.get(options.model, (None, None))
    reference, current = options.reference or defaults[0], options.current or defaults[1]
    if reference is None or current is None:
        names = ", ".join(window.name for window in model.windows())
        raise StartError(
            f"Set --reference and --current. {model.name} has these windows: {names or 'none'}."
        )
    folder = Path(options.folder)
    try:
        report = compare_windows(model, reference, current, folder, options.share_limit)
    except OSError as error:
        raise StartError(f"{folder} can't be written: {error.strerror}.") from error
    print(report.line)
    for line in report.lines:
        print(line, file=sys.stderr)
    return 0


def _evaluate_images(options: argparse.Namespace) -> int:
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


def _retrain(options: argparse.Namespace) -> int:
    from model_service.models import retrain
    from model_service.settings import Settings

    settings = Settings()
    comparison = retrain(options.model, settings.data_dir, options.month)
    for side in ("champion", "challenger"):
        scores = comparison[side]
        print(
            f"{side} {scores['version']} ({scores['training_month']}): "
            f"ROC AUC {scores['roc_auc']:.4f}, log loss {scores['log_loss']:.4f}"
        )
    decision = "promoted" if comparison["promoted"] else "the champion stays"
    lower, upper = comparison["roc_auc_gain_lower"], comparison["roc_auc_gain_upper"]
    print(
        f"{decision}: {comparison['rule']} (95 % interval {lower:+.4f} to {upper:+.4f}) "
        f"on the same {comparison['held_out_rows']} held-out rows"
    )
    print(f"Restart the service to {'serve it' if comparison['promoted'] else 'show both'}.")
    return 0


def _export(options: argparse.Namespace) -> int:
    from pathlib import Path

    from model_service.app import prepare
    from model_service.errors import StartError
    from model_service.evaluations.request import Interval
    from model_service.models import load
    from model_service.predictions.log_reader import LogReader, Stretch
    from model_service.predictions.tables import engine_for
    from model_service.settings import Settings

    settings = Settings()
    model = load(options.model, settings.data_dir)
    stretch = Stretch(by=options.by)
    if options.start or options.end:
        stretch = Interval(start=options.start, end=options.end).stretch(options.by)
    prepare(model, settings)
    engine = engine_for(settings.database(model.name), settings.log_durability)
    try:
        count = LogReader(engine, model).export(stretch, Path(options.file))
    except OSError as error:
        raise StartError(f"{options.file} can't be written: {error.strerror}.") from error
    finally:
        engine.dispose()
    print(f"{count:,} rows of the prediction log of {model.name} are in {options.file}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    import uvicorn
    from prometheus_client import CollectorRegistry

    from model_service.app import create_app, prepare
    from model_service.models import check_known, load
    from model_service.predictions.database_wait import wait_for_database
    from model_service.settings import Settings

    settings = Settings()
    # by default a thread that uses the database could block the event loop for 5 ms
    sys.setswitchinterval(SWITCH_SECONDS)
    settings.refuse_open_door(options.host)
    check_known(options.model)
    port = PORTS.get(options.model, 8080) if options.port is None else options.port
    with _listen(options.host, port) as listener:
        model = load(options.model, settings.data_dir)
        wait_for_database(settings.database(model.name), settings.database_wait_seconds)
        prepare(model, settings)
        app = create_app(model, settings, CollectorRegistry())
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=10,
            server_header=False,
        )
        server = uvicorn.Server(config)
        server.run(sockets=[listener])
    return 0 if server.started else 1


def _listen(host: str, port: int) -> socket.socket:
    from model_service.errors import StartError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise StartError(
            f"Can't listen on {host}:{port} ({error.strerror}). Is another service there? "
            "Choose another port with --port."
        ) from error
    return listener


if __name__ == "__main__":
    sys.exit(main())
