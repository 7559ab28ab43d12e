"""The roles of columns: proposed from rows, taken from the last evaluation, built to a schema."""

import numpy as np
import pandas as pd
import pytest

from console.views.evaluate import column_roles
from evaluation.errors import SchemaError

N = 200


def frame(seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "row_id": [f"r{number}" for number in range(N)],
            "made_at": pd.date_range("2026-01-01", periods=N, freq="h").astype(str),
            "area": random.normal(80, 10, N),
            "rooms": random.integers(1, 40, N),
            "kind": random.integers(0, 3, N),
            "hour": random.integers(0, 24, N),
            "weekday": random.integers(0, 7, N),
            "town": random.choice(["Graz", "Linz"], N),
            "note": [f"free text {number}" for number in range(N)],
            "empty": [None] * N,
            "target": random.integers(0, 2, N),
            "prediction": random.integers(0, 2, N),
            "probability": random.random(N),
        }
    )


def proposed(reference: pd.DataFrame, current: pd.DataFrame) -> dict[str, str]:
    return {item.name: item.role for item in column_roles.propose(reference, current)}


def test_every_kind_of_column_gets_its_role() -> None:
    assert proposed(frame(), frame(1)) == {
        "row_id": "identifier", "made_at": "time", "area": "numerical", "rooms": "numerical",
        "kind": "categorical", "hour": "calendar number", "weekday": "calendar category",
        "town": "categorical", "note": "left out", "empty": "left out", "target": "target",
        "prediction": "prediction", "probability": "probability",
    }  # fmt: skip


def test_a_feature_of_one_side_only_is_left_out_and_names_its_side() -> None:
    found = {
        item.name: item for item in column_roles.propose(frame(), frame(1).drop(columns=["area"]))
    }
    assert (found["area"].role, found["area"].presence) == ("left out", "reference")
    assert (found["town"].role, found["town"].presence) == ("categorical", "both")


def test_the_target_can_be_on_one_side_only() -> None:
    assert proposed(frame(), frame(1).drop(columns=["target"]))["target"] == "target"


def test_earlier_roles_override_proposed_roles() -> None:
    chosen = {"area": "categorical", "rooms": "numerical", "kind": "target", "hour": "left out"}
    known = column_roles.build_schema(chosen, "regression")
    found = {item.name: item.role for item in column_roles.propose(frame(), frame(1), known)}
    assert (found["area"], found["rooms"], found["kind"]) == ("categorical", "numerical", "target")
    # the last evaluation had no role for these
    assert (found["hour"], found["town"]) == ("left out", "left out")


def test_roles_are_the_same_after_a_round_trip_through_a_schema() -> None:
    chosen = {
        name: role for name, role in proposed(frame(), frame(1)).items() if role != "left out"
    }
    made = column_roles.build_schema(chosen, "binary")
    assert made.numerical == ("area", "rooms", "hour")
    assert made.categorical == ("kind", "town", "weekday")
    assert made.calendar == ("hour", "weekday")
    assert (made.target, made.time, made.id) == ("target", "made_at", "row_id")
    assert column_roles.read_roles(made) == chosen


def test_two_targets_or_no_feature_are_rejected() -> None:
    with pytest.raises(ValueError, match="a, b all have the role target"):
        column_roles.build_schema({"a": "target", "b": "target", "c": "numerical"}, "regression")
    with pytest.raises(SchemaError, match="no feature"):
        column_roles.build_schema({"a": "target"}, "regression")
