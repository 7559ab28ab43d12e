"""Objectives, changes, rows of models, segments, previews and charts over time."""

import math

import numpy as np
import pandas as pd
import pytest

from console import charts
from console.charts.operations import Row, strips
from console.evaluations.latest import LatestEvaluation
from console.series import Series, Span, insert_gaps, shift, span_between
from console.views.evaluate import upload_check
from console.views.overview import changes
from console.views.overview.changes import Vitals
from console.views.overview.fleet_rows import Facts, build_cells, build_spark, sort_worst_first
from console.views.quality import segments
from console.views.traffic import objectives
from evaluation.result import Grid, Group, Residuals


def test_a_burn_rate_of_one_spends_the_budget_exactly() -> None:
    assert objectives.compute_burn("1h", 0.001, 1000, 0.999).rate == pytest.approx(1)
    assert objectives.compute_budget_left(0.001, 0.999) == pytest.approx(0)
    assert objectives.compute_budget_left(0.0, 0.999) == 1
    assert objectives.compute_budget_left(0.004, 0.999) == pytest.approx(-3)


def test_a_burn_is_too_fast_past_the_limit_of_its_window_and_never_without_requests() -> None:
    assert objectives.compute_burn("5m", 0.02, 100, 0.999).too_fast
    assert not objectives.compute_burn("5m", 0.01, 100, 0.999).too_fast
    assert objectives.compute_burn("3d", 0.0011, 100, 0.999).too_fast
    assert not objectives.compute_burn("5m", math.nan, 0, 0.999).too_fast


def test_what_changed_is_told_largest_first_with_its_page() -> None:
    before = {"a": Vitals(5, 0.0, 0.01, 20, 0.0, "v1"), "b": Vitals(5, 0.0, 0.01, 20, 0.0, "v1")}
    now = {"a": Vitals(5.2, 0.0, 0.04, 20, 0.0, "v1"), "b": Vitals(5, 0.02, 0.01, 20, 1.0, "v1")}
    found = changes.find_changes(now, before, 3600)
    assert [(item.model, item.page) for item in found] == [
        ("b", "drift"), ("b", "traffic"), ("a", "traffic"),
    ]  # fmt: skip
    assert found[0].text == "now drifts."
    assert found[1].text == "has more server errors: 0 % → 2 % of requests."
    assert found[2].text == "is slower: p95 10 ms → 40 ms."


def test_few_requests_and_small_steps_are_no_change() -> None:
    before = {"a": Vitals(0.001, 0.0, 0.01, 20, 0.0, "v1")}
    assert changes.find_changes({"a": Vitals(0.001, 0.5, 0.09, 20, 0.0, "v1")}, before, 3600) == []
    before = {"a": Vitals(5, 0.0, 0.01, 20, 0.0, "v1")}
    assert changes.find_changes({"a": Vitals(5.5, 0.001, 0.011, 21, 0.0, "v1")}, before, 3600) == []
    assert changes.find_changes({"a": Vitals()}, {"a": Vitals()}, 3600) == []


def test_a_deploy_and_a_new_model_are_told() -> None:
    found = changes.find_changes(
        {"a": Vitals(version="v2"), "c": Vitals()}, {"a": Vitals(version="v1")}, 60
    )
    assert {item.text for item in found} == {"serves version v2 instead of v1.", "is new."}


def test_a_model_that_is_gone_is_the_largest_change() -> None:
    before = {"a": Vitals(5, 0.0, 0.01, 20, 0.0, "v1"), "b": Vitals(5, 0.0, 0.01, 20, 0.0, "v1")}
    found = changes.find_changes({"b": Vitals(5, 0.0, 0.01, 20, 1.0, "v2")}, before, 3600)
    assert (found[0].model, found[0].text) == ("a", "is no longer scraped.")
    assert found[0].size > found[1].size


def test_of_a_service_that_is_down_nobody_says_that_it_was_never_evaluated() -> None:
    state, *_, drift, _ = found = build_cells(Facts("m", "", up=False), 1e9)
    # what is not known leads nowhere
    assert [cell.page for cell in found if cell.page] == []
    assert state.text == "down"
    assert (drift.text, drift.below) == ("–", "unknown")


def test_the_text_of_a_late_mark_stays_in_the_chart() -> None:
    span = Span(0, 1000, 10)
    assert charts.time.text_anchor(charts.Mark(990, "version"), span) == "right"
    assert charts.time.text_anchor(charts.Mark(100, "version"), span) == "left"


def test_a_classifier_that_ranks_worse_is_a_change() -> None:
    before = {"a": Vitals(roc_auc=0.88), "b": Vitals(roc_auc=0.88)}
    (only,) = changes.find_changes(
        {"a": Vitals(roc_auc=0.71), "b": Vitals(roc_auc=0.875)}, before, 3600
    )
    assert only.text == "has a worse ROC AUC: 0.88 → 0.71."
    assert (only.model, only.page) == ("a", "quality")


def row(**known: object) -> dict[str, tuple[str, str]]:
    facts = Facts(name="m", about="", up=True, **known)  # type: ignore[arg-type]
    names = ("state", "requests", "errors", "latency", "quality", "drift", "alerts")
    return {name: (c.text, c.tone) for name, c in zip(names, build_cells(facts, 1e9), strict=True)}


def test_never_evaluated_stale_and_synthetic_are_states_of_their_own() -> None:
    assert row()["drift"] == ("never evaluated", "warn")
    assert row(evaluated_at=1e9 - 60, drift=0.0)["drift"] == ("no drift", "good")
    assert row(evaluated_at=1e9 - 8 * 86_400, drift=0.0)["drift"] == ("no drift, stale", "warn")
    synthetic = row(evaluated_at=1e9, drift=1.0, drift_share=0.5, synthetic=True)
    assert synthetic["drift"] == ("drift, synthetic", "warn")
    assert row(evaluated_at=1e9)["drift"] == ("not enough data", "none")


def test_quality_is_held_against_its_threshold() -> None:
    limits = {"rmse": 60.0, "roc_auc": 0.8}
    assert row(rmse=61.0, thresholds=limits)["quality"] == ("RMSE 61", "bad")
    assert row(rmse=59.0, thresholds=limits)["quality"] == ("RMSE 59", "good")
    assert row(roc_auc=0.75, thresholds=limits)["quality"] == ("ROC AUC 0.75", "bad")
    assert row(roc_auc=0.88, thresholds=limits)["quality"] == ("ROC AUC 0.88", "good")
    assert row(roc_auc=0.88, thresholds={"roc_auc": None})["quality"] == ("ROC AUC 0.88", "none")
    assert row()["quality"] == ("–", "none")


def test_what_is_not_known_is_neither_good_nor_zero() -> None:
    assert row()["errors"] == ("–", "none")
    assert row()["alerts"] == ("–", "none")
    assert row(errors=0.0, alerts=0)["errors"] == ("0 %", "good")


def test_models_that_are_down_or_firing_come_first() -> None:
    facts = [
        Facts("a", "", up=True), Facts("b", "", up=True, alerts=2), Facts("c", "", up=False),
        Facts("d", "", up=True, drift=1.0),
    ]  # fmt: skip
    assert [item.name for item in sort_worst_first(facts)] == ["c", "b", "d", "a"]


def test_a_spark_keeps_its_gaps() -> None:
    series = Series({}, np.arange(3.0), np.array([1.0, math.nan, 4.0]))
    assert build_spark(series) == [0.25, None, 1.0]
    assert build_spark(None) == []


def test_the_worst_segment_is_the_one_with_most_error_beyond_its_part() -> None:
    groups = {
        "hr": [Group("8", 10, -5.0, 20.0), Group("9", 90, 0.0, 5.0)],
        "rare": [Group("x", 2, 90.0, 90.0), Group("y", 98, 0.0, 4.8)],
    }
    found = segments.find_worst(Residuals(0, 1, [0, 1], [1], groups, Grid([0, 1], [[1]])))
    assert (found[0].column, found[0].value) == ("hr", "8")
    assert found[0].times == pytest.approx(20 / 6.5)
    assert found[0].excess == pytest.approx(10 * (20 - 6.5) / 650)
    assert all(item.rows >= segments.LEAST_ROWS for item in found)


FEATURES = [
    {"name": "hr", "type": "int", "low": 0, "high": 23, "allowed": "0 to 23"},
    {"name": "temp", "type": "float", "low": -0.5, "high": 1.5, "allowed": "-0.5 to 1.5"},
]


def test_a_preview_says_what_is_missing_unknown_and_out_of_range() -> None:
    frame = pd.DataFrame({"hr": [1, 25, 3], "colour": ["a", "b", "c"]})
    said = {
        (item.level, item.column): item.text for item in upload_check.check(frame, FEATURES, "cnt")
    }
    assert said["error", "temp"] == "is missing"
    assert "1 rows, first in row 1: 25" in said["error", "hr"]
    assert ("warning", "colour") in said
    assert "only drift is evaluated" in said["warning", "cnt"]


def test_a_preview_of_good_rows_finds_nothing() -> None:
    frame = pd.DataFrame({"hr": [1, 2], "temp": [0.1, 0.2], "cnt": [5, 6]})
    assert upload_check.check(frame, FEATURES, "cnt") == []


def test_a_file_that_is_no_table_is_said_to_be_none() -> None:
    with pytest.raises(upload_check.UnreadableTable, match=r"x\.parquet can't be read"):
        upload_check.read("x.parquet", b"no parquet")
    assert list(upload_check.read("x.csv", b"a,b\n1,2\n").columns) == ["a", "b"]


def test_a_line_breaks_where_samples_are_missing() -> None:
    series = Series({}, np.array([0.0, 5, 20, 25]), np.ones(4))
    filled = insert_gaps(series, 5)
    assert filled.times.tolist() == [0, 5, 10, 20, 25]
    assert math.isnan(filled.values[2])


def test_the_period_before_lies_under_this_one() -> None:
    span = Span(100, 200, 5)
    assert span.previous == Span(0, 100, 5)
    (moved,) = shift([Series({}, np.array([50.0]), np.ones(1))], 100)
    assert moved.times.tolist() == [150]
    figure = charts.lines([moved], "", previous=[moved], span=span)
    assert [trace.name for trace in figure.data] == ["period before", "now"]


def test_a_stretch_that_was_chosen_stands_on_its_step_and_is_inside() -> None:
    made = span_between(1003.0, 1397.0)
    assert made.start <= 1003 and made.end >= 1397
    assert made.start % made.step == made.end % made.step == 0


def test_the_heatmap_shows_each_bucket_by_itself_and_not_the_sum() -> None:
    found = [
        Series({"le": le}, np.array([1.0, 2.0]), np.array(values))
        for le, values in (("0.1", [2.0, 3.0]), ("+Inf", [7.0, 3.0]), ("0.01", [1.0, 1.0]))
    ]
    (trace,) = charts.heatmap(found).data
    assert list(trace.y) == ["10 ms", "100 ms", "longer"]
    assert np.nan_to_num(trace.z).tolist() == [[1, 1], [1, 2], [5, 0]]


@pytest.mark.parametrize(
    ("unit", "values", "shown"),
    [
        ("ratio", [0.5], (100, "%")),
        ("seconds", [0.5], (1000, "ms")),
        ("seconds", [50.0], (1, "s")),
        ("bytes/s", [3e6], (1e-6, "MB/s")),
        ("bytes", [12.0], (1, "B")),
        ("rows", [12.0], (1, "rows")),
    ],
)
def test_units_are_scaled_to_what_a_person_reads(
    unit: str, values: list[float], shown: tuple[float, str]
) -> None:
    assert charts.scale(unit, [np.array(values)]) == shown


def test_a_time_is_drawn_in_the_zone_of_the_reader() -> None:
    figure = charts.lines(
        [Series({}, np.array([0.0, 5.0]), np.ones(2))], "", zone="Asia/Tokyo", span=Span(0, 60, 5)
    )
    assert pd.Timestamp(figure.data[0].x[0]) == pd.Timestamp("1970-01-01 09:00")


def test_operations_stand_on_one_time_axis_with_the_alerts_below() -> None:
    rows = [Row(name, "ratio", [Series({}, np.arange(3.0), np.ones(3))]) for name in ("a", "b")]
    bars = [charts.Interval("Drift", "firing", 1, 2)]
    figure = strips(rows, bars, [charts.Mark(1.5, "version x")], Span(0, 3, 1), "UTC")
    assert len(figure.data) == 3
    texts = [item.text for item in figure.layout.annotations]
    assert texts[:3] == ["a, %", "b, %", "Alerts"]
    assert "version x" in texts


def test_a_mapped_model_shows_the_gauges_of_its_service_and_what_was_evaluated_here() -> None:
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


def test_a_mean_in_place_of_the_percentile_is_called_a_mean() -> None:
    facts = Facts("m", "", up=True, mapped=True, p95=0.05, latency_is="Latency, mean")
    assert (build_cells(facts, 1e9)[3].text, build_cells(facts, 1e9)[3].below) == (
        "50 ms",
        "Latency, mean",
    )
