"""Two monthly snapshots of the same 7,043 users: real columns, and synthetic ones."""

import gzip
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

FILE = Path(__file__).parent / "data" / "telco_customer_churn.csv.gz"
DATES = {"month_000": "2024-01-31", "month_001": "2024-02-29"}
SEED = 20240131
REAL = {
    "customerID": "user_id",
    "tenure": "months_active",
    "MonthlyCharges": "monthly_fee",
    "PaperlessBilling": "paperless_billing",
    "StreamingTV": "plan_stream_tv",
    "StreamingMovies": "plan_stream_movies",
    "InternetService": "net_service",
}
# what drifts in month_001: the others have the same distribution in both months
DRIFTED = ("rebuffer_events_7d",)
DRIFTED_WEAKLY = ("watch_hours_30d", "avg_session_mins_7d", "skips_7d")
STOPPED_CHURNING, STARTED_CHURNING = 420, 252
Floats = npt.NDArray[np.float64]


@cache
def month(name: str) -> pd.DataFrame:
    """Return 7,043 rows: user_id, snapshot_date, 14 features, churn_label. Raises KeyError.

    **The activity columns are synthetic**: no public version of these data has any. They are drawn
    with a fixed seed from each user's real months, fee, plans and label, and from a preference of
    the user that is the same in all months. The label of month_001 is synthetic too: of
    the real churners the 420 with the least sign of it stay, 252 others leave, so that the rate
    goes from 0.2654 to 0.2415. In month_001 `rebuffer_events_7d` drifts strongly, DRIFTED_WEAKLY by
    less than a tenth of a standard deviation, and nothing else beyond what the labels bring along.
    """
    date = DATES[name]
    users = _real()
    churned = users.pop("churned").to_numpy(dtype=bool)
    later = name == "month_001"
    if later:
        churned = _later_labels(users, churned)
    activity = _activity(users, churned, later)
    labels = churned.astype("int64")
    return users.assign(snapshot_date=date, **activity, churn_label=labels)


def _real() -> pd.DataFrame:
    with gzip.open(FILE) as file:
        table = pd.read_csv(file, dtype={"customerID": "str"})
    return table[list(REAL)].rename(columns=REAL).assign(churned=table["Churn"] == "Yes")


def _later_labels(users: pd.DataFrame, churned: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return the labels a month later: the likeliest users change, with some randomness."""
    chance = np.random.default_rng([SEED, 1]).gumbel(size=len(users))
    inclined = (
        2.0 * (users["net_service"] == "Fiber optic")
        - 1.0 * (users["net_service"] == "No")
        + 0.5 * (users["paperless_billing"] == "Yes")
        - 0.05 * users["months_active"]
    ).to_numpy(dtype="float64")
    stop = np.argsort(np.where(churned, chance - 0.5 * inclined, -np.inf))[-STOPPED_CHURNING:]
    start = np.argsort(np.where(~churned, chance + 0.5 * inclined, -np.inf))[-STARTED_CHURNING:]
    later = churned.copy()
    later[stop], later[start] = False, True
    return later


def _activity(
    users: pd.DataFrame, churned: npt.NDArray[np.bool_], later: bool
) -> dict[str, npt.NDArray[np.generic]]:
    """Return the eight synthetic columns, in their units: hours, minutes, devices, events."""
    # one seed for the users' preferences in all months, one for the noise of each month
    preference = np.random.default_rng([SEED, 2]).normal(size=len(users))
    random = np.random.default_rng([SEED, 3, int(later)])
    streams = (users[["plan_stream_tv", "plan_stream_movies"]] == "Yes").sum(axis=1).to_numpy()
    years = users["months_active"].to_numpy(dtype="float64") / 12
    fiber = (users["net_service"] == "Fiber optic").to_numpy()
    offline = (users["net_service"] == "No").to_numpy()
    leaving = churned.astype("float64")

    watched = np.where(offline, 2.0, 12.0 + 9.0 * streams) * np.exp(
        0.45 * preference + 0.35 * random.normal(size=len(users)) - 0.2 * leaving
    )
    session = 18 + 6 * streams + 4 * preference - 3 * leaving + random.gamma(4, 4, len(users))
    skips = random.poisson(np.exp(1.6 - 0.2 * preference + 0.15 * leaving))
    rebuffers = random.poisson(np.where(fiber, 1.6, 2.8) * (1 + 0.25 * leaving))
    failed = random.poisson(0.25 + 0.35 * leaving)
    tickets = random.poisson(0.5 + 0.6 * leaving + 0.2 * np.exp(-years))
    hours = np.where(tickets > 0, random.gamma(2.0, 9.0 + 4 * leaving), 0.0)
    devices = 1 + random.binomial(5, 0.15 + 0.08 * streams)
    if later:
        watched = watched * 1.07
        session = session + 0.7
        skips = skips + random.binomial(1, 0.22, len(users))
        rebuffers = rebuffers + random.poisson(1.8, len(users))
    return {
        "watch_hours_30d": watched.round(2),
        "avg_session_mins_7d": session.clip(1, 240).round(2),
        "unique_devices_30d": devices,
        "skips_7d": skips,
        "rebuffer_events_7d": rebuffers,
        "failed_payments_90d": failed,
        "support_tickets_90d": tickets,
        "ticket_avg_resolution_hrs_90d": hours.round(2),
    }
