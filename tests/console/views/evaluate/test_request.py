"""The request of a new evaluation."""

from datetime import datetime

import pytest

from console.views.evaluate import request


def test_an_interval_in_local_time_is_sent_in_utc() -> None:
    found = request.build_interval(datetime(2026, 7, 1, 2), None, "Europe/Berlin")
    assert found == {"start": "2026-07-01T00:00:00+00:00"}
    assert request.build_interval(None, None, "UTC") is None


def test_an_interval_that_ends_before_it_starts_is_rejected() -> None:
    with pytest.raises(ValueError, match="must be after the start"):
        request.build_interval(datetime(2026, 1, 2), datetime(2026, 1, 1), "UTC")


def test_empty_fields_are_not_sent() -> None:
    assert request.build_request({"last_hours": 2}, {}, " ", []) == {"last_hours": 2}
    assert request.build_request({"upload": "u"}, {"match": "season"}, "June", ["a"]) == {
        "upload": "u",
        "reference": {"match": "season"},
        "evaluation_period_name": "June",
        "tags": ["a"],
    }


def test_only_hours_and_rows_up_to_now_can_be_repeated() -> None:
    assert request.is_repeatable({"last_rows": 5})
    assert not request.is_repeatable({"window": "june_2011"})
    assert not request.is_repeatable({"interval": {"start": "2011-01-01"}})


def test_a_stored_request_is_described_in_words() -> None:
    text = request.describe(
        {"last_hours": 24.0, "by": "event", "reference": {"hours_before": 168.0, "window": None}}
    )
    assert text == "the last 24 h of the log, by event time, compared with the 168 h before"
    assert request.describe({"last_rows": 1000}) == (
        "the last 1,000 rows of the log, compared with the training data"
    )
