"""python -m evaluation REFERENCE CURRENT --schema schema.toml: print a verdict, exit with a code.

Exit code 0: fine; 1: past a threshold that --fail-on names; 2: could not evaluate.
"""

import argparse
import os
import sys
import traceback
from pathlib import Path

from evaluation import decision
from evaluation.document import ignore
from evaluation.errors import EvaluationError, SchemaError
from evaluation.inputs.files import read_frame, write_whole
from evaluation.inputs.schema import Schema
from evaluation.large_tables.addresses import FORMS, without_password
from evaluation.large_tables.sources import is_large
from evaluation.result import Evaluation
from evaluation.run import evaluate

# a larger file takes gigabytes as a frame; DuckDB counts it in a few hundred megabytes
LARGE_BYTES = 50_000_000
FINE, PAST_THRESHOLD, NOT_EVALUATED = 0, 1, 2
GATES = ("drift", "quality")
BAR_CHARACTERS = 30


def main(arguments: list[str] | None = None) -> int:
    """Evaluate two data sets as the arguments say; return the exit code."""
    options = _parser().parse_args(arguments)
    gates = options.fail_on or []
    draft = None if options.html is None else options.html.with_name(f".{options.html.name}.part")
    try:
        schema = Schema.from_toml(options.schema)
        _check_gates(gates, schema, options.schema)
        evaluation = _evaluate(options, schema, draft)
        if options.html is not None and draft is not None:
            draft.replace(options.html)
        if options.json is not None:
            write_whole(options.json, evaluation.encode())
    except (EvaluationError, OSError) as error:
        print(f"Could not evaluate: {error}", file=sys.stderr)
        return NOT_EVALUATED
    except Exception as error:  # noqa: BLE001 - its traceback is printed
        # the outermost edge: Python would exit with 1, which means past a threshold
        traceback.print_exc()
        reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        print(f"Could not evaluate: unexpected error ({reason}).", file=sys.stderr)
        return NOT_EVALUATED
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
    print(_summary(evaluation, options.html))
    for warning in evaluation.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return _exit_code(evaluation, schema, gates, options.strict)


def _check_gates(gates: list[str], schema: Schema, path: Path) -> None:
    """Raise SchemaError for a gate that has no threshold."""
    scores = decision.LOWER_IS_BETTER + decision.HIGHER_IS_BETTER
    if "quality" in gates and all(getattr(schema.thresholds, name) is None for name in scores):
        raise SchemaError(
            f"--fail-on quality needs a threshold in [thresholds] of {path}: one of "
            f"{', '.join(scores)}."
        )


def _evaluate(options: argparse.Namespace, schema: Schema, draft: Path | None) -> Evaluation:
    """Evaluate in memory, or where the tables are: large, in a database, or as --engine says."""
    progress = _show_progress if sys.stderr.isatty() else ignore
    name = options.name or Path(options.current.partition("#")[2] or options.current).stem
    names = (options.reference, options.current)
    if options.engine in ("duckdb", "spark") or (
        options.engine == "auto" and any(is_large(source, LARGE_BYTES) for source in names)
    ):
        # Ibis and DuckDB take half a second to import
        from evaluation.large_tables.evaluate import evaluate_tables

        return evaluate_tables(
            *names,
            schema,
            engine="spark" if options.engine == "spark" else "duckdb",
            name=name,
            html_path=draft,
            profiles=options.profiles,
            progress=progress,
            complete=lambda result: setattr(result, "source", without_password(options.current)),
        )
    return evaluate(
        read_frame(Path(options.reference)), read_frame(Path(options.current)), schema,
        name=name, html_path=draft, progress=progress,
        # Evidently takes seconds to import, and only the HTML report needs it
        evidently=options.html is not None,
        complete=lambda result: setattr(result, "source", options.current),
    )  # fmt: skip


def _profile_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "belvedere" / "profiles"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation",
        description=f"Compare current data with reference data, each {FORMS}.",
        epilog="Exit code: 0 fine, 1 past a threshold named by --fail-on, 2 could not evaluate.",
    )
    parser.add_argument("reference")
    parser.add_argument("current")
    parser.add_argument("--schema", type=Path, required=True, help="TOML file of the columns")
    parser.add_argument("--name", default="", help="name of the period, for the report")
    parser.add_argument(
        "--fail-on", action="append", choices=GATES, help="exit with 1 on it; may be repeated"
    )
    parser.add_argument("--html", type=Path, help="write the Evidently report to this file")
    parser.add_argument("--json", type=Path, help="write the evaluation document to this file")
    parser.add_argument(
        "--engine", choices=("auto", "memory", "duckdb", "spark"), default="auto",
        help="where to count: in memory, in DuckDB, or in Spark with its own settings; auto uses "
        "DuckDB for folders, databases and files over 50 MB (default: auto)",
    )  # fmt: skip
    parser.add_argument(
        "--profiles", type=Path, default=_profile_folder(),
        help="folder where DuckDB's profile of the reference is stored (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--strict", action="store_true", help="exit with 2 on too little data")
    return parser


def _exit_code(evaluation: Evaluation, schema: Schema, gates: list[str], strict: bool) -> int:
    if "drift" in gates and evaluation.verdict == "drift":
        return PAST_THRESHOLD
    if "quality" in gates and decision.past_thresholds(evaluation.quality, schema.thresholds):
        return PAST_THRESHOLD
    without_score = decision.without_score(evaluation.quality, schema.thresholds)
    if "quality" in gates and without_score:
        names = ", ".join(without_score)
        print(f"warning: no score for the threshold of {names}.", file=sys.stderr)
    if (
        evaluation.rows.current < schema.thresholds.minimum_rows
        or ("drift" in gates and evaluation.verdict == "not enough data")
        or ("quality" in gates and without_score)
    ):
        print("warning: too little data to decide.", file=sys.stderr)
        return NOT_EVALUATED if strict else FINE
    return FINE


def _summary(evaluation: Evaluation, html: Path | None) -> str:
    """Return the verdict with its rule, the scores, and one line for scripts."""
    target = evaluation.target_drift
    target_drift = (
        "unknown" if target is None or target.drifted is None else str(target.drifted).lower()
    )
    share = "unknown" if evaluation.drift_share is None else f"{evaluation.drift_share:.2f}"
    lines = [f"{evaluation.name}: {evaluation.verdict}. {evaluation.rule}"]
    if evaluation.quality is not None:
        lines.append(
            ", ".join(
                f"{name} {value:.4g}{' %' if name == 'mape' else ''}"
                for name in evaluation.quality.__struct_fields__
                if (value := getattr(evaluation.quality, name)) is not None
            )
        )
    lines.append(
        f"report={html or 'none'} drift_share={share} target_drift={target_drift} "
        f"decision={evaluation.decision} ({evaluation.decision_reason})"
    )
    return "\n".join(lines)


def _show_progress(stage: str, fraction: float) -> None:
    filled = round(BAR_CHARACTERS * fraction)
    bar = "#" * filled + "." * (BAR_CHARACTERS - filled)
    end = "\n" if fraction >= 1 else ""
    print(f"\r[{bar}] {stage:<24}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
