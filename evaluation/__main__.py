"""python -m evaluation REFERENCE CURRENT --schema schema.toml: a verdict and an exit code.

0 fine, 1 past a threshold that --fail-on names, 2 could not evaluate.
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

# a file past this takes gigabytes as a frame; DuckDB counts it in a few hundred megabytes
LARGE_BYTES = 50_000_000
FINE, PAST_THRESHOLD, NOT_EVALUATED = 0, 1, 2
GATES = ("drift", "quality")


def main(arguments: list[str] | None = None) -> int:
    """Evaluate two files as the arguments say; returns the exit code."""
    asked = _parser().parse_args(arguments)
    draft = None if asked.html is None else asked.html.with_name(f".{asked.html.name}.part")
    try:
        schema = Schema.from_toml(asked.schema)
        _check_gates(asked.fail_on or [], schema, asked.schema)
        evaluation = _evaluate(asked, schema, draft)
        if asked.html is not None and draft is not None:
            draft.replace(asked.html)
        if asked.json is not None:
            write_whole(asked.json, evaluation.encode())
    except (EvaluationError, OSError) as error:
        print(f"Could not evaluate: {error}", file=sys.stderr)
        return NOT_EVALUATED
    except Exception as error:  # noqa: BLE001 - its traceback is printed
        # the outermost edge: Python would end with 1, which means a threshold was passed
        traceback.print_exc()
        reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        print(f"Could not evaluate: it failed in an unforeseen way ({reason}).", file=sys.stderr)
        return NOT_EVALUATED
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
    print(_words(evaluation, asked.html))
    for warning in evaluation.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return _exit_code(evaluation, schema, asked.fail_on or [], asked.strict)


def _check_gates(gates: list[str], schema: Schema, path: Path) -> None:
    """Raise SchemaError for a gate that nothing could fail."""
    named = decision.LOWER_IS_BETTER + decision.HIGHER_IS_BETTER
    if "quality" in gates and all(getattr(schema.thresholds, name) is None for name in named):
        raise SchemaError(
            f"--fail-on quality needs a threshold in [thresholds] of {path}: one of "
            f"{', '.join(named)}."
        )


def _evaluate(asked: argparse.Namespace, schema: Schema, draft: Path | None) -> Evaluation:
    progress = _bar if sys.stderr.isatty() else ignore
    name = asked.name or Path(asked.current.partition("#")[2] or asked.current).stem
    both = (asked.reference, asked.current)
    if asked.engine in ("duckdb", "spark") or (
        asked.engine == "auto" and any(is_large(each, LARGE_BYTES) for each in both)
    ):
        # Ibis and DuckDB take half a second to import
        from evaluation.large_tables.evaluate import evaluate_tables

        return evaluate_tables(
            *both,
            schema,
            engine="spark" if asked.engine == "spark" else "duckdb",
            name=name,
            html_path=draft,
            profiles=asked.profiles,
            progress=progress,
            complete=lambda made: setattr(made, "source", without_password(asked.current)),
        )
    return evaluate(
        read_frame(Path(asked.reference)), read_frame(Path(asked.current)), schema,
        name=name, html_path=draft, progress=progress,
        # the verdict is ours; importing Evidently costs seconds, so only its page asks for it
        evidently=asked.html is not None,
        complete=lambda made: setattr(made, "source", asked.current),
    )  # fmt: skip


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "belvedere" / "profiles"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation",
        description=f"Evaluate current data against reference data, each {FORMS}.",
        epilog="Exit code: 0 fine, 1 past a threshold named by --fail-on, 2 could not evaluate.",
    )
    parser.add_argument("reference")
    parser.add_argument("current")
    parser.add_argument("--schema", type=Path, required=True, help="TOML file of the columns")
    parser.add_argument("--name", default="", help="name of the period, for the report")
    parser.add_argument(
        "--fail-on", action="append", choices=GATES, help="exit 1 when past it; may be repeated"
    )
    parser.add_argument("--html", type=Path, help="write the Evidently report here")
    parser.add_argument("--json", type=Path, help="write the evaluation document here")
    parser.add_argument(
        "--engine", choices=("auto", "memory", "duckdb", "spark"), default="auto",
        help="where to count, whatever the size: in memory, in DuckDB, or in Spark as its own "
        "settings say; auto takes DuckDB for folders, databases and files past 50 MB",
    )  # fmt: skip
    parser.add_argument(
        "--profiles", type=Path, default=_cache(),
        help="folder in which DuckDB's profile of the reference is kept (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--strict", action="store_true", help="too little data is exit code 2")
    return parser


def _exit_code(evaluation: Evaluation, schema: Schema, gates: list[str], strict: bool) -> int:
    if "drift" in gates and evaluation.verdict == "drift":
        return PAST_THRESHOLD
    if "quality" in gates and decision.past_thresholds(evaluation.quality, schema.thresholds):
        return PAST_THRESHOLD
    too_few = evaluation.rows.current < schema.thresholds.minimum_rows
    unknown = decision.without_score(evaluation.quality, schema.thresholds)
    missing = ("drift" in gates and evaluation.verdict == "not enough data") or (
        "quality" in gates and bool(unknown)
    )
    if "quality" in gates and unknown:
        print(f"warning: no score for the threshold of {', '.join(unknown)}.", file=sys.stderr)
    if missing or too_few:
        print("warning: too little data for what was asked.", file=sys.stderr)
        return NOT_EVALUATED if strict else FINE
    return FINE


def _words(evaluation: Evaluation, html: Path | None) -> str:
    target = evaluation.target_drift
    moved = "unknown" if target is None or target.drifted is None else str(target.drifted).lower()
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
        f"report={html or 'none'} drift_share={share} target_drift={moved} "
        f"decision={evaluation.decision} ({evaluation.decision_reason})"
    )
    return "\n".join(lines)


def _bar(stage: str, fraction: float) -> None:
    done = round(30 * fraction)
    end = "\n" if fraction >= 1 else ""
    print(f"\r[{'#' * done}{'.' * (30 - done)}] {stage:<24}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
