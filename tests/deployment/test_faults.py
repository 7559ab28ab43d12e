"""Faults of the stack in containers; tests/demo/test_scenarios.py causes the native ones."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deployment.local.programs import ROOT

DOCKER = """#!/bin/sh
echo "$*" >> "{calls}"
case "$*" in
    "compose ps "*) echo 1f2e ;;
    "inspect "*) echo 2000000000 ;;
    "compose stop postgres") {stop} ;;
esac
"""


def caused(
    tmp_path: Path, *words: str, stop: str = ":", end: signal.Signals | None = None
) -> tuple[list[str], int, str]:
    """Cause a fault and end it by a signal or by closing its input.

    Return what docker was called with, the exit code and the errors.
    """
    program, calls = tmp_path / "docker", tmp_path / "calls"
    program.write_text(DOCKER.format(calls=calls, stop=stop))
    program.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-m", "deployment.faults", *words, "--while-open"],
        cwd=ROOT, env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        if end is not None:
            process.send_signal(end)
            process.wait(120)
        _, errors = process.communicate(timeout=120)
    return calls.read_text().splitlines() if calls.exists() else [], process.returncode, errors


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, None])
def test_a_container_is_stopped_until_the_command_ends(
    end: signal.Signals | None, tmp_path: Path
) -> None:
    calls, code, errors = caused(tmp_path, "database-down", "--compose", end=end)
    assert (calls, code) == (["compose stop postgres", "compose start postgres"], 0), errors


def test_the_traffic_is_a_container_of_its_own(tmp_path: Path) -> None:
    calls, code, _ = caused(tmp_path, "no-traffic", "--compose")
    assert code == 0
    assert calls == ["compose stop cats-dogs-traffic", "compose start cats-dogs-traffic"]


def test_a_slow_container_gets_its_processors_back(tmp_path: Path) -> None:
    calls, code, _ = caused(tmp_path, "slow", "--compose")
    assert code == 0
    assert calls[-2:] == ["update --cpus 0.1 1f2e", "update --cpus 2.0 1f2e"]


def test_a_command_of_docker_that_fails_is_printed(tmp_path: Path) -> None:
    stop = "echo 'no such service: postgres' >&2; exit 1"
    calls, code, errors = caused(tmp_path, "database-down", "--compose", stop=stop)
    assert (calls, code) == (["compose stop postgres"], 1)
    assert errors == "error: `docker compose stop postgres` failed: no such service: postgres\n"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("slow", "cats-dogs-api does not run: `make` starts the stack."),
        ("database-down", "postgres could not be stopped: "),
    ],
)
def test_a_stack_that_does_not_run_is_named(fault: str, message: str, tmp_path: Path) -> None:
    _, code, errors = caused(tmp_path, fault, "--folder", str(tmp_path / "none"))
    assert code == 1
    assert errors.startswith(f"error: {message}")
