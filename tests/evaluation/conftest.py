"""Real bike weeks with the predictions of a forest trained on January 2011."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from sklearn.ensemble import RandomForestRegressor

from evaluation.inputs.schema import Schema, Thresholds
from evaluation.jobs.leases import Leases
from evaluation.jobs.queue import JobQueue
from evaluation.store.store import EvaluationStore

FILE = Path(__file__).parents[2] / "model_service/models/bike_sharing/data/hour.csv.gz"
SCHEMA = Schema(
    numerical=("temp", "atemp", "hum", "windspeed", "mnth", "hr", "weekday"),
    categorical=("season", "holiday", "workingday", "weathersit"),
    calendar=("mnth", "hr", "weekday"),
    target="cnt",
    prediction="prediction",
    thresholds=Thresholds(rmse=60.0),
)
WEEKS = {
    "week1": ("2011-01-29", "2011-02-07"),
    "week2": ("2011-02-08", "2011-02-14"),
    "week3": ("2011-02-15", "2011-02-21"),
}


@dataclass(frozen=True)
class Bike:
    schema: Schema
    january: pd.DataFrame
    weeks: dict[str, pd.DataFrame]


@pytest.fixture(scope="session")
def bike() -> Bike:
    hours = pd.read_csv(FILE, dtype={"dteday": str})
    features = list(SCHEMA.features)
    january = hours[hours["dteday"] <= "2011-01-31"]
    forest = RandomForestRegressor(50, random_state=0).fit(january[features], january["cnt"])

    def between(start: str, end: str) -> pd.DataFrame:
        rows = hours[(hours["dteday"] >= start) & (hours["dteday"] <= end)]
        kept = rows[[*features, "cnt"]].reset_index(drop=True)
        return kept.assign(prediction=forest.predict(rows[features]))

    return Bike(
        SCHEMA,
        between("2011-01-01", "2011-01-31"),
        {name: between(*span) for name, span in WEEKS.items()},
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty database of each kind."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    made = sa.create_engine(url)
    yield made
    left = sa.MetaData()
    left.reflect(made)
    left.drop_all(made)
    made.dispose()


@pytest.fixture
def store(engine: sa.Engine, tmp_path: Path) -> EvaluationStore:
    return EvaluationStore(engine, tmp_path / "reports")


@pytest.fixture
def queue(engine: sa.Engine, store: EvaluationStore) -> JobQueue:
    """The queue as a replica sees it that is alive."""
    leases = Leases(engine, "here|1|a", 60)
    leases.join()
    return JobQueue(store, leases)
