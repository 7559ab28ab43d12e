"""The command export: the prediction log as a Parquet file."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="the .parquet file to write")
    parser.add_argument("--start", help="an ISO date or time; default: the time of the first row")
    parser.add_argument("--end", help="an ISO date or time, exclusive; default: no end")
    parser.add_argument("--by", choices=["arrival", "event"], default="arrival")


def export(options: argparse.Namespace) -> int:
    """Write the prediction log to a file, print the number of rows. Raises StartError."""
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
