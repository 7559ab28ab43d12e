"""The Makefile where there is a Docker engine, other ports, or no environment any more."""

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
    """What make needs of the project, in a folder with a space; its Python only says its words."""
    folder = tmp_path / "a project"
    (folder / ".venv").mkdir(parents=True)
    (folder / "requirements.lock").touch()
    (folder / ".venv/.installed").touch()
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copytree(ROOT / "deployment/local", folder / "deployment/local")
    (folder / "deployment/__init__.py").touch()
    return folder


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """A folder for PATH with a docker that runs this project; it writes down what it is asked."""
    program = tmp_path / "bin/docker"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "docker $*"\necho "$*" >> "{tmp_path}/asked"\n')
    program.chmod(0o755)
    return program.parent


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
    # without an engine of the machine, whatever runs there
    folders = [str(path)] if path else []
    search = ":".join([*folders, str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    if path is None:
        words = (*words, "HAVE_DOCKER=false")
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=project, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": search, "MAKEFLAGS": "", **environment},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("status", "docker compose ps"),
        ("logs", "docker compose logs --follow --tail 20"),
        ("train", "docker compose exec -T bike-api python -m model_service train bike-sharing"),
        ("stop", "docker compose down"),
    ],
)
def test_where_the_stack_runs_in_containers_they_are_asked(
    target: str, expected: str, project: Path, engine: Path
) -> None:
    done = make(project, target, "PY=true", path=engine)
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout.splitlines()


def test_a_start_in_containers_has_rules_and_receivers_read_again(
    project: Path, engine: Path, tmp_path: Path
) -> None:
    assert make(project, path=engine).returncode == 0
    asked = (tmp_path / "asked").read_text().splitlines()
    up, kill = "compose up --detach --build --wait", "compose kill --signal HUP"
    assert asked[-2:] == [up, f"{kill} prometheus alertmanager"]


def test_clean_removes_the_volumes_too(project: Path, engine: Path, tmp_path: Path) -> None:
    assert make(project, "clean", "PY=true", path=engine).returncode == 0
    assert "compose --profile * down --volumes" in (tmp_path / "asked").read_text().splitlines()
    assert not (project / ".venv").exists()


def test_a_restore_beside_the_volumes_is_refused_with_the_page_that_says_how(
    project: Path, engine: Path
) -> None:
    done = make(project, "restore", "PY=true", "ARCHIVE=Makefile", path=engine)
    assert done.returncode != 0
    assert "docs/operations.md" in done.stderr


def test_a_port_of_the_environment_goes_before_the_one_in_the_file(project: Path) -> None:
    (project / ".env").write_text("BELVEDERE_BIKE_API_PORT='18081'\r\nBELVEDERE_CHURN_API_PORT=1\n")
    assert "http://127.0.0.1:18081" in make(project, "evaluation", "PY=echo").stdout
    moved = make(project, "evaluation", "PY=echo", BELVEDERE_BIKE_API_PORT="18082")
    assert "http://127.0.0.1:18082" in moved.stdout
    assert "18081" not in moved.stdout


def test_stop_ends_the_stack_though_the_environment_is_gone(
    project: Path, marked: subprocess.Popen[bytes]
) -> None:
    shutil.rmtree(project / ".venv")
    done = make(project, "stop")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Stopped."), done.stderr
    assert marked.wait(5) == -15
    assert make(project, "stop").stdout.splitlines()[-1] == "Nothing was running."


def test_a_backup_has_one_name_however_long_its_recipe_is(
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
