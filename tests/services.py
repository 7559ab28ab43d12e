"""Real services on free ports, with a data folder in which the model is trained already."""

import fcntl
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from demo import hours
from model_service.models.bike_sharing import training
from model_service.models.cats_dogs import training as cats_dogs_training
from model_service.models.churn import training as churn_training
from tests import servers

# the bike model for tests of many evaluations
QUICK = "tests.quick_bikes:load"
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
        return self.session.get(self.url + path, timeout=300, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        return self.session.post(self.url + path, json=body, timeout=300, **options)

    def metrics(self) -> dict[str, float]:
        """Return the scraped samples: name with labels to value."""
        samples = {}
        for line in self.get("/metrics").text.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                samples[name] = float(value)
        return samples


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first worker of a run fills and all workers read."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, marker = root / name, root / f"{name}.made"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not marker.exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            marker.touch()
    return folder


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that holds only the trained model; tests copy it."""
    return made_once(tmp_path_factory, "trained", training.load_or_train)


@contextmanager
def serving(
    data: Path, *, port: int | None = None, model: str = "bike-sharing", **environment: str
) -> Iterator[Api]:
    """Run a service; settings are the BELVEDERE_ names in small letters."""
    port = port or servers.free_port()
    command = [sys.executable, "-m", "model_service", model, "--port", str(port)]
    settings = {f"BELVEDERE_{name.upper()}": value for name, value in environment.items()}
    # no worker before the first evaluation: the imports of one take 3 s of a core
    settings = {
        "BELVEDERE_API_TOKEN": "",
        "BELVEDERE_SPARE_WORKERS": "0",
        **settings,
        "BELVEDERE_DATA_DIR": str(data),
    }
    log = data.parent / f"{data.name}-log"
    with servers.started(command, port, "/health", log, settings) as server:
        yield Api(server, data)


@pytest.fixture
def data(trained: Path, tmp_path: Path) -> Path:
    """Return a separate data folder with the trained model."""
    folder = tmp_path / "data"
    shutil.copytree(trained, folder)
    return folder


@pytest.fixture(scope="module")
def api(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Run one service for the independent tests of a module."""
    folder = tmp_path_factory.mktemp("service") / "data"
    shutil.copytree(trained, folder)
    with ExitStack() as stack:
        yield stack.enter_context(serving(folder, most_rows="120000", most_body_bytes="40000000"))


@pytest.fixture(scope="session")
def trained_churn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that holds only the trained models of both months; tests copy it."""

    def train(folder: Path) -> None:
        for month in ("month_000", "month_001"):
            churn_training.load_or_train(folder, month)

    return made_once(tmp_path_factory, "trained-churn", train)


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


@pytest.fixture(scope="session")
def trained_cats_dogs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that holds only the trained model; tests copy it."""
    return made_once(tmp_path_factory, "trained-cats-dogs", cats_dogs_training.load_or_train)


@pytest.fixture
def cats_dogs_data(trained_cats_dogs: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(trained_cats_dogs, folder)
    return folder


def week(start: str = "2011-02-08", end: str = "2011-02-14") -> list[dict[str, Any]]:
    return list(hours.records(start, end))


def finished(api: Api, evaluation_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        status: dict[str, Any] = api.get(f"/evaluations/{evaluation_id}").json()
        if status["state"] not in ("queued", "running"):
            return status
        assert 0 <= status["progress"] < 1
        time.sleep(0.1)
    raise AssertionError(f"evaluation {evaluation_id} did not end")
