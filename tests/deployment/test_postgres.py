"""The PostgreSQL of the stack without Docker: a real server from the data folder of a stack."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from deployment.local import processes
from deployment.local.errors import StackError
from deployment.local.postgres import cluster as clusters
from deployment.local.postgres import programs, roles, server
from deployment.local.programs import ROOT
from tests.servers import free_port

# characters that SQL and a shell take for something else
PASSWORDS = {server.OWNER_PASSWORD: "it's $(a) \\ %", server.READER_PASSWORD: "a reader's"}
OWNER = (roles.OWNER, PASSWORDS[server.OWNER_PASSWORD])
READER = (roles.READER, PASSWORDS[server.READER_PASSWORD])

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> clusters.Cluster:
    """A prepared data folder; under pytest's own folder, which other users can't enter."""
    cluster = server.cluster(tmp_path_factory.mktemp("stack") / "a folder at 100%")
    server.prepare(cluster, PASSWORDS)
    return cluster


@pytest.fixture
def cluster(prepared: clusters.Cluster, tmp_path: Path) -> clusters.Cluster:
    """A copy of the prepared data folder."""
    copy = server.cluster(tmp_path)
    shutil.copytree(prepared.data, copy.data)
    copy.own()
    return copy


def connect(port: int, user: tuple[str, str], database: str = "cats_dogs") -> psycopg.Connection:
    name, password = user
    return psycopg.connect(
        host="127.0.0.1", port=port, user=name, password=password, dbname=database
    )


def refusal(port: int, user: tuple[str, str], statement: str, database: str = "cats_dogs") -> str:
    with pytest.raises(psycopg.Error) as caught, connect(port, user, database) as connection:
        connection.execute(statement)
    return str(caught.value)


def until(condition: Callable[[], bool], seconds: float = 180) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def program(folder: Path, port: int, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the program of the stack, as supervisord does."""
    command = [sys.executable, "-m", "deployment.local.postgres", "--folder", str(folder)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, "--port", str(port)], cwd=ROOT, stdout=output, stderr=output,
            env={**os.environ, **PASSWORDS},
        )  # fmt: skip
    try:
        yield process
    finally:
        server.stop(process)


def ready(port: int) -> bool:
    return subprocess.run(server.ready_command(port), check=False).returncode == 0


def test_the_owner_writes_the_reader_reads_and_nobody_else_comes_in(
    cluster: clusters.Cluster,
) -> None:
    with server.started(cluster) as port:
        with connect(port, OWNER) as owner:
            owner.execute("CREATE TABLE votes AS SELECT 7 AS votes")
        with connect(port, READER) as reader:
            # a table that is newer than the role
            assert reader.execute("SELECT votes FROM votes").fetchone() == (7,)
        assert "read-only transaction" in refusal(port, READER, "INSERT INTO votes VALUES (1)")
        write = "SET TRANSACTION READ WRITE; INSERT INTO votes VALUES (1)"
        assert "permission denied for table votes" in refusal(port, READER, write)
        assert "permission denied for schema" in refusal(
            port, READER, "SET TRANSACTION READ WRITE; CREATE TABLE mine ()"
        )
        assert "authentication failed" in refusal(port, (roles.OWNER, "wrong"), "SELECT 1")
        assert "no pg_hba.conf entry" in refusal(port, ("postgres", "any"), "SELECT 1")
        assert "no pg_hba.conf entry" in refusal(port, OWNER, "SELECT 1", "template1")


def test_a_changed_password_is_set_at_the_next_start_and_the_data_stays(
    cluster: clusters.Cluster,
) -> None:
    with server.started(cluster) as port, connect(port, OWNER) as owner:
        owner.execute("CREATE TABLE votes AS SELECT 7 AS votes")
    changed = {**PASSWORDS, server.OWNER_PASSWORD: "another"}
    server.prepare(cluster, changed)
    with server.started(cluster) as port:
        assert "authentication failed" in refusal(port, OWNER, "SELECT 1")
        with connect(port, (roles.OWNER, "another")) as owner:
            assert owner.execute("SELECT votes FROM votes").fetchone() == (7,)


def test_the_script_of_the_container_makes_the_same_roles(tmp_path: Path) -> None:
    cluster = server.cluster(tmp_path)
    cluster.create("host all all 127.0.0.1/32 trust\n", "--no-sync")
    cluster.execute("postgres", ["CREATE DATABASE cats_dogs"])
    script = ["bash", str(ROOT / "deployment/postgres/init.sh")]
    environment = {
        "PATH": f"{programs.installed()}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "ROLES_FILE": str(roles.FILE),
        **PASSWORDS,
    }
    with server.started(cluster) as port:
        for _ in range(2):
            subprocess.run(script, check=True, env={**environment, "PGPORT": str(port)})
        with psycopg.connect(
            host="127.0.0.1", port=port, user="postgres", dbname="cats_dogs"
        ) as superuser:
            rows = superuser.execute("SELECT rolname, rolpassword FROM pg_authid").fetchall()
        (cluster.data / "pg_hba.conf").write_text(server.ACCESS)
    secrets = {name: (password or "")[:14] for name, password in rows if name[:3] != "pg_"}
    assert secrets == {
        "postgres": "",
        roles.OWNER: "SCRAM-SHA-256$",
        roles.READER: "SCRAM-SHA-256$",
    }
    with server.started(cluster) as port:
        with connect(port, OWNER) as owner:
            owner.execute("CREATE TABLE votes AS SELECT 7 AS votes")
        with connect(port, READER) as reader:
            assert reader.execute("SELECT votes FROM votes").fetchone() == (7,)


def test_the_program_is_the_server_and_starts_again_after_kill_9(
    cluster: clusters.Cluster, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "log"
    with program(tmp_path, port, log) as process:
        assert until(lambda: ready(port)), log.read_text()
        with connect(port, OWNER) as owner:
            owner.execute("CREATE TABLE votes AS SELECT 7 AS votes")
        # a child that does not notice the end of its server
        (writer,) = (
            item.pid for item in processes.running()
            if cluster.name in item.command and "background writer" in item.command
        )  # fmt: skip
        os.kill(writer, signal.SIGSTOP)
        process.kill()
        process.wait()
    # the others end when they notice it
    assert until(lambda: cluster.processes() == [writer]), cluster.processes()
    # a process id that belongs to another program of this user by now
    lock = cluster.data / "postmaster.pid"
    lock.write_text(lock.read_text().replace(str(process.pid), str(os.getpid()), 1))
    with program(tmp_path, port, log) as process:
        assert until(lambda: ready(port)), log.read_text()
        assert process.pid in cluster.processes()
        with connect(port, OWNER) as owner:
            assert owner.execute("SELECT votes FROM votes").fetchone() == (7,)
    assert process.returncode == 0
    assert cluster.processes() == []
    # neither the passwords nor a statement with one
    assert "reader" not in log.read_text()


def test_the_server_does_not_run_as_root_and_has_no_password_in_its_environment(
    cluster: clusters.Cluster, tmp_path: Path
) -> None:
    port = free_port()
    with program(tmp_path, port, tmp_path / "log") as process:
        assert until(lambda: ready(port)), (tmp_path / "log").read_text()
        folder = Path(f"/proc/{process.pid}")
        assert folder.stat().st_uid == cluster.data.stat().st_uid != 0
        assert b"BELVEDERE_POSTGRES" not in (folder / "environ").read_bytes()


def test_a_data_folder_that_can_not_be_used_is_one_sentence(cluster: clusters.Cluster) -> None:
    version = cluster.data / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(
        StackError, match=r"was written by PostgreSQL 17, and this is PostgreSQL 18"
    ):
        cluster.check()
    version.unlink()
    with pytest.raises(StackError, match=r"has no PG_VERSION. Move .* away"):
        cluster.check()
    version.write_text("18\n")
    (cluster.data / "global/pg_control").unlink()
    with pytest.raises(StackError, match=r"could not prepare .*pg_control"):
        server.prepare(cluster, PASSWORDS)
    empty = {**PASSWORDS, server.READER_PASSWORD: ""}
    with pytest.raises(StackError, match="BELVEDERE_POSTGRES_READER_PASSWORD is empty"):
        server.prepare(cluster, empty)


def test_a_creation_that_was_interrupted_is_done_again(tmp_path: Path) -> None:
    cluster = server.cluster(tmp_path)
    partial = cluster.data.with_name("data.partial")
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("half of a folder")
    server.prepare(cluster, PASSWORDS)
    assert not partial.exists()
    assert (cluster.data / "PG_VERSION").read_text() == f"{programs.major_version()}\n"
