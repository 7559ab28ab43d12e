"""Tables of any size in, an Evaluation out: one profile a side, the numbers exact."""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec.structs import replace

from evaluation.document import Findings, Progress, document, ignore, write_reports
from evaluation.drift import measure
from evaluation.drift.binning import Role, bin_cells, bin_labels
from evaluation.drift.column_summary import Labels, Numbers
from evaluation.drift.measure import Measured
from evaluation.inputs import warnings as column_warnings
from evaluation.inputs.schema import Schema
from evaluation.large_tables import profile_cache, sources, spark
from evaluation.large_tables import quality as table_quality
from evaluation.large_tables.labels import on_shared_labels, overflows
from evaluation.large_tables.profile import (
    Profile,
    coarser,
    columns_of,
    profile,
)
from evaluation.large_tables.report_sample import sampled_report
from evaluation.messages import write_sentences
from evaluation.quality.scores import positive_of
from evaluation.result import Evaluation, Message, Rows, message

Engine = Literal["duckdb", "spark"]
FEWEST_BLOCKS = 5


def evaluate_tables(
    reference: str,
    current: str,
    schema: Schema,
    *,
    engine: Engine = "duckdb",
    name: str = "",
    importance: Mapping[str, float] | None = None,
    html_path: str | Path | None = None,
    json_path: str | Path | None = None,
    profiles: Path | None = None,
    progress: Progress = ignore,
    complete: Callable[[Evaluation], None] = lambda _evaluation: None,
) -> Evaluation:
    """Evaluate the table `current` against `reference`; sources.py says how each is named.

    Memory is bounded: columns are counted in DuckDB, or by Spark where the session's settings say.
    The verdict and the scores are of all rows; Evidently's page is made from a uniform sample of
    at most 200,000 rows a side. With a folder `profiles` the reference's profile is kept there and
    found again. Raises InputError.
    """
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="belvedere-tables-") as folder:
        spill = Path(folder)
        if engine == "spark":
            session = spark.connect()
            before, after = (spark.open_source(session, each) for each in (reference, current))
        else:
            connection = sources.connect(spill)
            before, after = (
                sources.open_source(connection, each, spill) for each in (reference, current)
            )

        def counted(stage: str, start: float, share: float) -> Callable[[float], None]:
            return lambda fraction: progress(stage, start + share * fraction)

        progress("counting the reference", 0.0)
        known = profile_cache.load(profiles, before, schema)
        if known is None:
            with sources.reading(reference):
                known = profile(
                    before.table, schema, "reference",
                    progress=counted("counting the reference", 0.0, 0.35),
                )  # fmt: skip
            profile_cache.keep(profiles, before, schema, known)
        progress("counting the current data", 0.35)
        with sources.reading(current):
            fresh = profile(
                after.table, schema, "current",
                like=known, progress=counted("counting the current data", 0.35, 0.35),
            )  # fmt: skip
        progress("scoring", 0.7)
        findings = _findings(before.table, after.table, known, fresh, schema, importance or {})
        made = None
        if html_path is not None:
            progress("sampling for the report", 0.75)
            made = sampled_report(before.table, after.table, known, fresh, schema)
        findings = Findings(**{**vars(findings), "made": made})
        evaluation = document(findings, schema, name)
        evaluation.duration_seconds = round(time.perf_counter() - started, 3)
        complete(evaluation)
        write_sentences(evaluation)
        write_reports(evaluation, made, html_path, json_path, progress)
    evaluation.duration_seconds = round(time.perf_counter() - started, 3)
    progress("done", 1.0)
    return evaluation


def _findings(
    before: Any,
    after: Any,
    known: Profile,
    fresh: Profile,
    schema: Schema,
    importance: Mapping[str, float],
) -> Findings:
    warnings = [*known.warnings, *fresh.warnings]
    known, fresh = _on_shared_labels(before, after, known, fresh, schema)
    if known.times is not None and fresh.times is not None:
        known = coarser(known, fresh.times)
    pairs = {
        column: (known.columns[column], fresh.columns[column])
        for column in columns_of(schema)
        if column in known.columns and column in fresh.columns
    }
    in_blocks = _in_blocks(known, fresh, schema, warnings)
    new = {}
    columns = []
    for column, (first, second) in pairs.items():
        _say_missing(column, first, second, warnings)
        role = _role(schema, column)
        if role in ("target", "prediction") and second.missing == second.rows:
            continue
        if isinstance(first, Labels) and isinstance(second, Labels):
            unseen = sorted(set(second.counts) - set(first.counts))
            if unseen:
                new[column] = unseen
                rows = sum(second.counts[label] for label in unseen)
                warnings.append(column_warnings.new_categories(column, unseen, rows))
        columns.append(_measured(column, first, second, role, importance.get(column), in_blocks))
    positive = _positive(known, fresh, schema)
    quality, with_target = table_quality.score(after, schema, positive, warnings)
    reference_quality, _ = table_quality.score(before, schema, positive, [])
    return Findings(
        rows=Rows(reference=known.rows, current=fresh.rows, with_target=with_target),
        columns=columns,
        new_categories=new,
        quality=quality,
        quality_reference=reference_quality,
        warnings=warnings,
    )


def _positive(known: Profile, fresh: Profile, schema: Schema) -> str | None:
    """The positive class by the labels of both tables."""
    if schema.task != "binary":
        return None
    columns = [
        side.columns.get(str(n))
        for side in (known, fresh)
        for n in (schema.target, schema.prediction)
    ]
    return positive_of(
        {label for each in columns if isinstance(each, Labels) for label in each.counts}
    )


def _on_shared_labels(
    before: Any, after: Any, known: Profile, fresh: Profile, schema: Schema
) -> tuple[Profile, Profile]:
    """The same profiles, columns of very many labels counted anew on labels of both tables."""
    times = (known.times, fresh.times)
    first, second = dict(known.columns), dict(fresh.columns)
    for column in set(first) & set(second):
        if overflows(first[column], known.times) or overflows(second[column], fresh.times):
            first[column], second[column] = on_shared_labels((before, after), column, times, schema)
    return replace(known, columns=first), replace(fresh, columns=second)


def _role(schema: Schema, column: str) -> Role:
    if column in schema.features:
        return "calendar" if column in schema.calendar else "feature"
    return "target" if column == schema.target else "prediction"


def _measured(
    column: str,
    first: Numbers | Labels,
    second: Numbers | Labels,
    role: Role,
    importance: float | None,
    in_blocks: bool,
) -> Measured:
    if isinstance(first, Numbers) and isinstance(second, Numbers):
        binned = bin_cells(
            column, first, second, role=role, importance=importance, in_blocks=in_blocks
        )
        return measure.of_numbers(binned, first, second)
    assert isinstance(first, Labels)
    assert isinstance(second, Labels)
    binned = bin_labels(
        column, first, second, role=role, importance=importance, in_blocks=in_blocks
    )
    return measure.of_labels(binned, first, second)


def _in_blocks(known: Profile, fresh: Profile, schema: Schema, warnings: list[Message]) -> bool:
    """Do both sides have enough blocks of time to resample?"""
    if known.times is None or fresh.times is None:
        return False
    counts = []
    for side in (known, fresh):
        blocks = next(iter(side.columns.values())).blocks
        counts.append(0 if blocks is None else int((blocks.sum(axis=1) > 0).sum()))
    if min(counts) >= FEWEST_BLOCKS:
        return True
    units = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
    unit, seconds = next(
        ((name, size) for name, size in units if fresh.times.seconds >= size), units[-1]
    )
    warnings.append(
        message(
            "data.few_time_blocks",
            column=schema.time,
            current=counts[1],
            reference=counts[0],
            size=float(f"{fresh.times.seconds / seconds:.3g}"),
            unit=unit,
        )
    )
    return False


def _say_missing(
    column: str, first: Numbers | Labels, second: Numbers | Labels, warnings: list[Message]
) -> None:
    for side, found in (("reference", first), ("current", second)):
        warnings += column_warnings.missing(column, found.missing, found.rows, side)
    if second.missing == second.rows:
        warnings.append(message("data.empty", column=column))
    values = [_only(found) for found in (first, second)]
    if None not in values:
        warnings.append(column_warnings.constant(column, *values))


def _only(found: Numbers | Labels) -> str | None:
    """The one value of a column that has no other."""
    if isinstance(found, Labels):
        return next(iter(found.counts)) if len(found.counts) == 1 else None
    return f"{found.low:g}" if found.low is not None and found.low == found.high else None
