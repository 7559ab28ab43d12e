"""The command drift: compares two named windows and decides."""

import argparse
import sys

DRIFT_WINDOWS = {"churn": ("month_000", "month_001")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reference", help="a window from GET /windows; default for churn: month_000"
    )
    parser.add_argument(
        "--current", help="a window from GET /windows; default for churn: month_001"
    )
    parser.add_argument("--share-limit", type=float, default=0.30, help="default: %(default)s")
    parser.add_argument("--folder", default="reports/evidently", help="default: %(default)s")


def drift(options: argparse.Namespace) -> int:
    """Compare two windows, write the reports and print the decision. Raises StartError."""
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
