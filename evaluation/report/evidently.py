"""Evidently, behind one door: its scores, its drift tests and its HTML. The only importer of it."""

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
from evaluation.report.page import with_banner
from evaluation.result import (
    Evaluation,
    EvidentlyDrift,
    EvidentlySummary,
    Quality,
    number,
)

MOST_ROWS = 200_000
FEWEST_ROWS = 2
# Evidently's own default share of drifted columns
DEFAULT_SHARE = 0.5


@dataclass(frozen=True)
class Report:
    """Evidently's result on prepared frames; `sampled_rows` is set when it saw a sample."""

    drift: dict[str, EvidentlyDrift]
    summary: EvidentlySummary
    quality: Quality | None
    sampled_rows: int | None
    snapshot: Any

    def html(self, evaluation: Evaluation) -> str:
        """The self-contained page, with a banner that says what was evaluated."""
        with _quiet():
            page: str = self.snapshot.get_html_str(as_iframe=False)
        return with_banner(page, evaluation, self.sampled_rows)


@cache
def _evidently() -> Any:
    """Import Evidently once; 3 to 7 seconds, so the workers do it before the first job."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    with _quiet():
        import evidently
        import evidently.metrics
        import evidently.presets
    return evidently


def warm_up() -> None:
    _evidently()


def version() -> str:
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

    Raises ReportFailed with Evidently's own words when it can't.
    """
    if min(len(reference), len(current)) < FEWEST_ROWS or not columns:
        return None
    evidently = _evidently()
    largest = max(len(reference), len(current))
    sampled = MOST_ROWS if largest > MOST_ROWS else None
    frames = [
        frame.sample(MOST_ROWS, random_state=seed) if len(frame) > MOST_ROWS else frame
        for frame in (reference, current)
    ]
    outcome = [
        c
        for c in (schema.target, schema.prediction)
        if c and all(c in frame.columns and frame[c].notna().any() for frame in frames)
    ]
    regression = schema.task == "regression"
    with_quality = with_quality and regression and _scorable(frames, schema)
    definition = evidently.DataDefinition(
        numerical_columns=[c for c in columns if schema.kind(c) == "numerical"]
        + (outcome if regression else []),
        categorical_columns=[c for c in columns if schema.kind(c) == "categorical"]
        + ([] if regression else outcome),
        regression=[evidently.Regression(target=schema.target, prediction=schema.prediction)]
        if with_quality
        else None,
    )
    metrics: list[Any] = []
    if with_quality:
        metrics.append(evidently.presets.RegressionPreset())
    share = schema.thresholds.drift_share
    if share is None:
        share = DEFAULT_SHARE
    metrics.append(evidently.presets.DataDriftPreset(columns=columns, drift_share=share))
    metrics += [evidently.metrics.ValueDrift(column=column) for column in outcome]
    data = [
        evidently.Dataset.from_pandas(_plain(frame[columns + outcome]), data_definition=definition)
        for frame in frames
    ]
    try:
        with _quiet():
            snapshot = evidently.Report(metrics, include_tests=True).run(data[1], data[0])
            found = snapshot.dict()
    except Exception as error:
        raise ReportFailed(
            f"Evidently could not evaluate these data ({type(error).__name__}: {error}). "
            "Look for columns with odd values in the list of features."
        ) from error
    return _read(found, snapshot, columns, share, sampled, with_quality)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """On a plain index, labels as objects: Evidently knows no categories."""
    labels = frame.select_dtypes("category").columns
    return frame.reset_index(drop=True).astype(dict.fromkeys(labels, object))


def of_sample(made: Report, rows: int) -> Report:
    """The same report, of frames that are samples of at most `rows` rows a side."""
    return replace(made, sampled_rows=rows)


def _scorable(frames: list[pd.DataFrame], schema: Schema) -> bool:
    """Evidently's regression preset fails without scored rows and without any target but 0."""
    outcome = [str(schema.target), str(schema.prediction)]
    for frame in frames:
        if any(column not in frame.columns for column in outcome):
            return False
        scored = frame[outcome].dropna()
        if len(scored) < FEWEST_ROWS or (scored[outcome[0]] == 0).all():
            return False
    return True


def _read(
    found: dict[str, Any],
    snapshot: Any,
    columns: list[str],
    share: float,
    sampled: int | None,
    with_quality: bool,
) -> Report:
    failed = {
        test["metric_config"]["params"].get("column")
        for test in found["tests"]
        if test["id"] == "drift" and getattr(test["status"], "value", test["status"]) == "FAIL"
    }
    drift, values, counted = {}, {}, {}
    for metric in found["metrics"]:
        config = metric["config"]
        kind = config["type"].rsplit(":", 1)[-1]
        if kind == "ValueDrift":
            column = config["column"]
            drift[column] = EvidentlyDrift(
                number(metric["value"]),
                config["method"],
                float(config["threshold"]),
                column in failed,
            )
        elif kind == "DriftedColumnsCount":
            counted = metric["value"]
        else:
            values[kind] = metric["value"]
    summary = EvidentlySummary(
        drift_detected=float(counted["share"]) >= share,
        drift_share=float(counted["share"]),
        drifted_columns=int(counted["count"]),
        columns=len(columns),
        share_threshold=share,
    )
    quality = None
    if with_quality:
        quality = Quality(
            rmse=number(values["RMSE"]),
            mae=number(values["MAE"]["mean"]),
            r2=number(values["R2Score"]),
            mape=number(values["MAPE"]["mean"]),
        )
    return Report(drift, summary, quality, sampled, snapshot)


def json_of(made: Report | None, evaluation: Evaluation) -> bytes:
    """Evidently's metrics and tests with our document beside them; every number is finite."""
    with _quiet():
        theirs = json.loads(made.snapshot.json()) if made else {"metrics": [], "tests": []}
    # msgspec writes NaN, which json.loads accepts, as null
    return msgspec.json.encode({**theirs, "evaluation": evaluation})


def _quiet() -> "warnings.catch_warnings[None]":
    """Evidently's dependencies warn of each other's deprecations: nothing a user can act on."""
    return warnings.catch_warnings(action="ignore")
