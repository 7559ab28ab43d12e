"""A program of the stack: its command, its port and its readiness check."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Program:
    """A program; `port_variable` is the port's name in .env.

    It is ready when the path `ready` answers 200, or the command `ready_command` succeeds.
    """

    name: str
    title: str
    command: list[str]
    port_variable: str | None = None
    port: int | None = None
    ready: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_command: Sequence[str] = ()
    scheme: str = "http"
    stop_signal: str = "TERM"

    @property
    def url(self) -> str | None:
        return None if self.port is None else f"{self.scheme}://{HOST}:{self.port}"


def python(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of ours."""
    return [sys.executable, "-m", module, *arguments]
