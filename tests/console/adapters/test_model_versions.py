"""Champion against challenger: what is read of a service's answer, and what is drawn of it."""

from typing import Any

import msgspec
import pytest

from console.adapters import model_versions
from console.charts.versions import gains


def comparison(gain: float, day: int, **more: Any) -> dict[str, Any]:
    return {
        "champion": {"version": "old", "roc_auc": 0.89, "log_loss": 0.35, "training_month": "a"},
        "challenger": {"version": "new", "roc_auc": 0.89 + gain, "log_loss": 0.34},
        "held_out_rows": 1389, "roc_auc_gain": gain, "promoted": gain > 0.01, "rule": "the rule",
        "compared_at": f"2026-11-{day:02d}T10:00:00+00:00", "least_gain": 0.01,
        "roc_auc_gain_lower": gain - 0.002, "roc_auc_gain_upper": gain + 0.003, **more,
    }  # fmt: skip


def about(*comparisons: dict[str, Any], version: str = "old") -> dict[str, Any]:
    return {
        "version": version,
        "candidate_version": "new",
        "training": {"trained_at": "then", "comparisons": list(comparisons)},
    }


def test_the_last_comparison_is_read_with_its_decision() -> None:
    versions = model_versions.parse_versions(about(comparison(0.002, 3), comparison(0.001, 2)))
    assert versions.last_comparison is not None
    assert (versions.last_comparison.roc_auc_gain, versions.last_comparison.decision) == (
        0.002,
        "the champion stayed",
    )
    assert (versions.version, versions.candidate) == ("old", "new")
    assert versions.facts == {"trained_at": "then"}
    promoted = model_versions.parse_versions(about(comparison(0.02, 3))).last_comparison
    assert promoted is not None and promoted.decision == "the challenger was promoted"


def test_a_single_comparison_is_parsed_too() -> None:
    kept = {"version": "old", "training": {"comparison": comparison(0.002, 3)}}
    assert len(model_versions.parse_versions(kept).comparisons) == 1


@pytest.mark.parametrize("training", [None, {}, {"comparison": None, "comparisons": []}])
def test_a_model_that_was_never_retrained_has_no_comparison(training: Any) -> None:
    versions = model_versions.parse_versions({"version": "1", "training": training})
    assert (versions.last_comparison, versions.candidate) == (None, None)


def test_an_unknown_comparison_is_an_error_that_names_the_field() -> None:
    with pytest.raises(msgspec.ValidationError, match="roc_auc_gain"):
        model_versions.parse_versions(about(comparison(0.1, 1, roc_auc_gain="much")))


def test_the_version_in_service_is_marked_after_a_promotion() -> None:
    found = model_versions.parse_versions(about(comparison(0.02, 3), version="new"))
    assert found.last_comparison is not None
    sides = model_versions.comparison_table(found.last_comparison, found.version)
    assert sides["serves"].tolist() == [False, True]
    assert sides["ROC AUC"].tolist() == pytest.approx([0.89, 0.91])


def test_gains_are_drawn_in_time_order_with_intervals_and_limit() -> None:
    versions = model_versions.parse_versions(about(comparison(0.02, 9), comparison(0.002, 3)))
    drawn = gains(versions.comparisons, zone="UTC")
    promoted, stayed = drawn.data
    assert (promoted.name, list(promoted.x), list(promoted.y)) == ("promoted", [1], [0.02])
    assert (stayed.name, list(stayed.x)) == ("champion stayed", [0])
    assert list(stayed.error_y.array) == pytest.approx([0.003])
    assert list(stayed.error_y.arrayminus) == pytest.approx([0.002])
    assert [shape.y0 for shape in drawn.layout.shapes] == [0, 0.01]
    assert list(drawn.layout.xaxis.ticktext) == ["11-03 10:00", "11-09 10:00"]


def test_the_history_has_a_row_per_comparison() -> None:
    versions = model_versions.parse_versions(about(comparison(0.02, 9), comparison(0.002, 3)))
    table = model_versions.history_table(versions.comparisons)
    assert table["gain"].tolist() == [0.02, 0.002]
    assert table["decision"].tolist() == ["the challenger was promoted", "the champion stayed"]
