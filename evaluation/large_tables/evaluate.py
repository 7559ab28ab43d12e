"""Tables of any size in, an Evaluation out: one profile of each side, exact counts."""

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Any, Literal

from msgspec.structs import replace

from evaluation.document import Findings, Progress, conclude, ignore
from evaluation.drift.column_summary import Labels
from evaluation.inputs.schema import Schema
from evaluation.large_tables import profile_cache, sources, spark
from evaluation.large_tables import quality as table_quality
from evaluation.large_tables.labels import count_shared_labels, overflows
from evaluation.large_tables.measure import has_enough_blocks, measure_columns
from evaluation.large_tables.profile import Profile, join_blocks, profile_table
from evaluation.large_tables.report_sample import report_on_sample
from evaluation.large_tables.sources import Source
from evaluation.quality.scores import positive_class
from evaluation.result import Evaluation, Rows

Engine = Literal["duckdb", "spark"]


@dataclass(frozen=True)
class ProfiledTable:
    """An Ibis table and its profile."""

    table: Any
    profile: Profile


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

    Memory is bounded: columns are counted in DuckDB, or by Spark as its session is configured. The
    verdict and the scores use all rows; Evidently's page uses a uniform sample of at most 200,000
    rows of each side. With a folder `profiles` the profile of the reference is cached there.
    Raises InputError.
    """
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="belvedere-tables-") as folder:
        sides = _open_sources((reference, current), engine, Path(folder))
        first, second = _profile_tables(sides, (reference, current), schema, profiles, progress)
        progress("scoring", 0.7)
        findings = _findings(first, second, schema, importance or {})
        if html_path is not None:
            progress("sampling for the report", 0.75)
            tables = ((first.table, first.profile.rows), (second.table, second.profile.rows))
            findings = replace_fields(findings, report=report_on_sample(*tables, schema))
        return conclude(
            findings, schema, name,
            started_at=started, complete=complete, html_path=html_path, json_path=json_path,
            progress=progress,
        )  # fmt: skip


def _open_sources(names: tuple[str, str], engine: Engine, spill: Path) -> list[Source]:
    if engine == "spark":
        session = spark.connect()
        return [spark.open_source(session, name) for name in names]
    connection = sources.connect(spill)
    return [sources.open_source(connection, name, spill) for name in names]


def _profile_tables(
    sides: list[Source],
    names: tuple[str, str],
    schema: Schema,
    cache: Path | None,
    progress: Progress,
) -> tuple[ProfiledTable, ProfiledTable]:
    """Profile the reference, or load its profile from the cache; then the current data like it."""
    progress("counting the reference", 0.0)
    reference = profile_cache.load(cache, sides[0], schema)
    if reference is None:
        with sources.translate_errors(names[0]):
            reference = profile_table(
                sides[0].table, schema, "reference",
                progress=lambda fraction: progress("counting the reference", 0.35 * fraction),
            )  # fmt: skip
        profile_cache.save(cache, sides[0], schema, reference)
    progress("counting the current data", 0.35)
    with sources.translate_errors(names[1]):
        current = profile_table(
            sides[1].table, schema, "current", like=reference,
            progress=lambda fraction: progress("counting the current data", 0.35 + 0.35 * fraction),
        )  # fmt: skip
    return ProfiledTable(sides[0].table, reference), ProfiledTable(sides[1].table, current)


def _findings(
    first: ProfiledTable, second: ProfiledTable, schema: Schema, importance: Mapping[str, float]
) -> Findings:
    warnings = [*first.profile.warnings, *second.profile.warnings]
    reference, current = _share_labels(first, second, schema)
    if reference.times is not None and current.times is not None:
        reference = join_blocks(reference, current.times)
    in_blocks = has_enough_blocks(reference, current, schema, warnings)
    columns, new_categories = measure_columns(
        reference, current, schema, importance, in_blocks, warnings
    )
    positive = _positive_class(reference, current, schema)
    quality, with_target = table_quality.score(second.table, schema, positive, warnings)
    reference_quality, _ = table_quality.score(first.table, schema, positive, [])
    return Findings(
        rows=Rows(reference=reference.rows, current=current.rows, with_target=with_target),
        columns=columns,
        new_categories=new_categories,
        quality=quality,
        quality_reference=reference_quality,
        warnings=warnings,
    )


def _positive_class(reference: Profile, current: Profile, schema: Schema) -> str | None:
    """Return the positive class by the labels of both tables."""
    columns = [
        profile.columns.get(str(name))
        for profile in (reference, current)
        for name in (schema.target, schema.prediction)
    ]
    labels = [column.counts for column in columns if isinstance(column, Labels)]
    return positive_class(schema.task, labels)


def _share_labels(
    first: ProfiledTable, second: ProfiledTable, schema: Schema
) -> tuple[Profile, Profile]:
    """Count columns with very many labels again, on the frequent labels of both tables."""
    times = (first.profile.times, second.profile.times)
    reference, current = dict(first.profile.columns), dict(second.profile.columns)
    for name in set(reference) & set(current):
        if overflows(reference[name], times[0]) or overflows(current[name], times[1]):
            reference[name], current[name] = count_shared_labels(
                (first.table, second.table), name, times, schema
            )
    return replace(first.profile, columns=reference), replace(second.profile, columns=current)
