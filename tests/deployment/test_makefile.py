"""The Makefile with and without Docker, with other ports, and without .venv."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployment.local import processes
from deployment.local.programs import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder, with a space in its name, that has what make needs of the project."""
    folder = tmp_path / "a project"
    (folder / ".venv").mkdir(parents=True)
    (folder / "requirements.lock").touch()
    (folder / ".venv/.installed").touch()
    shutil.copy(ROOT / "Makefile", folder)
    for part in ("deployment/local", "deployment/docker"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "deployment/__init__.py").touch()
    return folder


IMAGES = "belvedere/console:0.1.0\nprom/prometheus:v3\nprom/alertmanager:v0"
COMPOSE = """case "$*" in
    "compose config --images") echo "{images}" ;;
    "image inspect "*|"compose ps --quiet") {inspect} ;;
    "pull "*) {pull} ;;
    *) echo "docker $*" ;;
esac"""
NOT_A_DOCKER_COMMAND = "echo \"docker: 'compose' is not a docker command.\" >&2; exit 1"
# what a docker program does on a machine, by what the machine has
MACHINES = {
    "no engine": "exit 1",
    "no Compose": f'case "$*" in info) ;; *) {NOT_A_DOCKER_COMMAND} ;; esac',
    "no registry": COMPOSE.format(images=IMAGES, inspect="exit 1", pull="exit 1"),
    "registry": COMPOSE.format(images=IMAGES, inspect="exit 1", pull=""),
    "images": COMPOSE.format(images=IMAGES, inspect="", pull="exit 1"),
    "running": 'echo "docker $*"',
}


def docker(folder: Path, machine: str) -> Path:
    """Write a docker program that logs its arguments to folder/calls; return its folder."""
    program = folder / "bin/docker"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\necho "$*" >> "{folder}/calls"\n{MACHINES[machine]}\n')
    program.chmod(0o755)
    return program.parent


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines()


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """Return a folder for PATH with a docker that runs this project."""
    return docker(tmp_path, "running")


@pytest.fixture
def marked(project: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of this project's stack."""
    environment = {**os.environ, processes.MARK: str(project / ".belvedere")}
    with subprocess.Popen(["sleep", "600"], env=environment) as process:
        yield process
        process.kill()


def make(
    project: Path, *words: str, path: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    # without path, a docker program that has no engine: this machine may have one
    path = path or docker(project.parent, "no engine")
    search = ":".join([str(path), str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=project, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": search, "MAKEFLAGS": "", **environment},
    )  # fmt: skip


NATIVE = "-m deployment.local up"
UP = "docker compose up --detach --build --wait"


@pytest.mark.parametrize(
    ("machine", "start", "reason"),
    [
        ("no engine", NATIVE, ""),
        ("no Compose", NATIVE, "without its Compose plugin"),
        ("no registry", NATIVE, "it can't pull the image prom/prometheus:v3"),
        ("registry", UP, ""),
        ("images", UP, ""),
        ("running", UP, ""),
    ],
)
def test_make_uses_docker_where_compose_can_run_and_else_says_why_not(
    machine: str, start: str, reason: str, project: Path, tmp_path: Path
) -> None:
    done = make(project, "PY=echo", path=docker(tmp_path, machine))
    assert (done.returncode, done.stderr) == (0, "")
    output = [line for line in done.stdout.splitlines() if "wrote" not in line]
    assert output[-2 if start == UP else -1] == start
    if reason:
        (sentence,) = output[:-1]
        assert sentence.startswith("Docker runs here, but ")
        assert reason in sentence
        assert sentence.endswith(" Starting natively.")
    else:
        assert len(output) == (2 if start == UP else 1)


def test_make_asks_the_registry_for_one_image_before_it_starts(
    project: Path, tmp_path: Path
) -> None:
    assert make(project, "PY=echo", path=docker(tmp_path, "registry")).returncode == 0
    pulls = [call for call in calls(tmp_path) if call.startswith("pull")]
    assert pulls == ["pull --quiet prom/prometheus:v3"]


def test_an_image_of_ours_that_is_not_built_needs_its_base_image(
    project: Path, tmp_path: Path
) -> None:
    ours = COMPOSE.format(images="belvedere/console:0.1.0", inspect="exit 1", pull="exit 1")
    path = docker(tmp_path, "no registry")
    (path / "docker").write_text(f"#!/bin/sh\n{ours}\n")
    assert "can't pull the image python:3." in make(project, "PY=echo", path=path).stdout


@pytest.mark.parametrize(
    ("target", "machine", "start"),
    [("native", "running", NATIVE), ("compose", "no registry", UP)],
)
def test_native_and_compose_override_the_choice(
    target: str, machine: str, start: str, project: Path, tmp_path: Path
) -> None:
    done = make(project, target, "PY=echo", path=docker(tmp_path, machine))
    assert done.returncode == 0, done.stderr
    assert start in done.stdout.splitlines()


@pytest.mark.parametrize("machine", ["no engine", "no Compose", "no registry"])
@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("stop", "-m deployment.local down"),
        ("status", "-m deployment.local status"),
        ("logs", "-m deployment.local logs"),
        ("psql", "-m deployment.local psql"),
        ("train", "-m model_service train bike-sharing"),
        ("churn-retrain", "-m model_service retrain churn"),
        ("backup", "-m deployment.backup save --archive a.tar.gz"),
    ],
)
def test_a_stack_that_runs_natively_is_asked_natively(
    target: str, expected: str, machine: str, project: Path, tmp_path: Path
) -> None:
    done = make(project, target, "PY=echo", "ARCHIVE=a.tar.gz", path=docker(tmp_path, machine))
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout.splitlines()


@pytest.mark.parametrize("machine", ["no engine", "no Compose"])
def test_clean_needs_no_docker(machine: str, project: Path, tmp_path: Path) -> None:
    done = make(project, "clean", "PY=true", path=docker(tmp_path, machine))
    assert (done.returncode, done.stderr) == (0, "")
    assert not (project / ".venv").exists()


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("status", "docker compose ps"),
        ("logs", "docker compose logs --follow --tail 20"),
        ("train", "docker compose exec -T bike-api python -m model_service train bike-sharing"),
        ("stop", "docker compose down"),
    ],
)
def test_a_stack_that_runs_in_containers_is_asked_there(
    target: str, expected: str, project: Path, engine: Path
) -> None:
    done = make(project, target, "PY=true", path=engine)
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout.splitlines()


def test_a_start_with_compose_reloads_rules_and_receivers(
    project: Path, engine: Path, tmp_path: Path
) -> None:
    assert make(project, path=engine).returncode == 0
    up, kill = "compose up --detach --build --wait", "compose kill --signal HUP"
    assert calls(tmp_path)[-2:] == [up, f"{kill} prometheus alertmanager"]


def test_clean_removes_the_volumes_too(project: Path, engine: Path, tmp_path: Path) -> None:
    assert make(project, "clean", "PY=true", path=engine).returncode == 0
    assert "compose --profile * down --volumes" in calls(tmp_path)
    assert not (project / ".venv").exists()


def test_a_restore_where_docker_is_used_is_refused_and_names_the_manual(
    project: Path, engine: Path
) -> None:
    done = make(project, "restore", "PY=true", "ARCHIVE=Makefile", path=engine)
    assert done.returncode != 0
    assert "docs/operations.md" in done.stderr


def test_a_port_of_the_environment_overrides_the_one_in_the_file(project: Path) -> None:
    (project / ".env").write_text("BELVEDERE_BIKE_API_PORT='18081'\r\nBELVEDERE_CHURN_API_PORT=1\n")
    assert "http://127.0.0.1:18081" in make(project, "evaluation", "PY=echo").stdout
    moved = make(project, "evaluation", "PY=echo", BELVEDERE_BIKE_API_PORT="18082")
    assert "http://127.0.0.1:18082" in moved.stdout
    assert "18081" not in moved.stdout


def test_stop_works_after_the_environment_was_removed(
    project: Path, marked: subprocess.Popen[bytes]
) -> None:
    shutil.rmtree(project / ".venv")
    done = make(project, "stop")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Stopped."), done.stderr
    assert marked.wait(60) == -15
    assert make(project, "stop").stdout.splitlines()[-1] == "Nothing was running."


def test_a_backup_keeps_its_name_while_time_passes(
    project: Path, engine: Path, tmp_path: Path
) -> None:
    clock = tmp_path / "bin/date"
    clock.write_text(f'#!/bin/sh\necho x >> "{tmp_path}/ticks"; wc -l < "{tmp_path}/ticks"\n')
    clock.chmod(0o755)
    done = make(project, "backup", "PY=true", path=engine)
    assert done.returncode == 0, done.stderr
    (saved,) = (project / "backups").iterdir()
    assert saved.name == "belvedere-1.tar.gz"


def test_an_archive_without_git_says_what_is_missing(project: Path) -> None:
    done = make(project, "archive", GIT_CEILING_DIRECTORIES=str(project.parent))
    assert done.returncode != 0
    assert "git" in done.stderr.splitlines()[0]
    assert not (project / "dist").exists()
