"""Commands that run beside another, and end with it even if it is killed."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from demo.client import ClientError

# a stopped container is started in the engine's own time
END_SECONDS = 120.0


class Background:
    """A running command; its standard output is discarded."""

    def __init__(self, command: Sequence[str], errors: IO[bytes]) -> None:
        self._command, self._errors = command, errors
        # a session of its own: Ctrl-C is for the parent, which ends the command in order
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )

    def check(self) -> None:
        """Raise ClientError with its last line of errors if the command has ended."""
        if self._process.poll() is not None:
            raise ClientError(f"`{' '.join(self._command)}` ended: {self._last_line()}")

    def end(self) -> None:
        """Close the standard input, at which the command ends. Raises ClientError if it fails."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.terminate()
            self._process.wait(END_SECONDS)
        if self._process.returncode != 0:
            raise ClientError(f"`{' '.join(self._command)}` failed: {self._last_line()}")

    def _last_line(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit code {self._process.returncode}"


@contextmanager
def background(command: Sequence[str]) -> Iterator[Background]:
    """Run a command until the block ends. Raises ClientError if it fails."""
    with tempfile.TemporaryFile() as errors:
        process = Background(command, errors)
        try:
            yield process
        finally:
            process.end()


def stop_with_input(stop: threading.Event) -> None:
    """Set the event when the standard input is closed, as `background` does."""

    def read() -> None:
        while os.read(0, 1024):
            pass
        stop.set()

    threading.Thread(target=read, daemon=True).start()
