"""Ctrl-C while a command waits for the service: one sentence, and the shell's number for it."""

import signal
import socket
import subprocess
import sys

import pytest

from deployment.local.programs import ROOT


@pytest.mark.parametrize("command", ["run_evaluation", "run_window"])
def test_an_interrupted_command_says_so_without_a_traceback(command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with subprocess.Popen(
            [sys.executable, "-m", f"demo.{command}", "--url", url],
            cwd=ROOT, stderr=subprocess.PIPE, text=True,
        ) as waiting:  # fmt: skip
            # it has asked, and waits for an answer that does not come
            connection, _ = silent.accept()
            with connection:
                connection.settimeout(60)
                assert connection.recv(1)
                waiting.send_signal(signal.SIGINT)
                _, said = waiting.communicate(timeout=120)
    assert waiting.returncode == 130
    assert said.strip().startswith("stopped")
    assert "Traceback" not in said
