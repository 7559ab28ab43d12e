"""Backup and restore of a running service: no prediction that was returned is lost."""

import gzip
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import requests

from deployment.backup.__main__ import main
from deployment.backup.archive import restore, save, verify
from deployment.backup.errors import BackupError
from deployment.local import env_file
from deployment.local.postgres import roles, server
from deployment.local.programs import ROOT
from deployment.local.services import POSTGRES_PORT
from tests import servers
from tests.services import EXAMPLE, data, serving, trained, week

__all__ = ["data", "trained"]


@pytest.mark.stack
def test_a_backup_of_a_busy_service_restores_every_prediction_that_was_returned_before(
    data: Path, tmp_path: Path
) -> None:
    stop = threading.Event()
    answered: list[str] = []
    with serving(data) as api:
        evaluated = api.post("/evaluate", {"data": week(), "evaluation_period_name": "a week"})
        assert evaluated.status_code == 200

        def predict() -> None:
            with requests.Session() as session:
                while not stop.is_set():
                    answer = session.post(f"{api.url}/predict", json=EXAMPLE, timeout=120)
                    answered.append(answer.json()["prediction_id"])

        busy = threading.Thread(target=predict)
        busy.start()
        try:
            assert _until(lambda: len(answered) > 50)
            before = list(answered)
            counts = save(data.parent, tmp_path / "backups/one.tar.gz")
        finally:
            stop.set()
            busy.join(120)
    assert counts["data"] >= 4
    shutil.rmtree(data)

    restored = tmp_path / "restored"
    assert restore(tmp_path / "backups/one.tar.gz", restored) == counts["data"]
    with serving(restored / "data") as api:
        known = set()
        after = 0
        while True:
            page = api.get("/predictions", params={"limit": 1000, "after": after}).json()
            known |= {row["prediction_id"] for row in page["predictions"]}
            after = page["next"]
            if after is None:
                break
        assert set(before) <= known
        assert api.metrics()["model_rmse_score"] == pytest.approx(evaluated.json()["rmse"])
        report = api.get(evaluated.json()["report_html"])
        assert report.status_code == 200
        assert "<html" in report.text


@pytest.mark.stack
def test_prometheus_starts_from_its_restored_blocks(tmp_path: Path) -> None:
    lines = [f"demo_value {hour} {1_700_000_000 + 3600 * hour}" for hour in range(12)]
    source = tmp_path / "metrics.txt"
    source.write_text("# TYPE demo_value gauge\n" + "\n".join(lines) + "\n# EOF\n")
    blocks = tmp_path / "stack/prometheus"
    made = subprocess.run(
        [
            str(servers.tools().promtool), "tsdb", "create-blocks-from", "openmetrics",
            str(source), str(blocks),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    (blocks / "wal").mkdir()
    (blocks / "wal/00000000").write_bytes(b"written to while one looks")
    save(tmp_path / "stack", tmp_path / "one.tar.gz")
    restore(tmp_path / "one.tar.gz", tmp_path / "restored")
    assert not (tmp_path / "restored/prometheus/wal").exists()
    shutil.copytree(tmp_path / "restored/prometheus", tmp_path / "run/data")
    with servers.prometheus({}, directory=tmp_path / "run") as prometheus:
        query: dict[str, str | float] = {"query": "demo_value", "time": 1_700_000_000 + 3600 * 5}
        answer = requests.get(f"{prometheus.url}/api/v1/query", params=query, timeout=120).json()
    assert [sample["value"][1] for sample in answer["data"]["result"]] == ["5"]


@pytest.mark.stack
@pytest.mark.parametrize("runs", [True, False], ids=["running", "stopped"])
def test_the_database_of_cats_and_dogs_is_dumped_and_loaded_into_an_empty_stack(
    runs: bool, tmp_path: Path
) -> None:
    env_path, archive = tmp_path / "env", tmp_path / "one.tar.gz"
    env_file.ensure(env_path)
    settings = env_file.read(env_path)
    cluster = server.cluster(tmp_path / "a stack")
    server.prepare(cluster, settings)
    with server.started(cluster) as port:
        env_path.write_text(f"{env_path.read_text()}BELVEDERE_POSTGRES_PORT={port}\n")
        settings = env_file.read(env_path)
        with connect(settings) as connection:
            connection.execute("CREATE TABLE votes (id serial PRIMARY KEY, comment text)")
            connection.execute("INSERT INTO votes (comment) VALUES ('a cat, not a dog')")
        if runs:
            assert save(tmp_path / "a stack", archive, env_path) == {"postgres": 1}
    if not runs:
        assert save(tmp_path / "a stack", archive, env_path) == {"postgres": 1}
    assert cluster.processes() == []

    # on another machine, with other passwords
    env_path.unlink()
    assert restore(archive, tmp_path / "restored", env_path) == 1
    assert not list((tmp_path / "restored").rglob("*.dump"))
    restored = server.cluster(tmp_path / "restored")
    with server.started(restored) as port:
        settings = {**env_file.read(env_path), POSTGRES_PORT: str(port)}
        with connect(settings) as connection:
            insert = "INSERT INTO votes (comment) VALUES ('a dog') RETURNING id"
            assert connection.execute(insert).fetchone() == (2,)
        with connect(settings, roles.READER, server.READER_PASSWORD) as connection:
            row = connection.execute("SELECT comment FROM votes ORDER BY id").fetchone()
            assert row == ("a cat, not a dog",)
    with pytest.raises(BackupError, match="already contains data \\(postgres\\)"):
        restore(archive, tmp_path / "restored", env_path)


def connect(
    settings: dict[str, str], user: str = roles.OWNER, password: str = server.OWNER_PASSWORD
) -> psycopg.Connection:
    return psycopg.connect(
        host="127.0.0.1", port=settings[POSTGRES_PORT], dbname=roles.DATABASE, user=user,
        password=settings[password],
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A stack's folder whose only row is still in the write-ahead log."""
    made = tmp_path / "stack"
    (made / "data/reports").mkdir(parents=True)
    (made / "data/reports/one.html").write_text("<html>")
    with closing(sqlite3.connect(made / "data/model.db")) as database:
        database.execute("pragma journal_mode = wal")
        database.execute("create table rows (value)")
        database.execute("insert into rows values (1)")
        database.commit()
        yield made


def test_a_row_that_is_only_in_the_write_ahead_log_is_saved(folder: Path, tmp_path: Path) -> None:
    save(folder, tmp_path / "one.tar.gz")
    restore(tmp_path / "one.tar.gz", tmp_path / "restored")
    assert not list((tmp_path / "restored").rglob("*-wal"))
    with closing(sqlite3.connect(tmp_path / "restored/data/model.db")) as database:
        assert database.execute("select value from rows").fetchall() == [(1,)]


def test_a_restore_never_overwrites(folder: Path, tmp_path: Path) -> None:
    save(folder, tmp_path / "one.tar.gz")
    with pytest.raises(BackupError, match=r"already contains data \(data\).*Nothing was changed"):
        restore(tmp_path / "one.tar.gz", folder)
    with pytest.raises(BackupError, match="already exists"):
        save(folder, tmp_path / "one.tar.gz")


def test_a_damaged_archive_is_rejected_before_anything_is_unpacked(
    folder: Path, tmp_path: Path
) -> None:
    save(folder, tmp_path / "one.tar.gz")
    content = gzip.decompress((tmp_path / "one.tar.gz").read_bytes())
    assert verify(tmp_path / "one.tar.gz") == 2
    (tmp_path / "changed.tar.gz").write_bytes(gzip.compress(content.replace(b"<html>", b"<evil>")))
    (tmp_path / "cut.tar.gz").write_bytes((tmp_path / "one.tar.gz").read_bytes()[:300])
    (tmp_path / "other.tar.gz").write_bytes(b"no archive")
    for name, words in {
        "changed": "is damaged: data/reports/one.html",
        "cut": "cannot be read",
        "other": "cannot be read",
    }.items():
        with pytest.raises(BackupError, match=words):
            restore(tmp_path / f"{name}.tar.gz", tmp_path / "restored")
        assert not (tmp_path / "restored").exists()


def test_the_archive_is_readable_only_for_its_user_and_an_empty_folder_is_not_saved(
    folder: Path, tmp_path: Path
) -> None:
    save(folder, tmp_path / "one.tar.gz")
    assert (tmp_path / "one.tar.gz").stat().st_mode & 0o777 == 0o600
    assert main(["save", "--folder", str(tmp_path / "no"), "--archive", str(tmp_path / "2")]) == 1
    assert not list(tmp_path.glob("2*"))


def test_the_archive_can_be_written_to_standard_output(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deployment.backup", "save", "--folder", str(folder)]
    process = subprocess.run(
        [*command, "--archive", "-"], cwd=ROOT, capture_output=True, check=True
    )
    (tmp_path / "one.tar.gz").write_bytes(process.stdout)
    assert verify(tmp_path / "one.tar.gz") == 2


def _until(what: Callable[[], bool], seconds: float = 300) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return False
