"""The stack without Docker, started and stopped by its command."""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from deployment.local import env_file, processes
from deployment.local.postgres import roles, server
from deployment.local.programs import ROOT
from tests.servers import free_port, free_ports

PROGRAMS = (
    "postgres",
    "bike-api",
    "churn-api",
    "cats-dogs-api",
    "node-exporter",
    "inbox",
    "alertmanager",
    "prometheus",
    "console",
    "traffic",
    "churn-traffic",
    "cats-dogs-traffic",
)
ROW = {
    "temp": 0.24, "atemp": 0.2879, "hum": 0.81, "windspeed": 0.0, "mnth": 1, "hr": 0, "weekday": 6,
    "season": 1, "holiday": 0, "workingday": 0, "weathersit": 1, "dteday": "2011-01-01",
}  # fmt: skip

pytestmark = pytest.mark.stack


class Place:
    """A separate stack: folder, .env with free ports, the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "belvedere"
        self.env_file = folder / "env"
        self.ports = dict(zip(env_file.PORTS, free_ports(len(env_file.PORTS)), strict=True))
        self.write()

    def write(self) -> None:
        lines = [f"{name}={port}" for name, port in self.ports.items()]
        self.env_file.write_text("\n".join(lines) + "\n")

    def run(
        self, action: str, *more: str, stdin: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name[:9] != "BELVEDERE"}
        return subprocess.run(
            [
                sys.executable, "-m", "deployment.local", action, *more,
                "--folder", str(self.folder), "--env-file", str(self.env_file),
            ],
            cwd=ROOT,
            env={
                **kept,
                # a test notifies nobody's real receivers
                "BELVEDERE_SECRETS_DIR": str(self.folder / "secrets"),
                # the imports of two warm workers of each service take 15 s of a core
                "BELVEDERE_SPARE_WORKERS": "0",
                **variables,
            },
            input=stdin, capture_output=True, text=True, check=False,
            timeout=600,
        )  # fmt: skip

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[f'BELVEDERE_{name}_PORT']}"

    def living(self) -> list[processes.Process]:
        return processes.marked(self.folder)

    def pids(self, words: str) -> set[int]:
        return {process.pid for process in self.living() if words in process.command}

    def rows(self, query: str) -> int:
        """Return the number that the database of cats and dogs answers its reader; -1 if none."""
        password = env_file.read(self.env_file)[server.READER_PASSWORD]
        port = self.ports["BELVEDERE_POSTGRES_PORT"]
        try:
            with psycopg.connect(
                host="127.0.0.1", port=port, dbname=roles.DATABASE, user=roles.READER,
                password=password,
            ) as connection:  # fmt: skip
                row = connection.execute(query).fetchone()
        except psycopg.OperationalError:
            return -1
        assert row is not None
        return int(row[0])

    def query(self, query: str) -> list[str]:
        url = f"{self.url('PROMETHEUS')}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        with urllib.request.urlopen(url, timeout=120) as answer:
            return [sample["value"][1] for sample in json.load(answer)["data"]["result"]]

    def predict(self) -> int:
        request = urllib.request.Request(
            f"{self.url('BIKE_API')}/predict",
            json.dumps(ROW).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return int(answer.status)


@contextmanager
def placed(folder: Path) -> Iterator[Place]:
    folder.mkdir(parents=True, exist_ok=True)
    place = Place(folder)
    try:
        yield place
    finally:
        processes.end(place.folder, 20)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with placed(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A stack for the tests of this file: each start of all its servers takes half a minute."""
    # a space and a percent sign, which supervisor's file takes for an expansion
    with placed(tmp_path_factory.mktemp("stack") / "a folder at 100%") as stack:
        yield stack


@pytest.fixture
def running(shared: Place) -> Place:
    """The shared stack, started if a test before stopped it."""
    if not shared.pids("supervisord"):
        started = shared.run("up")
        assert started.returncode == 0, started.stderr
    return shared


def until(condition: Callable[[], bool], seconds: float = 300) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def test_up_returns_when_every_server_answers_and_prometheus_has_scraped(running: Place) -> None:
    for name, path in {
        "BIKE_API": "/ready",
        "CHURN_API": "/ready",
        "CATS_DOGS_API": "/ready",
        "CONSOLE": "/_stcore/health",
        "PROMETHEUS": "/-/ready",
        "ALERTMANAGER": "/-/ready",
        "NODE_EXPORTER": "/metrics",
        "INBOX": "/health",
    }.items():
        with urllib.request.urlopen(running.url(name) + path, timeout=120) as answer:
            assert answer.status == 200, name
    assert running.query('up{job=~".+-api"}') == ["1", "1", "1"]


def test_status_names_every_program_as_ready(running: Place) -> None:
    status = running.run("status")
    assert status.returncode == 0, status.stdout
    assert re.findall(r"^  (\S+) +ready", status.stdout, flags=re.MULTILINE) == list(PROGRAMS)


def test_every_target_is_scraped_and_the_traffic_is_seen(running: Place) -> None:
    jobs = ["alertmanager", "console", "node", "prometheus"]
    jobs += ["bike-api", "churn-api", "cats-dogs-api"]
    assert until(lambda: len(running.query("up == 1")) == len(jobs)), running.query("up")
    busy = "count(model_predictions_total > 3) == 3"
    assert until(lambda: bool(running.query(busy)))
    firing = 'ALERTS{alertname="BikeApiDown",alertstate="firing"}'
    assert running.query(firing) == []


def test_prometheus_notifies_the_alertmanager_of_this_stack(running: Place) -> None:
    with urllib.request.urlopen(
        f"{running.url('PROMETHEUS')}/api/v1/alertmanagers", timeout=120
    ) as answer:
        active = json.load(answer)["data"]["activeAlertmanagers"]
    port = running.ports["BELVEDERE_ALERTMANAGER_PORT"]
    assert [manager["url"] for manager in active] == [f"http://127.0.0.1:{port}/api/v2/alerts"]


def test_a_client_that_knows_only_the_contract_needs_no_token(running: Place) -> None:
    assert running.predict() == 200


def test_starting_twice_is_harmless(running: Place) -> None:
    before = {
        process.pid for process in running.living() if "multiprocessing" not in process.command
    }
    again = running.run("up")
    assert again.returncode == 0, again.stderr
    after = {
        process.pid for process in running.living() if "multiprocessing" not in process.command
    }
    assert after == before


def test_a_killed_service_is_started_again(running: Place) -> None:
    (pid,) = running.pids("model_service bike-sharing")
    os.kill(pid, signal.SIGKILL)

    def back() -> bool:
        return running.pids("model_service bike-sharing") not in ({pid}, set())

    assert until(back)
    assert until(lambda: running.run("status").returncode == 0)


def test_a_killed_database_is_started_again_and_its_service_recovers_by_itself(
    running: Place,
) -> None:
    (service,) = running.pids("model_service cats-dogs")
    (pid,) = running.pids("cluster_name=")
    logged = "SELECT count(*) FROM predictions_feedback"
    before = running.rows(logged)
    os.kill(pid, signal.SIGKILL)
    # the traffic goes on: rows from before are there, and new ones are added
    assert until(lambda: running.rows(logged) > max(before, 0))
    assert running.pids("cluster_name=") not in ({pid}, set())
    assert running.pids("model_service cats-dogs") == {service}


def test_a_sql_session_reads_the_database_of_cats_and_dogs(running: Place) -> None:
    query = "SELECT 'rows: ' || count(*) FROM predictions_feedback; DROP TABLE predictions_feedback"
    assert until(lambda: "rows: " in running.run("psql", stdin=query).stdout)
    assert "read-only transaction" in running.run("psql", stdin=query).stderr


def test_one_program_is_restarted_and_the_others_keep_running(running: Place) -> None:
    (before,) = running.pids("model_service churn")
    other = running.pids("model_service bike-sharing")
    again = running.run("restart", "churn-api")
    assert again.returncode == 0, again.stderr
    assert running.url("CHURN_API") in again.stdout
    assert running.pids("model_service churn") not in ({before}, set())
    assert running.pids("model_service bike-sharing") == other


def test_an_unknown_program_is_refused_and_the_known_ones_are_named(running: Place) -> None:
    refused = running.run("restart", "cats-api")
    assert refused.returncode == 1
    assert "no program 'cats-api'" in refused.stderr
    assert "churn-api" in refused.stderr


def test_everything_listens_on_loopback_only(running: Place) -> None:
    for name, port in running.ports.items():
        with socket.socket() as other:
            other.settimeout(2)
            # another address of this machine: what is bound to 127.0.0.1 does not answer there
            refused = other.connect_ex(("127.0.0.2", port)) != 0
        assert refused, name


def test_a_secret_turns_its_receiver_on_and_a_bad_one_is_named(running: Place) -> None:
    secrets = running.folder / "secrets"
    secrets.mkdir(parents=True)
    assert "Alerts notify: inbox by webhook (" in running.run("up").stdout
    (secrets / "slack_webhook_url").write_text("http://127.0.0.1:9/hook\n")
    assert "platform-critical by slack" in running.run("up").stdout
    with urllib.request.urlopen(
        f"{running.url('ALERTMANAGER')}/api/v2/status", timeout=120
    ) as answer:
        # the running Alertmanager has read its file again
        assert "slack_webhook_url" in json.load(answer)["config"]["original"]
    (secrets / "webhook_url").write_text("not an address\n")
    refused = running.run("up")
    assert refused.returncode == 1
    assert f"{secrets / 'webhook_url'} is not a URL" in refused.stderr
    assert running.run("status").returncode == 0
    # other settings would restart it: not before they are known to work
    pids = running.pids("supervisord")
    moved = running.run("up", BELVEDERE_INBOX_PORT=str(free_port()))
    assert (moved.returncode, running.pids("supervisord")) == (1, pids)
    assert running.run("status").returncode == 0
    shutil.rmtree(secrets)


def test_down_leaves_nothing_running_and_keeps_the_data(running: Place) -> None:
    assert running.predict() == 200
    stopped = running.run("down")
    assert (stopped.returncode, running.living()) == (0, [])
    assert server.cluster(running.folder).processes() == []
    assert list((running.folder / "data").glob("*.db"))
    for port in running.ports.values():
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
    again = running.run("down")
    assert (again.returncode, "Nothing was running" in again.stdout) == (0, True)
    assert running.run("status").returncode == 3


def test_down_ends_what_a_killed_supervisor_left(running: Place) -> None:
    (pid,) = running.pids("supervisord")
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: not running.pids("supervisord"))
    left = running.run("status")
    assert left.returncode == 1
    assert "make stop" in left.stderr
    assert running.run("down").returncode == 0
    assert running.living() == []


def test_a_changed_port_moves_the_running_stack(running: Place) -> None:
    old = running.url("BIKE_API")
    running.ports["BELVEDERE_BIKE_API_PORT"] = free_port()
    running.write()
    moved = running.run("up")
    assert moved.returncode == 0, moved.stderr
    assert running.url("BIKE_API") in moved.stdout
    assert running.predict() == 200
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{old}/health", timeout=2)


def test_a_taken_port_is_one_sentence_and_nothing_is_started(place: Place) -> None:
    with socket.create_server(("127.0.0.1", place.ports["BELVEDERE_PROMETHEUS_PORT"])):
        refused = place.run("up")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    port = place.ports["BELVEDERE_PROMETHEUS_PORT"]
    assert f"Port {port} is taken, and prometheus needs it" in line
    assert "BELVEDERE_PROMETHEUS_PORT" in line
    assert place.living() == []
    assert not (place.folder / "run/supervisord.conf").exists()


def test_a_program_that_fails_to_start_is_named_with_its_log_and_all_others_are_stopped(
    shared: Place,
) -> None:
    shared.run("down")
    failed = shared.run("up", BELVEDERE_LOG_DURABILITY="sometimes")
    assert failed.returncode == 1
    # all services read the setting, and either may be the first to end
    assert re.search(r"(bike|churn|cats-dogs)-api did not start", failed.stderr)
    assert "BELVEDERE_LOG_DURABILITY" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert shared.living() == []
    # the next start, without the wrong setting, works
    again = shared.run("up")
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize("value", ["eighty", "0", "70000", "-1", "80.5", ""])
def test_a_value_that_is_not_a_port_is_refused_by_name(place: Place, value: str) -> None:
    refused = place.run("up", BELVEDERE_CONSOLE_PORT=value)
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "BELVEDERE_CONSOLE_PORT" in line


@pytest.mark.parametrize("action", ["up", "down"])
def test_a_folder_that_cannot_be_written_is_one_sentence(action: str, tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.folder.write_text("a file, where the folder should be")
    refused = place.run(action)
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert line.startswith("error: ")
    assert str(place.folder) in line


def test_data_of_another_postgresql_is_one_sentence_and_nothing_is_started(place: Place) -> None:
    data = place.folder / processes.DATABASE
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    refused = place.run("up")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert f"{data} was written by PostgreSQL 17" in line
    assert place.living() == []
    # a database of the user's own: the folder does not matter, and the next check fails
    with socket.create_server(("127.0.0.1", place.ports["BELVEDERE_CATS_DOGS_API_PORT"])):
        chosen = place.run("up", BELVEDERE_CATS_DOGS_DATABASE_URL="sqlite:///pets.db")
    assert "cats-dogs-api needs it" in chosen.stderr


def test_two_services_on_one_port_are_refused_by_name(place: Place) -> None:
    port = str(place.ports["BELVEDERE_BIKE_API_PORT"])
    refused = place.run("up", BELVEDERE_CONSOLE_PORT=port)
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "BELVEDERE_BIKE_API_PORT and BELVEDERE_CONSOLE_PORT" in line


def test_any_python_writes_the_env_file_with_different_secrets(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for path in (first, second):
        # -I -S: no packages, no path of ours, as on a machine without the environment
        subprocess.run(
            [sys.executable, "-I", "-S", str(ROOT / "deployment/local/env_file.py"), str(path)],
            check=True,
            capture_output=True,
        )
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    one, other = env_file.read(first), env_file.read(second)
    for name in env_file.SECRETS:
        assert len(one[name]) >= 32, name
        assert one[name] != other[name], name
    assert {name: int(one[name]) for name in env_file.PORTS} == env_file.PORTS


def test_an_env_file_that_is_not_text_is_one_sentence(tmp_path: Path) -> None:
    target = tmp_path / ".env"
    target.write_bytes(b"\xff\xfe\x00")
    script = ROOT / "deployment/local/env_file.py"
    for path in (target, tmp_path / "nowhere/.env"):
        done = subprocess.run(
            [sys.executable, str(script), str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"error: {path} can't be read or written")


def test_the_env_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# mine\nBELVEDERE_CONSOLE_PORT=9999\nGRAFANA_ADMIN_PASSWORD='kept as it is'\n")
    before = path.read_text()
    env_file.ensure(path)
    assert path.read_text().startswith(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert env_file.read(path)["BELVEDERE_CONSOLE_PORT"] == "9999"
    assert env_file.read(path)["GRAFANA_ADMIN_PASSWORD"] == "kept as it is"
    assert env_file.ensure(path) == []
