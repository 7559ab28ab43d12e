"""Writes supervisord's configuration file."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from deployment.local.programs import ROOT, Program

STOP_SECONDS = 15

HEAD = """\
[supervisord]
logfile={logs}/supervisord.log
logfile_maxbytes=5MB
logfile_backups=1
pidfile={run}/supervisord.pid
childlogdir={logs}
directory={root}

[unix_http_server]
file={socket}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command={command}
environment={environment}
directory={root}
priority={order}
autorestart=true
startsecs=5
startretries=10
stopsignal={stop_signal}
stopasgroup=true
killasgroup=true
stopwaitsecs={stop_seconds}
redirect_stderr=true
stdout_logfile={twice_expanded_logs}/{name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=2
"""


def text(folder: Path, socket: Path, programs: Sequence[Program]) -> str:
    """Return the configuration for the programs of a stack's folder."""
    logs = _escaped(str(folder / "logs"))
    values = {
        "run": _escaped(str(folder / "run")),
        "logs": logs,
        "twice_expanded_logs": _escaped(logs),
        "socket": _escaped(str(socket)),
        "root": _escaped(str(ROOT)),
        "stop_seconds": STOP_SECONDS,
    }
    parts = [HEAD.format(**values)]
    for order, program in enumerate(programs):
        command = _escaped(shlex.join(program.command))
        environment = _environment(program.environment)
        parts.append(
            PROGRAM.format(
                name=program.name,
                order=order,
                command=command,
                environment=environment,
                stop_signal=program.stop_signal.removeprefix("SIG"),
                **values,
            )
        )
    return "".join(parts)


def _escaped(text: str) -> str:
    """Double every %, which begins an expansion in supervisord's configuration."""
    return text.replace("%", "%%")


def _environment(pairs: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs.items())
