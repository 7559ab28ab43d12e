"""Fields, schema and windows of the churn model, and the users that are held out."""

import datetime
import hashlib
from functools import cache
from typing import Any

import pandas as pd

from evaluation.inputs.schema import Schema, Thresholds
from model_service.models.base import Field, Window
from model_service.models.churn import months

CHAMPION_MONTH, CHALLENGER_MONTH = "month_000", "month_001"
HELD_OUT_PERCENT = 20
NEW_MONTHS = 12
YES_NO = ("No", "Yes")
PLAN = ("No", "No internet service", "Yes")

INPUTS = (
    Field("user_id", "text", "The user; never a feature", "7590-VHVEG", optional=True),
    Field("snapshot_date", "date", "The day of the snapshot", "2024-01-31", optional=True),
    Field("months_active", "int", "Months since the first bill", 1, 0, 600),
    Field("monthly_fee", "float", "Monthly charges, US dollars", 29.85, 0, 1000),
    Field("paperless_billing", "text", "Bills without paper", "Yes", choices=YES_NO),
    Field("plan_stream_tv", "text", "Streams television", "No", choices=PLAN),
    Field("plan_stream_movies", "text", "Streams movies", "No", choices=PLAN),
    Field(
        "net_service", "text", "Internet line", "DSL", choices=("DSL", "Fiber optic", "No")
    ),
    Field("watch_hours_30d", "float", "Hours watched in 30 days (synthetic)", 14.2, 0, 720),
    Field("avg_session_mins_7d", "float", "Minutes a session (synthetic)", 31.5, 0, 1440),
    Field("unique_devices_30d", "int", "Devices seen in 30 days (synthetic)", 2, 0, 100),
    Field("skips_7d", "int", "Skips in 7 days (synthetic)", 4, 0, 10_000),
    Field("rebuffer_events_7d", "int", "Rebuffers in 7 days (synthetic)", 2, 0, 10_000),
    Field("failed_payments_90d", "int", "Failed payments in 90 days (synthetic)", 0, 0, 1000),
    Field("support_tickets_90d", "int", "Support tickets in 90 days (synthetic)", 1, 0, 1000),
    Field(
        "ticket_avg_resolution_hrs_90d", "float",
        "Hours to resolve a ticket, mean; 0 without tickets (synthetic)", 12.5, 0, 2160,
    ),
)  # fmt: skip
TRUTH = Field("churn_label", "int", "1 when the user left", 0, 0, 1)
CATEGORICAL = ("paperless_billing", "plan_stream_tv", "plan_stream_movies", "net_service")
IDENTIFIERS = ("user_id", "snapshot_date")

SCHEMA = Schema(
    task="binary",
    numerical=tuple(f.name for f in INPUTS if f.name not in (*CATEGORICAL, *IDENTIFIERS)),
    categorical=CATEGORICAL,
    target="churn_label",
    prediction="churn_prediction",
    probability="churn_probability",
    id="user_id",
    thresholds=Thresholds(drift_share=0.30),
)
# threshold of the alert; the decision about drift does not depend on it
MIN_ROC_AUC = 0.80

DRIFT_KINDS = {"new_users": f"users of month_001 with at most {NEW_MONTHS} months"}
# in the order of usefulness: the rows that the model was trained on come last
TITLES = {
    "month_001": "29 February 2024",
    "month_001_new_users": f"29 February 2024, users of at most {NEW_MONTHS} months",
    "month_000": "31 January 2024 (training data)",
}


def is_held_out(user_id: str) -> bool:
    """Return whether no model is trained on a user: one user in five, chosen by a hash."""
    number = int.from_bytes(hashlib.sha256(user_id.encode()).digest()[:4], "big")
    return number % 100 < HELD_OUT_PERCENT


def held_out(name: str) -> pd.DataFrame:
    """Return the rows of a month that no model is trained on."""
    frame = months.month(name)
    return frame[frame["user_id"].map(is_held_out)].reset_index(drop=True)


def training(name: str) -> pd.DataFrame:
    """Return the rows of a month that a model may be trained on."""
    frame = months.month(name)
    return frame[~frame["user_id"].map(is_held_out)].reset_index(drop=True)


def window(name: str) -> pd.DataFrame:
    """Return the rows of a named window. Raises KeyError."""
    if name == "month_001_new_users":
        frame = months.month("month_001")
        return frame[frame["months_active"] <= NEW_MONTHS].reset_index(drop=True)
    return months.month(name)


@cache
def windows() -> tuple[Window, ...]:
    result = []
    for name, title in TITLES.items():
        day = datetime.date.fromisoformat(months.DATES[name[: len("month_000")]])
        result.append(Window(name, title, day, day, len(window(name))))
    return tuple(result)


class Users:
    """The users, with their features of the latest month."""

    key = "user_id"

    def features(self, identifier: str) -> dict[str, Any]:
        """Return the inputs of a user as JSON values. Raises KeyError."""
        return _newest()[identifier]


@cache
def _newest() -> dict[str, dict[str, Any]]:
    rows = months.month(CHALLENGER_MONTH)[[field.name for field in INPUTS]]
    return {str(row["user_id"]): row for row in rows.to_dict("records")}  # type: ignore[misc]
