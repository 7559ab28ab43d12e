"""Reference and current data in, an Evaluation out."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from evaluation.document import Findings, Progress, document, ignore, write_reports
from evaluation.drift import correlation, measure
from evaluation.drift.binning import Role
from evaluation.drift.measure import Measured
from evaluation.drift.target_rates import target_rates
from evaluation.inputs.prepare import Prepared, prepare
from evaluation.inputs.schema import Schema
from evaluation.messages import write_sentences
from evaluation.quality import classifier, scores
from evaluation.report import evidently as report
from evaluation.result import (
    Classification,
    Correlations,
    Evaluation,
    Message,
    Quality,
    Rows,
    message,
)


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
    is Evidently's own (metrics, tests) with the document beside it under "evaluation".
    The verdict is ours (evaluation.drift); without `evidently` that package is not imported, and
    the document has nothing of it.
    Raises an InputError that names the column for data that can't be evaluated, and ReportFailed.
    """
    started = time.perf_counter()
    progress("checking", 0.0)
    data = prepare(reference, current, schema)
    with_target = _with_target(data.current, schema)
    positive = _positive(data, schema)
    progress("scoring", 0.1)
    usable = [column for column in schema.features if column not in data.empty]
    made = None
    if evidently or html_path is not None:
        made = report.run(
            data.reference, data.current, schema, usable, with_quality=len(with_target) >= 2
        )
    progress("summarising", 0.6)
    findings = Findings(
        rows=Rows(reference=len(reference), current=len(current), with_target=len(with_target)),
        columns=_measure(data, schema, importance or {}),
        new_categories=data.new_categories,
        quality=_quality(made, with_target, schema, positive, data.warnings),
        quality_reference=_score(_with_target(data.reference, schema), schema, positive),
        residuals=scores.residuals(with_target, str(schema.target), str(schema.prediction))
        if len(with_target) and schema.task == "regression"
        else None,
        classification=_classification(with_target, schema),
        target_rates=target_rates(reference, current, schema),
        correlations=_correlations(data, schema, importance or {}),
        made=made,
        warnings=data.warnings,
    )
    evaluation = document(findings, schema, name)
    evaluation.duration_seconds = round(time.perf_counter() - started, 3)
    complete(evaluation)
    write_sentences(evaluation)
    write_reports(evaluation, made, html_path, json_path, progress)
    evaluation.duration_seconds = round(time.perf_counter() - started, 3)
    progress("done", 1.0)
    return evaluation


def _with_target(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """The rows that have both truth and prediction; none where the schema names none."""
    outcome = [schema.target, schema.prediction]
    if any(column is None or column not in frame.columns for column in outcome):
        return frame.iloc[:0]
    return frame.dropna(subset=[column for column in outcome if column])


def _classification(rows: pd.DataFrame, schema: Schema) -> Classification | None:
    if schema.task != "binary" or schema.probability not in rows.columns or len(rows) == 0:
        return None
    return classifier.classification(
        rows, str(schema.target), str(schema.probability), schema.categorical
    )


def _positive(data: Prepared, schema: Schema) -> str | None:
    """The positive class by the labels of both data sets."""
    if schema.task != "binary":
        return None
    outcome = (schema.target, schema.prediction)
    columns = [
        side[name]
        for side in (data.reference, data.current)
        for name in outcome
        if name is not None and name in side.columns
    ]
    return scores.positive_of({label for each in columns for label in each.dropna().unique()})


def _score(rows: pd.DataFrame, schema: Schema, positive: str | None) -> Quality | None:
    if len(rows) == 0:
        return None
    target, prediction = rows[str(schema.target)], rows[str(schema.prediction)]
    if schema.task == "regression":
        return scores.regression(
            target.to_numpy(dtype="float64"), prediction.to_numpy(dtype="float64")
        )
    probability = rows[schema.probability] if schema.probability in rows.columns else None
    return scores.classification(
        target.astype(object), prediction.astype(object), probability, positive,
        macro=schema.task == "multiclass",
    )  # fmt: skip


def _quality(
    made: report.Report | None,
    rows: pd.DataFrame,
    schema: Schema,
    positive: str | None,
    warnings: list[Message],
) -> Quality | None:
    """Evidently's scores where it saw every row, else the same scores computed on all rows."""
    exact = _score(rows, schema, positive)
    if schema.task == "regression" and len(rows):
        target = rows[str(schema.target)]
        zeros = int((target == 0).sum())
        if zeros:
            warnings.append(message("scores.zero_targets", rows=zeros))
        if (target < 0).any():
            warnings.append(message("scores.negative_targets"))
    if made is None or made.quality is None or made.sampled_rows is not None or exact is None:
        return exact
    theirs = made.quality
    return Quality(
        rmse=theirs.rmse,
        mae=theirs.mae,
        r2=theirs.r2,
        mape=theirs.mape if exact.mape is not None else None,
    )


def _measure(data: Prepared, schema: Schema, importance: Mapping[str, float]) -> list[Measured]:
    """Every feature, then the target and the prediction where both sides have them."""
    roles: list[tuple[str, Role]] = [
        (column, "calendar" if column in schema.calendar else "feature")
        for column in schema.features
    ]
    outcome: list[tuple[str | None, Role]] = [
        (schema.target, "target"),
        (schema.prediction, "prediction"),
    ]
    for name, role in outcome:
        if name is None or any(name not in s.columns for s in (data.reference, data.current)):
            continue
        if not data.current[name].isna().all():
            roles.append((name, role))
    return [_measured(data, name, role, importance.get(name)) for name, role in roles]


def _measured(data: Prepared, column: str, role: Role, importance: float | None) -> Measured:
    reference, current = data.reference[column], data.current[column]
    if isinstance(reference.dtype, pd.CategoricalDtype):
        return measure.labels(
            column, reference, current,
            role=role, importance=importance, in_time_order=data.in_time_order,
        )  # fmt: skip
    return measure.numbers(
        column, reference.to_numpy(), current.to_numpy(),
        role=role, importance=importance, in_time_order=data.in_time_order,
    )  # fmt: skip


def _correlations(
    data: Prepared, schema: Schema, importance: Mapping[str, float]
) -> Correlations | None:
    """Of the numerical features that are no calendar, the target and the prediction."""
    usual = [name for name in schema.numerical if name not in schema.calendar]
    outcome = [name for name in (schema.target, schema.prediction) if name is not None]
    columns = [
        name
        for name in [*usual, *(outcome if schema.task == "regression" else [])]
        if all(name in side.columns for side in (data.reference, data.current))
    ]
    return correlation.changes(
        data.reference, data.current, columns, in_time_order=data.in_time_order,
        importance=importance, alpha=schema.thresholds.alpha,
    )  # fmt: skip
