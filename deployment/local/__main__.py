"""python -m deployment.local up | down | restart | status | logs | psql: without Docker."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from deployment.local import grafana, tools
from deployment.local.errors import StackError
from deployment.local.postgres import server
from deployment.local.programs import ROOT, Program
from deployment.local.services import CATS_DOGS_DATABASE, POSTGRES_PORT
from deployment.local.stack import Stack


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deployment.local", description=__doc__)
    parser.add_argument("action", choices=(*ACTIONS, "restart"))
    parser.add_argument("program", nargs="?", help="the program to restart")
    parser.add_argument("--folder", type=Path, default=ROOT / ".belvedere")
    parser.add_argument("--env-file", type=Path, default=ROOT / ".env")
    options = parser.parse_args(arguments)
    stack = Stack(options.folder, options.env_file)
    try:
        if options.action == "restart":
            return _restart(stack, options.program or "")
        return ACTIONS[options.action](stack)
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        # a folder of another user, a full or read-only disk
        print(
            f"error: {error}. The stack writes its data to {stack.folder} and its ports to "
            f"{stack.env_path}: check the free space and the permissions of both.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


def _up(stack: Stack) -> int:
    print("Starting the stack on this machine ...", flush=True)
    started = stack.up()
    _table(started)
    if grafana.program(stack.settings(), stack.folder) is None:
        print("Grafana was not started: it is not on PATH. Install it, or use Docker.")
    print(f"Alerts notify: {', '.join(stack.notified)} (to add receivers, see secrets/README.md).")
    print("\nmake evaluation | fire-alert | status | logs | stop")
    return 0


def _table(programs: list[Program]) -> None:
    for program in programs:
        print(f"  {program.name:<17} {program.url or '':<28} {program.title}")


def _down(stack: Stack) -> int:
    print("Stopped." if stack.down() else "Nothing was running.")
    return 0


def _restart(stack: Stack, name: str) -> int:
    _table([stack.restart(name)])
    return 0


def _status(stack: Stack) -> int:
    states = stack.status()
    if states is None:
        print("Nothing is running: `make` starts the stack.")
        return 3
    urls = {program.name: program.url for program in stack.programs(stack.settings())}
    for name, state in states.items():
        print(f"  {name:<17} {state:<10} {urls[name] or ''}")
    return 0 if set(states.values()) == {"ready"} else 1


def _logs(stack: Stack) -> int:
    files = sorted(str(path) for path in (stack.folder / "logs").glob("*.log"))
    if not files:
        print("There are no logs: `make` starts the stack.")
        return 3
    try:
        return subprocess.run(["tail", "-n", "20", "-F", *files], check=False).returncode
    except KeyboardInterrupt:
        return 0


def _psql(stack: Stack) -> int:
    """Open a session that may only read. Returns psql's exit code; 3 where the server is down."""
    settings = stack.settings()
    if settings.get(CATS_DOGS_DATABASE):
        raise StackError(f"{CATS_DOGS_DATABASE} names a database of your own: use its program.")
    if not server.cluster(stack.folder).processes():
        print("PostgreSQL does not run: `make` starts the stack.")
        return 3
    environment = {**os.environ, "PGPASSWORD": settings[server.READER_PASSWORD]}
    command = server.psql_command(int(settings[POSTGRES_PORT]))
    return subprocess.run(command, env=environment, check=False).returncode


def _tools(_stack: Stack) -> int:
    paths = tools.find()
    for name in tools.NAMES:
        print(f"  {name:<14} {getattr(paths, name.replace('-', '_'))}")
    return 0


ACTIONS = {
    "up": _up,
    "down": _down,
    "status": _status,
    "logs": _logs,
    "psql": _psql,
    "tools": _tools,
}


if __name__ == "__main__":
    sys.exit(main())
