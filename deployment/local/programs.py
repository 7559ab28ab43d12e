"""What the stack runs: each program with its command, its port and its readiness check."""

from collections.abc import Mapping
from pathlib import Path

from deployment.local.program import HOST, ROOT, Program, python
from deployment.local.services import database, services, traffic
from deployment.local.tools import Tools

__all__ = ["HOST", "ROOT", "Program", "programs"]


def programs(
    settings: Mapping[str, str], folder: Path, tools: Tools, grafana: Program | None = None
) -> list[Program]:
    """Return all programs in the order of their start; `settings` holds the ports by name."""
    started = [
        *database(settings, folder),
        *services(settings, folder),
        *_monitoring(settings, folder, tools),
        _console(settings, folder, grafana),
        *traffic(settings),
    ]
    return [*started, grafana] if grafana is not None else started


def _monitoring(settings: Mapping[str, str], folder: Path, tools: Tools) -> list[Program]:
    def listen(variable: str) -> str:
        return f"--web.listen-address={HOST}:{settings[variable]}"

    def server(name: str, title: str, command: list[str], variable: str, ready: str) -> Program:
        return Program(name, title, command, variable, int(settings[variable]), ready)

    node = [str(tools.node_exporter), listen("BELVEDERE_NODE_EXPORTER_PORT")]
    inbox = python("demo.inbox", "--port", settings["BELVEDERE_INBOX_PORT"])
    alertmanager = [
        *tools.alertmanager_command,
        f"--config.file={folder / 'run/alertmanager/alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}",
        listen("BELVEDERE_ALERTMANAGER_PORT"),
        "--cluster.listen-address=",
    ]
    prometheus = [
        *tools.prometheus_command,
        f"--config.file={folder / 'run/prometheus/prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        "--storage.tsdb.retention.time=30d",
        listen("BELVEDERE_PROMETHEUS_PORT"),
        "--web.enable-lifecycle",
    ]
    node_port, inbox_port = "BELVEDERE_NODE_EXPORTER_PORT", "BELVEDERE_INBOX_PORT"
    alertmanager_port, prometheus_port = "BELVEDERE_ALERTMANAGER_PORT", "BELVEDERE_PROMETHEUS_PORT"
    return [
        server("node-exporter", "machine metrics", node, node_port, "/metrics"),
        server("inbox", "notification log", inbox, inbox_port, "/health"),
        server("alertmanager", "Alertmanager", alertmanager, alertmanager_port, "/-/ready"),
        server("prometheus", "Prometheus", prometheus, prometheus_port, "/-/ready"),
    ]


def _console(settings: Mapping[str, str], folder: Path, grafana: Program | None) -> Program:
    environment = {
        "BELVEDERE_PROMETHEUS_URL": f"http://{HOST}:{settings['BELVEDERE_PROMETHEUS_PORT']}",
        "BELVEDERE_ALERTMANAGER_URL": f"http://{HOST}:{settings['BELVEDERE_ALERTMANAGER_PORT']}",
        "BELVEDERE_API_TOKEN": "",
        "BELVEDERE_CONSOLE_DIR": str(folder / "console"),
    }
    if grafana is not None:
        environment["BELVEDERE_GRAFANA_URL"] = str(grafana.url)
    variable = "BELVEDERE_CONSOLE_PORT"
    command = python(
        "streamlit", "run", str(ROOT / "console/app.py"),
        "--server.address", HOST,
        "--server.port", settings[variable],
        "--server.headless", "true",
    )  # fmt: skip
    return Program(
        "console",
        "the console: open this",
        command,
        variable,
        int(settings[variable]),
        "/_stcore/health",
        environment,
    )
