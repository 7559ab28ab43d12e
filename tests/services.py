"""Real services on free ports, with a data folder in which the model is trained already."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from demo import hours
from model_service.models.bike_sharing import training
from model_service.models.churn import training as churn_training
from tests import servers

EXAMPLE: dict[str, Any] = {
    "temp": 0.24, "atemp": 0.2879, "hum": 0.81, "windspeed": 0.0, "mnth": 1, "hr": 0, "weekday": 6,
    "season": 1, "holiday": 0, "workingday": 0, "weathersit": 1, "dteday": "2011-01-01",
}  # fmt: skip


class Api:
    """A client of one running service."""

    def __init__(self, server: servers.Server, data: Path) -> None:
        self.server = server
        self.url = server.url
        self.data = data
        self.session = requests.Session()

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.url + path, timeout=60, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        return self.session.post(self.url + path, json=body, timeout=120, **options)

    def metrics(self) -> dict[str, float]:
        """Sample (name with its labels, as scraped) to value."""
        found = {}
        for line in self.get("/metrics").text.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                found[name] = float(value)
        return found


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds nothing but the trained model."""
    folder = tmp_path_factory.mktemp("trained")
    training.load_or_train(folder)
    return folder


@contextmanager
def serving(
    data: Path, *, port: int | None = None, model: str = "bike-sharing", **environment: str
) -> Iterator[Api]:
    """A service process; settings are given as their BELVEDERE_ names in small letters."""
    port = port or servers.free_port()
    command = [sys.executable, "-m", "model_service", model, "--port", str(port)]
    settings = {f"BELVEDERE_{name.upper()}": value for name, value in environment.items()}
    settings = {"BELVEDERE_API_TOKEN": "", **settings, "BELVEDERE_DATA_DIR": str(data)}
    log = data.parent / f"{data.name}-log"
    with servers.started(command, port, "/health", log, settings, timeout=60) as server:
        yield Api(server, data)


@pytest.fixture
def data(trained: Path, tmp_path: Path) -> Path:
    """A data folder of its own, with the trained model in it."""
    folder = tmp_path / "data"
    shutil.copytree(trained, folder)
    return folder


@pytest.fixture(scope="module")
def api(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One service for the tests of a module that do not mind each other."""
    folder = tmp_path_factory.mktemp("service") / "data"
    shutil.copytree(trained, folder)
    with ExitStack() as stack:
        yield stack.enter_context(serving(folder, most_rows="120000", most_body_bytes="40000000"))


@pytest.fixture(scope="session")
def trained_churn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds nothing but the trained models of both months."""
    folder = tmp_path_factory.mktemp("trained-churn")
    for month in ("month_000", "month_001"):
        churn_training.load_or_train(folder, month)
    return folder


@pytest.fixture
def churn_data(trained_churn: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(trained_churn, folder)
    return folder


@pytest.fixture(scope="module")
def churn(trained_churn: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("churn") / "data"
    shutil.copytree(trained_churn, folder)
    with serving(folder, model="churn") as service:
        yield service


def week(start: str = "2011-02-08", end: str = "2011-02-14") -> list[dict[str, Any]]:
    return list(hours.records(start, end))


def finished(api: Api, evaluation_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        status: dict[str, Any] = api.get(f"/evaluations/{evaluation_id}").json()
        if status["state"] not in ("queued", "running"):
            return status
        assert 0 <= status["progress"] < 1
        time.sleep(0.1)
    raise AssertionError(f"evaluation {evaluation_id} did not end")
