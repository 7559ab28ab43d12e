"""Reference and current rows in, an Evaluation out."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from evaluation.document import Findings, Progress, conclude, ignore
from evaluation.drift import correlation
from evaluation.drift.measure import MeasuredColumn, measure_rows
from evaluation.drift.target_rates import target_rates
from evaluation.inputs.prepare import PreparedData, prepare
from evaluation.inputs.schema import Schema
from evaluation.quality.prepared_rows import (
    classification_of,
    multiclass_of,
    positive_class_of,
    residuals_of,
    rows_with_target,
    score_rows,
)
from evaluation.report import evidently as evidently_report
from evaluation.result import Correlations, Evaluation, Message, Quality, Rows, message


def evaluate(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    schema: Schema,
    *,
    name: str = "",
    importance: Mapping[str, float] | None = None,
    html_path: str | Path | None = None,
    json_path: str | Path | None = None,
    evidently: bool = True,
    progress: Progress = ignore,
    complete: Callable[[Evaluation], None] = lambda _evaluation: None,
) -> Evaluation:
    """Evaluate `current` (m rows) against `reference` (n rows), columns as in `schema`.

    `complete` may fill in fields of the document before the reports are written. The JSON report
    is Evidently's own (metrics, tests) with the document beside it under "evaluation". The verdict
    comes from evaluation.drift; with `evidently` false that package is not imported, and the
    document has nothing of it.
    Raises an InputError that names the column for data that can't be evaluated, and ReportFailed.
    """
    started = time.perf_counter()
    progress("checking", 0.0)
    data = prepare(reference, current, schema)
    sides = (data.reference, data.current)
    scored_reference, scored = (rows_with_target(side, schema) for side in sides)
    positive = positive_class_of(sides, schema)
    progress("scoring", 0.1)
    report = None
    if evidently or html_path is not None:
        usable = [column for column in schema.features if column not in data.empty]
        report = evidently_report.run(*sides, schema, usable, with_quality=len(scored) >= 2)
    progress("summarising", 0.6)
    findings = Findings(
        rows=Rows(reference=len(reference), current=len(current), with_target=len(scored)),
        columns=_measure_columns(data, schema, importance or {}),
        new_categories=data.new_categories,
        quality=_quality(report, scored, schema, positive, data.warnings),
        quality_reference=score_rows(scored_reference, schema, positive),
        residuals=residuals_of(scored, schema),
        classification=classification_of(scored, schema),
        multiclass=multiclass_of(scored, schema),
        target_rates=target_rates(reference, current, schema),
        correlations=_correlations(data, schema, importance or {}),
        report=report,
        warnings=data.warnings,
    )
    return conclude(
        findings, schema, name,
        started_at=started, complete=complete, html_path=html_path, json_path=json_path,
        progress=progress,
    )  # fmt: skip


def _quality(
    report: evidently_report.Report | None,
    rows: pd.DataFrame,
    schema: Schema,
    positive: str | None,
    warnings: list[Message],
) -> Quality | None:
    """Return Evidently's scores where it had every row, else the same scores of all rows."""
    exact = score_rows(rows, schema, positive)
    if schema.task == "regression" and len(rows):
        target = rows[str(schema.target)]
        zeros = int((target == 0).sum())
        if zeros:
            warnings.append(message("scores.zero_targets", rows=zeros))
        if (target < 0).any():
            warnings.append(message("scores.negative_targets"))
    if report is None or report.quality is None or report.sampled_rows is not None or exact is None:
        return exact
    return Quality(
        rmse=report.quality.rmse,
        mae=report.quality.mae,
        r2=report.quality.r2,
        mape=report.quality.mape if exact.mape is not None else None,
    )


def _measure_columns(
    data: PreparedData, schema: Schema, importance: Mapping[str, float]
) -> list[MeasuredColumn]:
    """Measure the features, then the target and the prediction where both sides have them."""
    columns = []
    for name in schema.compared_columns:
        if any(name not in side.columns for side in (data.reference, data.current)):
            continue
        role = schema.role(name)
        reference, current = data.reference[name], data.current[name]
        if role in ("target", "prediction") and current.isna().all():
            continue
        column = measure_rows(name, reference, current, in_time_order=data.in_time_order)
        columns.append(column.with_role(role, importance.get(name)))
    return columns


def _correlations(
    data: PreparedData, schema: Schema, importance: Mapping[str, float]
) -> Correlations | None:
    """Compare the correlations of all numerical columns except those of the calendar."""
    columns = [
        name
        for name in schema.compared_columns
        if schema.kind(name) == "numerical"
        and schema.role(name) != "calendar"
        and all(name in side.columns for side in (data.reference, data.current))
    ]
    return correlation.compare_correlations(
        data.reference, data.current, columns, in_time_order=data.in_time_order,
        importance=importance, alpha=schema.thresholds.alpha,
    )  # fmt: skip
