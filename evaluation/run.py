"""Reference and current data in, an Evaluation out."""

import platform
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation import decision, distributions, quality, report
from evaluation.checks import Prepared, prepare
from evaluation.result import (
    Evaluation,
    EvidentlyDrift,
    FeatureDrift,
    Quality,
    Rows,
    Sides,
    Verdict,
)
from evaluation.schema import Schema

Progress = Callable[[str, float], None]


def ignore(_stage: str, _fraction: float) -> None:
    """A progress listener that does not listen."""


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
    Without `evidently` it is not imported: the scores are computed here, and no column has a test.
    Raises an InputError that names the column for data that can't be evaluated, and ReportFailed.
    """
    started = time.perf_counter()
    progress("checking", 0.0)
    data = prepare(reference, current, schema)
    with_target = _with_target(data.current, schema)
    progress("scoring", 0.1)
    usable = [column for column in schema.features if column not in data.empty]
    made = None
    if evidently or html_path is not None:
        made = report.run(
            data.reference, data.current, schema, usable, with_quality=len(with_target) >= 2
        )
    progress("summarising", 0.6)
    scores = _quality(made, with_target, schema, data.warnings)
    features = [
        _drift(data, column, schema, made, (importance or {}).get(column))
        for column in schema.features
    ]
    verdict, rule, share = _verdict(features, made, schema, min(len(reference), len(current)))
    decided, reason = decision.decide(verdict, share, scores, schema.thresholds)
    evaluation = Evaluation(
        name=name,
        task=schema.task,
        created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        duration_seconds=0.0,
        rows=Rows(reference=len(reference), current=len(current), with_target=len(with_target)),
        verdict=verdict,
        rule=rule,
        decision=decided,
        decision_reason=reason,
        drift_share=share,
        drifted_features=[f.name for f in features if f.drifted and f.role == "feature"],
        features=features,
        target_drift=_outcome(data, schema.target, "target", schema, made),
        prediction_drift=_outcome(data, schema.prediction, "prediction", schema, made),
        quality=scores,
        quality_reference=_score(_with_target(data.reference, schema), schema),
        residuals=quality.residuals(with_target, str(schema.target), str(schema.prediction))
        if len(with_target) and schema.task == "regression"
        else None,
        evidently=made.summary if made else None,
        warnings=data.warnings,
        versions=_versions(),
    )
    evaluation.duration_seconds = round(time.perf_counter() - started, 3)
    complete(evaluation)
    if html_path is not None:
        progress("writing the report", 0.8)
        page = made.html(evaluation) if made else report.without_evidently(evaluation)
        Path(html_path).write_text(page, "utf-8")
    if json_path is not None:
        Path(json_path).write_bytes(report.json_of(made, evaluation))
    evaluation.duration_seconds = round(time.perf_counter() - started, 3)
    progress("done", 1.0)
    return evaluation


def _with_target(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """The rows that have both truth and prediction; none where the schema names none."""
    outcome = [schema.target, schema.prediction]
    if any(column is None or column not in frame.columns for column in outcome):
        return frame.iloc[:0]
    return frame.dropna(subset=[column for column in outcome if column])


def _score(rows: pd.DataFrame, schema: Schema) -> Quality | None:
    if len(rows) == 0:
        return None
    target, prediction = rows[str(schema.target)], rows[str(schema.prediction)]
    if schema.task == "regression":
        return quality.regression(
            target.to_numpy(dtype="float64"), prediction.to_numpy(dtype="float64")
        )
    probability = rows[schema.probability] if schema.probability in rows.columns else None
    return quality.classification(target, prediction, probability)


def _quality(
    made: report.Report | None, rows: pd.DataFrame, schema: Schema, warnings: list[str]
) -> Quality | None:
    """Evidently's scores where it saw every row, else the same scores computed on all rows."""
    exact = _score(rows, schema)
    if schema.task == "regression" and len(rows):
        target = rows[str(schema.target)]
        zeros = int((target == 0).sum())
        if zeros:
            warnings.append(f"{zeros} targets are 0; each counts as 100 percent in MAPE.")
        if (target < 0).any():
            warnings.append("Some targets are negative: MAPE has no meaning and is left out.")
    if made is None or made.quality is None or made.sampled_rows is not None or exact is None:
        return exact
    theirs = made.quality
    return Quality(
        rmse=theirs.rmse,
        mae=theirs.mae,
        r2=theirs.r2,
        mape=theirs.mape if exact.mape is not None else None,
    )


def _verdict(
    features: list[FeatureDrift], made: report.Report | None, schema: Schema, rows: int
) -> tuple[Verdict, str, float | None]:
    thresholds = schema.thresholds
    if rows < thresholds.minimum_rows:
        few = f"{rows} rows are fewer than the {thresholds.minimum_rows} that a verdict needs."
        return "not enough data", few, None
    if made is None:
        return "not enough data", "No drift test was run, so there is no verdict.", None
    share = sum(bool(feature.drifted) for feature in features) / len(features)
    drifted = share >= thresholds.drift_share
    rule = (
        f"Rule: Evidently's share rule. {share:.0%} of {len(features)} features drift by "
        f"Evidently's default tests; the limit is {thresholds.drift_share:.0%}."
    )
    return ("drift" if drifted else "no drift"), rule, share


def _drift(
    data: Prepared,
    column: str,
    schema: Schema,
    made: report.Report | None,
    importance: float | None,
) -> FeatureDrift:
    theirs = made.drift.get(column) if made else None
    return _column(
        data,
        column,
        "calendar" if column in schema.calendar else "feature",
        schema,
        theirs,
        importance,
    )


def _outcome(
    data: Prepared,
    column: str | None,
    role: Literal["target", "prediction"],
    schema: Schema,
    made: report.Report | None,
) -> FeatureDrift | None:
    if column is None or any(column not in f.columns for f in (data.reference, data.current)):
        return None
    if data.current[column].isna().all():
        return None
    return _column(data, column, role, schema, made.drift.get(column) if made else None, None)


def _column(
    data: Prepared,
    column: str,
    role: Literal["feature", "calendar", "target", "prediction"],
    schema: Schema,
    theirs: EvidentlyDrift | None,
    importance: float | None,
) -> FeatureDrift:
    reference, current = data.reference[column], data.current[column]
    outcome_kind = "numerical" if schema.task == "regression" else "categorical"
    kind = schema.kind(column) if column in schema.features else outcome_kind
    numbers = kind == "numerical"
    empty = column in data.empty
    return FeatureDrift(
        name=column,
        kind="numerical" if numbers else "categorical",
        role=role,
        importance=importance,
        score=theirs.score if theirs else None,
        method=theirs.method if theirs else ("missing values" if empty else "none"),
        threshold=theirs.threshold if theirs else None,
        drifted=theirs.drifted if theirs else (True if empty else None),
        reason="No value at all in the current data." if empty else None,
        missing=Sides(int(reference.isna().sum()), int(current.isna().sum())),
        new_categories=data.new_categories.get(column, []),
        distribution=distributions.numerical(_floats(reference), _floats(current))
        if numbers
        else distributions.categorical(reference, current),
        statistics=distributions.statistics(_floats(reference), _floats(current))
        if numbers
        else None,
        evidently=theirs,
    )


def _floats(column: pd.Series) -> npt.NDArray[np.float64]:
    return column.to_numpy(dtype="float64")


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in ("belvedere", "evidently", "pandas", "numpy", "scikit-learn"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
