"""Proposes the role of each column of a data set and builds the schema from the roles. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evaluation.inputs.schema import Schema, Thresholds
from evaluation.terms import Task

FEATURES = ("numerical", "categorical", "calendar number", "calendar category")
SINGLE = ("target", "prediction", "probability", "time", "identifier")
LEFT_OUT = "left out"
ROLES = (*FEATURES, *SINGLE, LEFT_OUT)
# few different whole numbers are labels: a month, a class, a flag
MAX_LABELS_OF_NUMBERS = 10
MAX_LABELS = 200
NAMES = {
    "target": ("target", "truth", "label", "actual", "y_true", "y", "ground_truth", "outcome"),
    "prediction": ("prediction", "predicted", "pred", "y_pred", "forecast", "y_hat"),
    "probability": ("probability", "proba", "prob", "predicted_probability", "score"),
    "time": ("time", "timestamp", "datetime", "date", "event_time", "created_at", "ts"),
    "identifier": ("id", "uuid", "key", "row_id", "prediction_id", "request_id"),
}
CALENDAR = ("year", "month", "mnth", "day", "weekday", "dayofweek", "hour", "hr", "week", "season")


@dataclass(frozen=True)
class Column:
    """A column with its role; `presence` is "both", "reference" or "current"."""

    name: str
    role: str
    example: str
    distinct: int
    missing: int
    presence: str


def propose(
    reference: pd.DataFrame, current: pd.DataFrame, previous: Schema | None = None
) -> list[Column]:
    """Return the columns of both tables, in the order of the reference, with a role each.

    The columns of `previous`, the schema of the last evaluation, keep their roles; with it, other
    columns are left out.
    """
    previous_roles = {} if previous is None else read_roles(previous)
    used_roles: set[str] = set()
    columns = []
    for name in dict.fromkeys([*map(str, reference.columns), *map(str, current.columns)]):
        sides = [frame[name] for frame in (reference, current) if name in frame.columns]
        values = pd.concat(sides, ignore_index=True)
        role = previous_roles.get(name) or (
            LEFT_OUT if previous_roles else _guess_role(name, values, sides[0], used_roles)
        )
        if len(sides) == 1 and role in FEATURES:
            role = LEFT_OUT
        used_roles.add(role)
        presence = "both" if len(sides) == 2 else "reference" if name in reference else "current"
        present_values = values.dropna()
        columns.append(
            Column(
                name, role, "" if present_values.empty else str(present_values.iloc[0])[:60],
                int(present_values.astype(str).nunique()), int(values.isna().sum()), presence,
            )
        )  # fmt: skip
    return columns


def build_schema(
    roles: Mapping[str, str], task: Task, thresholds: Thresholds | None = None
) -> Schema:  # fmt: skip
    """Build the schema of an evaluation from the role of each column.

    Raises SchemaError, and ValueError if two columns have a role that only one can have.
    """
    columns: dict[str, list[str]] = {role: [] for role in ROLES}
    for name, role in roles.items():
        columns[role].append(name)
    for role in SINGLE:
        if len(columns[role]) > 1:
            raise ValueError(
                f"{', '.join(columns[role])} all have the role {role}. Choose one of them."
            )
    single = {role: next(iter(columns[role]), None) for role in SINGLE}
    return Schema(
        task=task,
        numerical=(*columns["numerical"], *columns["calendar number"]),
        categorical=(*columns["categorical"], *columns["calendar category"]),
        calendar=(*columns["calendar number"], *columns["calendar category"]),
        target=single["target"],
        prediction=single["prediction"],
        probability=single["probability"],
        time=single["time"],
        id=single["identifier"],
        thresholds=thresholds or Thresholds(),
    )


def read_roles(schema: Schema) -> dict[str, str]:
    """Return the role of each column of a schema."""
    roles: dict[str, str] = {}
    for names, role, calendar in (
        (schema.numerical, "numerical", "calendar number"),
        (schema.categorical, "categorical", "calendar category"),
    ):
        roles |= {name: calendar if name in schema.calendar else role for name in names}
    columns = (schema.target, schema.prediction, schema.probability, schema.time, schema.id)
    return roles | {
        name: role for name, role in zip(columns, SINGLE, strict=True) if name is not None
    }


def _guess_role(
    name: str, values: "pd.Series[Any]", one_side: "pd.Series[Any]", used_roles: set[str]
) -> str:  # fmt: skip
    for role in SINGLE:
        # an identifier may repeat in the other table
        checked = one_side if role == "identifier" else values
        if role not in used_roles and _has_name_of(name, role) and _fits(role, checked):
            return role
    present = values.dropna()
    distinct = int(one_side.dropna().astype(str).nunique())
    if present.empty:
        return LEFT_OUT
    if pd.api.types.is_datetime64_any_dtype(values):
        return LEFT_OUT
    number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    calendar = name.lower() in CALENDAR
    if number and (distinct > MAX_LABELS_OF_NUMBERS or not _are_whole(present)):
        return "calendar number" if calendar else "numerical"
    if not number and distinct > min(MAX_LABELS, max(20, len(one_side) // 2)):
        return LEFT_OUT
    return "calendar category" if calendar else "categorical"


def _has_name_of(name: str, role: str) -> bool:
    lower = name.lower()
    if lower in NAMES[role]:
        return True
    if role == "prediction":
        return lower.startswith(("predicted_", "pred_"))
    if role == "identifier":
        return lower.endswith(("_id", "_uuid"))
    return role == "time" and lower.endswith(("_time", "_at", "_timestamp"))


def _fits(role: str, values: "pd.Series[Any]") -> bool:
    present = values.dropna()
    if role == "identifier":
        return bool(present.astype(str).nunique() > 0.9 * len(present))
    if role == "probability":
        numbers = pd.to_numeric(present, errors="coerce")
        return bool(len(present) and numbers.between(0, 1).all() and not _are_whole(present))
    if role == "time":
        return _is_time(present)
    return True


def _is_time(present: "pd.Series[Any]") -> bool:
    if pd.api.types.is_datetime64_any_dtype(present):
        return True
    if pd.api.types.is_numeric_dtype(present):
        # epoch seconds
        return bool(len(present) and float(pd.to_numeric(present).median()) > 1e8)
    sample = present.head(50).astype(str)
    times = pd.to_datetime(sample, errors="coerce", format="ISO8601", utc=True)
    return bool(len(sample) and times.notna().all())


def _are_whole(present: "pd.Series[Any]") -> bool:
    numbers = pd.to_numeric(present, errors="coerce").to_numpy(dtype="float64")
    return bool(np.all(np.isfinite(numbers)) and np.all(numbers == np.round(numbers)))
