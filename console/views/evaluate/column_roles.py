"""What each column of a data set means: proposed from its rows, changed by hand. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evaluation.inputs.schema import Schema, Task, Thresholds

FEATURES = ("numerical", "categorical", "calendar number", "calendar category")
SINGLE = ("target", "prediction", "probability", "time", "identifier")
LEFT_OUT = "left out"
ROLES = (*FEATURES, *SINGLE, LEFT_OUT)
# few whole numbers are labels: a month, a class, a flag
MOST_LABELS_OF_NUMBERS = 10
MOST_LABELS = 200
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
    """A column with its role, and what a person tells it by."""

    name: str
    role: str
    example: str
    distinct: int
    missing: int
    there: str


def propose(
    reference: pd.DataFrame, current: pd.DataFrame, known: Schema | None = None
) -> list[Column]:
    """The columns of both, in the order of the reference, with a role each; `known` are the roles
    of before, which stay for the columns that still are there."""
    before = {} if known is None else roles_of(known)
    taken: set[str] = set()
    found = []
    for name in dict.fromkeys([*map(str, reference.columns), *map(str, current.columns)]):
        sides = [frame[name] for frame in (reference, current) if name in frame.columns]
        values = pd.concat(sides, ignore_index=True)
        role = before.get(name) or (LEFT_OUT if before else _role(name, values, sides[0], taken))
        if len(sides) == 1 and role in FEATURES:
            role = LEFT_OUT
        taken.add(role)
        both = "both" if len(sides) == 2 else "reference" if name in reference else "current"
        known_values = values.dropna()
        found.append(
            Column(
                name, role, "" if known_values.empty else str(known_values.iloc[0])[:60],
                int(known_values.astype(str).nunique()), int(values.isna().sum()), both,
            )
        )  # fmt: skip
    return found


def schema(
    roles: Mapping[str, str], task: Task, thresholds: Thresholds | None = None
) -> Schema:  # fmt: skip
    """The roles as an evaluation reads them. Raises SchemaError, and ValueError for two columns in
    a role that only one can have."""
    of: dict[str, list[str]] = {role: [] for role in ROLES}
    for name, role in roles.items():
        of[role].append(name)
    for role in SINGLE:
        if len(of[role]) > 1:
            raise ValueError(f"{', '.join(of[role])} all have the role {role}. Choose one of them.")
    one = {role: next(iter(of[role]), None) for role in SINGLE}
    return Schema(
        task=task,
        numerical=(*of["numerical"], *of["calendar number"]),
        categorical=(*of["categorical"], *of["calendar category"]),
        calendar=(*of["calendar number"], *of["calendar category"]),
        target=one["target"],
        prediction=one["prediction"],
        probability=one["probability"],
        time=one["time"],
        id=one["identifier"],
        thresholds=thresholds or Thresholds(),
    )


def roles_of(known: Schema) -> dict[str, str]:
    """Column to role, the other way round."""
    found: dict[str, str] = {}
    for names, role, calendar in (
        (known.numerical, "numerical", "calendar number"),
        (known.categorical, "categorical", "calendar category"),
    ):
        found |= {name: calendar if name in known.calendar else role for name in names}
    single = (known.target, known.prediction, known.probability, known.time, known.id)
    return found | {
        name: role for name, role in zip(single, SINGLE, strict=True) if name is not None
    }


def _role(
    name: str, values: "pd.Series[Any]", one_side: "pd.Series[Any]", taken: set[str]
) -> str:  # fmt: skip
    for role in SINGLE:
        # an identifier may come again on the other side
        seen = one_side if role == "identifier" else values
        if role not in taken and _named(name, role) and _fits(role, seen):
            return role
    plain = values.dropna()
    distinct = int(one_side.dropna().astype(str).nunique())
    if plain.empty:
        return LEFT_OUT
    if pd.api.types.is_datetime64_any_dtype(values):
        return LEFT_OUT
    number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    calendar = name.lower() in CALENDAR
    if number and (distinct > MOST_LABELS_OF_NUMBERS or not _whole(plain)):
        return "calendar number" if calendar else "numerical"
    if not number and distinct > min(MOST_LABELS, max(20, len(one_side) // 2)):
        return LEFT_OUT
    return "calendar category" if calendar else "categorical"


def _named(name: str, role: str) -> bool:
    lower = name.lower()
    if lower in NAMES[role]:
        return True
    if role == "prediction":
        return lower.startswith(("predicted_", "pred_"))
    if role == "identifier":
        return lower.endswith(("_id", "_uuid"))
    return role == "time" and lower.endswith(("_time", "_at", "_timestamp"))


def _fits(role: str, values: "pd.Series[Any]") -> bool:
    plain = values.dropna()
    if role == "identifier":
        return bool(plain.astype(str).nunique() > 0.9 * len(plain))
    if role == "probability":
        number = pd.to_numeric(plain, errors="coerce")
        return bool(len(plain) and number.between(0, 1).all() and not _whole(plain))
    if role == "time":
        return _is_time(plain)
    return True


def _is_time(plain: "pd.Series[Any]") -> bool:
    if pd.api.types.is_datetime64_any_dtype(plain):
        return True
    if pd.api.types.is_numeric_dtype(plain):
        # epoch seconds
        return bool(len(plain) and float(pd.to_numeric(plain).median()) > 1e8)
    few = plain.head(50).astype(str)
    read = pd.to_datetime(few, errors="coerce", format="ISO8601", utc=True)
    return bool(len(few) and read.notna().all())


def _whole(plain: "pd.Series[Any]") -> bool:
    numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype="float64")
    return bool(np.all(np.isfinite(numbers)) and np.all(numbers == np.round(numbers)))
