"""The settings of .env with valid ports, and whether the ports are free."""

import errno
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from deployment.local import env_file
from deployment.local.errors import PortTaken, StackError
from deployment.local.programs import HOST, Program


def settings(env_path: Path) -> dict[str, str]:
    """Return the settings of .env, overridden by the environment; write .env if it is missing.

    Raises StackError for a value that is not a port and for a port that two programs share.
    """
    env_file.ensure(env_path)
    pairs = env_file.read(env_path)
    known = {*pairs, *env_file.OPTIONAL}
    pairs |= {name: value for name, value in os.environ.items() if name in known}
    names_by_port: dict[str, str] = {}
    for name in env_file.PORTS:
        port = pairs[name]
        if not (port.isdecimal() and 0 < int(port) < 65536):
            raise StackError(f"{name} is {port!r} in {env_path}: write a port number, 1-65535.")
        if port in names_by_port:
            raise StackError(
                f"{names_by_port[port]} and {name} are both {port}: change one of them "
                f"in {env_path}."
            )
        names_by_port[port] = name
    return pairs


def check(programs: Sequence[Program]) -> None:
    """Raise PortTaken or StackError for the first port that can't be used."""
    for program in programs:
        if program.port is None or program.port_variable is None:
            continue
        with socket.socket() as probe:
            # a listener counts, a connection in TIME_WAIT does not
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, program.port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise PortTaken(program.port, program.name, program.port_variable) from error
                raise StackError(
                    f"Port {program.port} can't be used for {program.name} ({error.strerror}): "
                    f"set {program.port_variable} to another in .env."
                ) from error
