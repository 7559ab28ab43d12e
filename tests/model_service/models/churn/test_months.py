"""The two months: what is real, what is synthetic, what drifts and what does not."""

import gzip
import hashlib

import pandas as pd

from model_service.models.churn import data, months


def test_the_data_are_those_that_their_readme_names() -> None:
    with gzip.open(months.FILE) as file:
        found = hashlib.sha256(file.read()).hexdigest()
    assert found in (months.FILE.parent / "README.md").read_text("utf-8")


def test_the_real_columns_and_the_labels_of_the_first_month_are_the_files_own() -> None:
    with gzip.open(months.FILE) as file:
        table = pd.read_csv(file)
    made = months.month("month_000")
    for theirs, ours in months.REAL.items():
        assert made[ours].tolist() == table[theirs].tolist()
    assert made["churn_label"].tolist() == (table["Churn"] == "Yes").astype(int).tolist()


def test_the_churn_rates_of_the_months_are_the_known_ones() -> None:
    first, second = (months.month(name)["churn_label"] for name in months.DATES)
    assert (len(first), int(first.sum())) == (7043, 1869)
    assert (len(second), int(second.sum())) == (7043, 1869 - 420 + 252)


def test_a_month_is_the_same_each_time_it_is_made() -> None:
    kept = months.month("month_001")
    months.month.cache_clear()
    assert months.month("month_001").equals(kept)


def test_the_activity_follows_the_real_columns_and_the_labels() -> None:
    rows = months.month("month_000")
    plans = rows["plan_stream_tv"].eq("Yes").astype(int) + rows["plan_stream_movies"].eq("Yes")
    assert rows["watch_hours_30d"].corr(plans) > 0.4
    assert rows["failed_payments_90d"].corr(rows["churn_label"]) > 0.15
    assert rows["rebuffer_events_7d"].corr(rows["net_service"].eq("Fiber optic")) < -0.1


def test_every_row_is_within_the_ranges_that_requests_are_held_to() -> None:
    for name in months.DATES:
        rows = months.month(name)
        for field in (*data.INPUTS, data.TRUTH):
            if field.choices:
                assert set(rows[field.name]) == set(field.choices), field.name
            elif field.low is not None and field.high is not None:
                assert rows[field.name].between(field.low, field.high).all(), field.name


def test_a_held_out_user_is_held_out_in_both_months_and_trains_nothing() -> None:
    held = [set(data.held_out(name)["user_id"]) for name in months.DATES]
    assert held[0] == held[1]
    assert 0.17 < len(held[0]) / 7043 < 0.23
    assert all(not held[0] & set(data.training(name)["user_id"]) for name in months.DATES)


def test_no_identifier_is_a_feature() -> None:
    assert len(data.SCHEMA.features) == 14
    assert not {"user_id", "snapshot_date", "churn_label"} & set(data.SCHEMA.features)
