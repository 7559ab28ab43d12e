"""Evidently's scores, drift tests and HTML. The only module that imports Evidently."""

import json
import os
import warnings
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import msgspec
import pandas as pd

from evaluation.errors import ReportFailed
from evaluation.inputs.schema import Schema
from evaluation.report.evidently_results import read_metrics, read_quality
from evaluation.report.page import with_banner
from evaluation.result import (
    Evaluation,
    EvidentlyDrift,
    EvidentlySummary,
    Quality,
)

MAX_ROWS = 200_000
FEWEST_ROWS = 2
# Evidently's own default share of drifted columns
DEFAULT_SHARE = 0.5


@dataclass(frozen=True)
class Report:
    """Evidently's result on prepared frames; `sampled_rows` is set where they are samples."""

    drift: dict[str, EvidentlyDrift]
    summary: EvidentlySummary
    quality: Quality | None
    sampled_rows: int | None
    snapshot: Any

    def html(self, evaluation: Evaluation) -> str:
        """Return the self-contained page, with a banner about the evaluation."""
        with _quiet():
            page: str = self.snapshot.get_html_str(as_iframe=False)
        return with_banner(page, evaluation, self.sampled_rows)


@cache
def _evidently() -> Any:
    """Import Evidently once; it takes 3 to 7 seconds, so workers do it before the first job."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    with _quiet():
        import evidently
        import evidently.metrics
        import evidently.presets
    return evidently


def warm_up() -> None:
    """Import Evidently now, so that the first report does not have to wait."""
    _evidently()


def version() -> str:
    """Return the version of Evidently."""
    return str(_evidently().__version__)


def run(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    schema: Schema,
    columns: list[str],
    *,
    with_quality: bool,
    seed: int = 0,
) -> Report | None:
    """Run Evidently's presets on prepared frames (rows x columns); None with under 2 rows.

    Raises ReportFailed with Evidently's own error.
    """
    if min(len(reference), len(current)) < FEWEST_ROWS or not columns:
        return None
    sampled = MAX_ROWS if max(len(reference), len(current)) > MAX_ROWS else None
    frames = [
        frame.sample(MAX_ROWS, random_state=seed) if len(frame) > MAX_ROWS else frame
        for frame in (reference, current)
    ]
    outcome = [
        column
        for column in (schema.target, schema.prediction)
        if column and all(column in frame and frame[column].notna().any() for frame in frames)
    ]
    with_quality = with_quality and schema.task == "regression" and _can_score(frames, schema)
    share = schema.thresholds.drift_share
    if share is None:
        share = DEFAULT_SHARE
    snapshot, results = _run_presets(frames, schema, columns, outcome, share, with_quality)
    values, drift, counts = read_metrics(results)
    return Report(
        drift,
        EvidentlySummary(
            drift_detected=float(counts["share"]) >= share,
            drift_share=float(counts["share"]),
            drifted_columns=int(counts["count"]),
            columns=len(columns),
            share_threshold=share,
        ),
        read_quality(values) if with_quality else None,
        sampled,
        snapshot,
    )


def _run_presets(
    frames: list[pd.DataFrame],
    schema: Schema,
    columns: list[str],
    outcome: list[str],
    share: float,
    with_quality: bool,
) -> tuple[Any, dict[str, Any]]:
    """Run the presets on reference and current; return Evidently's snapshot and its results."""
    evidently = _evidently()
    metrics: list[Any] = [evidently.presets.RegressionPreset()] if with_quality else []
    metrics.append(evidently.presets.DataDriftPreset(columns=columns, drift_share=share))
    metrics += [evidently.metrics.ValueDrift(column=column) for column in outcome]
    definition = _definition(schema, columns + outcome, with_quality)
    reference, current = (
        evidently.Dataset.from_pandas(_plain(frame[columns + outcome]), data_definition=definition)
        for frame in frames
    )
    try:
        with _quiet():
            snapshot = evidently.Report(metrics, include_tests=True).run(current, reference)
            return snapshot, snapshot.dict()
    except Exception as error:
        raise ReportFailed(
            f"Evidently could not evaluate these data ({type(error).__name__}: {error}). "
            "Look for columns with odd values in the list of features."
        ) from error


def mark_sampled(report: Report, rows: int) -> Report:
    """Mark the frames of a report as samples of at most `rows` rows of each side."""
    return replace(report, sampled_rows=rows)


def encode_report(report: Report | None, evaluation: Evaluation) -> bytes:
    """Return Evidently's metrics and tests with our document beside them, as JSON.

    Every number is finite.
    """
    with _quiet():
        document = json.loads(report.snapshot.json()) if report else {"metrics": [], "tests": []}
    # msgspec writes NaN, which json.loads accepts, as null
    return msgspec.json.encode({**document, "evaluation": evaluation})


def _definition(schema: Schema, columns: list[str], with_quality: bool) -> Any:
    evidently = _evidently()
    return evidently.DataDefinition(
        numerical_columns=[name for name in columns if schema.kind(name) == "numerical"],
        categorical_columns=[name for name in columns if schema.kind(name) == "categorical"],
        regression=[evidently.Regression(target=schema.target, prediction=schema.prediction)]
        if with_quality
        else None,
    )


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame on a plain index, labels as objects: Evidently cannot read categories."""
    labels = frame.select_dtypes("category").columns
    return frame.reset_index(drop=True).astype(dict.fromkeys(labels, object))


def _can_score(frames: list[pd.DataFrame], schema: Schema) -> bool:
    """Return False where Evidently's regression preset fails: no scored rows, all targets 0."""
    outcome = [str(schema.target), str(schema.prediction)]
    for frame in frames:
        if any(column not in frame.columns for column in outcome):
            return False
        scored = frame[outcome].dropna()
        if len(scored) < FEWEST_ROWS or (scored[outcome[0]] == 0).all():
            return False
    return True


def _quiet() -> "warnings.catch_warnings[None]":
    """Hide the deprecation warnings of Evidently's dependencies: a user cannot act on them."""
    return warnings.catch_warnings(action="ignore")
