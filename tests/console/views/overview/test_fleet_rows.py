"""The cells of the table of models."""

import math

import numpy as np

from console.evaluations.latest import LatestEvaluation
from console.series import Series
from console.views.overview.fleet_rows import Facts, build_cells, build_spark, sort_worst_first


def row(**known: object) -> dict[str, tuple[str, str]]:
    facts = Facts(name="m", about="", up=True, **known)  # type: ignore[arg-type]
    names = ("state", "requests", "errors", "latency", "quality", "drift", "alerts")
    return {name: (c.text, c.tone) for name, c in zip(names, build_cells(facts, 1e9), strict=True)}


def test_the_evaluation_of_a_service_that_is_down_is_unknown() -> None:
    state, *_, drift, _ = found = build_cells(Facts("m", "", up=False), 1e9)
    # what is not known leads nowhere
    assert [cell.page for cell in found if cell.page] == []
    assert state.text == "down"
    assert (drift.text, drift.below) == ("–", "unknown")


def test_never_evaluated_stale_and_synthetic_are_separate_states() -> None:
    assert row()["drift"] == ("never evaluated", "warn")
    assert row(evaluated_at=1e9 - 60, drift=0.0)["drift"] == ("no drift", "good")
    assert row(evaluated_at=1e9 - 8 * 86_400, drift=0.0)["drift"] == ("no drift, stale", "warn")
    synthetic = row(evaluated_at=1e9, drift=1.0, drift_share=0.5, synthetic=True)
    assert synthetic["drift"] == ("drift, synthetic", "warn")
    assert row(evaluated_at=1e9)["drift"] == ("not enough data", "none")


def test_quality_is_compared_with_its_threshold() -> None:
    limits = {"rmse": 60.0, "roc_auc": 0.8}
    assert row(rmse=61.0, thresholds=limits)["quality"] == ("RMSE 61", "bad")
    assert row(rmse=59.0, thresholds=limits)["quality"] == ("RMSE 59", "good")
    assert row(roc_auc=0.75, thresholds=limits)["quality"] == ("ROC AUC 0.75", "bad")
    assert row(roc_auc=0.88, thresholds=limits)["quality"] == ("ROC AUC 0.88", "good")
    several = {"roc_auc": 0.99, "accuracy": 0.93}
    assert row(**several, thresholds={"accuracy": 0.95})["quality"] == ("Accuracy 0.93", "bad")
    assert row(**several)["quality"] == ("ROC AUC 0.99", "none")
    assert row(roc_auc=0.88, thresholds={"roc_auc": None})["quality"] == ("ROC AUC 0.88", "none")
    assert row()["quality"] == ("–", "none")


def test_unknown_values_are_neither_good_nor_zero() -> None:
    assert row()["errors"] == ("–", "none")
    assert row()["alerts"] == ("–", "none")
    assert row(errors=0.0, alerts=0)["errors"] == ("0 %", "good")


def test_models_that_are_down_or_firing_come_first() -> None:
    facts = [
        Facts("a", "", up=True), Facts("b", "", up=True, alerts=2), Facts("c", "", up=False),
        Facts("d", "", up=True, drift=1.0),
    ]  # fmt: skip
    assert [item.name for item in sort_worst_first(facts)] == ["c", "b", "d", "a"]


def test_a_sparkline_keeps_its_gaps() -> None:
    series = Series({}, np.arange(3.0), np.array([1.0, math.nan, 4.0]))
    assert build_spark(series) == [0.25, None, 1.0]
    assert build_spark(None) == []


def test_a_mapped_model_shows_its_own_metrics_and_the_evaluations_of_the_console() -> None:
    gauges = {"quality": ("Accuracy", 0.91), "drift": ("Share of drifted columns", 0.25)}
    shown = row(mapped=True, gauges=gauges)
    assert shown["quality"] == ("Accuracy 0.91", "none")
    # whether a quarter is much, only its service knows
    assert shown["drift"] == ("0.25", "none")
    evaluated = LatestEvaluation(1e9 - 60, 300, "drift", ("RMSE", 4.7))
    shown = row(mapped=True, evaluated=evaluated)
    assert shown["quality"] == ("RMSE 4.7", "none")
    assert shown["drift"] == ("drift", "warn")
    old = LatestEvaluation(1e9 - 30 * 86_400, 300, "no drift")
    assert row(mapped=True, evaluated=old)["drift"] == ("no drift, stale", "warn")


def test_a_mapped_model_without_either_was_never_evaluated() -> None:
    shown = row(mapped=True)
    assert shown["quality"] == ("–", "none")
    assert shown["drift"] == ("never evaluated", "warn")


def test_a_mean_latency_is_labelled_as_a_mean() -> None:
    facts = Facts("m", "", up=True, mapped=True, p95=0.05, latency_is="Latency, mean")
    assert (build_cells(facts, 1e9)[3].text, build_cells(facts, 1e9)[3].below) == (
        "50 ms",
        "Latency, mean",
    )
