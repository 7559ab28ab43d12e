"""docs/own_model.md, run as a reader would: its files, its commands, a real Prometheus."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from console.adapters.prometheus import Prometheus
from promql import traffic, versions
from tests import servers
from tests.services import Api, finished

pytestmark = pytest.mark.stack
ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs/own_model.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.M | re.S)


def as_here(command: str, port: int) -> str:
    """The command with this interpreter and a free port."""
    command = re.sub(r"^(python|uvicorn) ", f"{sys.executable} -m \\1 ", command, flags=re.M)
    command = command.replace(f"{sys.executable} -m python", sys.executable)
    return re.sub(r"\b800[12]\b", str(port), command)


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reader's folder with the files of the tutorial."""
    made = tmp_path_factory.mktemp("reader")
    for code in blocks("python")[:2]:
        name = code.partition("\n")[0].removeprefix("# ")
        (made / name).write_text(code)
    return made


@pytest.fixture(scope="module")
def own(folder: Path) -> Iterator[Api]:
    serve = next(block for block in blocks("sh") if "-m model_service" in block)
    port = servers.free_port()
    with serving(as_here(serve, port), port, folder, "/health") as server:
        yield Api(server, folder)


def serving(command: str, port: int, folder: Path, ready: str):  # type: ignore[no-untyped-def]
    environment = {
        "PYTHONPATH": str(ROOT),
        "BELVEDERE_DATA_DIR": str(folder / "data"),
        "BELVEDERE_API_TOKEN": "",
    }
    shell = ["bash", "-c", f"cd {folder} && exec {command}"]
    return servers.started(shell, port, ready, folder / "log", environment, timeout=120)


def test_the_prediction_of_the_tutorial_is_the_forests_own(own: Api, folder: Path) -> None:
    ask = next(block for block in blocks("sh") if "/predict " in block)
    answer = json.loads(run(as_here(ask, own.server.port), folder))
    code = "import own; print(own.forest.predict(own.known[list(own.schema.features)].iloc[:1])[0])"
    theirs = float(run(f'{sys.executable} -c "{code}"', folder))
    # the record is the first row but for the rounding of s5
    assert answer["predicted"] == pytest.approx(theirs, rel=0.05)
    (row,) = own.get("/predictions").json()["predictions"]
    assert (row["prediction_id"], row["bmi"], row["sex"]) == (answer["prediction_id"], 32.1, 2)


def test_the_evaluation_of_the_tutorial_gives_a_verdict_and_scores(own: Api, folder: Path) -> None:
    ask = next(block for block in blocks("sh") if "/evaluations" in block)
    started = json.loads(run(as_here(ask, own.server.port), folder))
    status = finished(own, started["evaluation_id"])
    assert status["state"] == "succeeded", status
    result = status["result"]
    assert (result["rows"]["current"], result["rows"]["reference"]) == (142, 300)
    assert result["verdict"] in ("drift", "no drift")
    assert 40 < result["quality"]["rmse"] < 80
    assert own.metrics()["model_rmse_score"] == pytest.approx(result["quality"]["rmse"])


def test_prometheus_with_the_job_of_the_tutorial_shows_it_to_the_console(own: Api) -> None:
    (job,) = blocks("yaml")
    config = "global: {scrape_interval: 1s}\nscrape_configs:\n" + as_here(job, own.server.port)
    with servers.prometheus(config=config) as server:
        source = Prometheus(server.url, 5)
        deadline = time.monotonic() + 300
        while not (found := source.instant(versions.MODEL_INFO)):
            assert time.monotonic() < deadline, "no model_info in five minutes"
            time.sleep(0.2)
        (labels,) = [series.labels for series in found]
        assert (labels["model"], labels["job"]) == ("diabetes", "diabetes")
        while True:
            rate = source.instant(traffic.REQUEST_RATE.render({"job": "diabetes"}))
            own.get("/model")
            if rate and float(rate[0].values[-1]) > 0:
                break
            assert time.monotonic() < deadline, "no traffic in five minutes"
            time.sleep(0.5)


def test_three_lines_watch_an_application(folder: Path) -> None:
    serve = next(block for block in blocks("sh") if block.startswith("uvicorn"))
    marked = [line for line in blocks("python")[1].splitlines() if re.search(r"# \d$", line)]
    assert len(marked) == 3
    port = servers.free_port()
    with serving(as_here(serve, port), port, folder, "/metrics") as server:
        house = {"rooms": 3, "area": 80.0, "town": "Graz"}
        answer = requests.post(f"{server.url}/price", json=house, timeout=120)
        assert answer.json() == {"price": 180.0}
        assert len(answer.headers["x-prediction-id"]) == 32
        text = requests.get(f"{server.url}/metrics", timeout=120).text
        assert 'model_info{model="prices",task="regression",version="3"} 1.0' in text
        assert 'api_requests_total{endpoint="/price",method="POST",status_code="200"} 1.0' in text
        assert "model_predictions_total 1.0" in text
