"""What the stack runs: each program with its command, its port and its readiness check."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deployment.local.postgres import server
from deployment.local.tools import Tools

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"

CATS_DOGS_DATABASE = "BELVEDERE_CATS_DOGS_DATABASE_URL"
# settings of the services that .env or the environment may override
SERVICE_SETTINGS = (
    "BELVEDERE_DATABASE_URL",
    "BELVEDERE_LOG_DURABILITY",
    "BELVEDERE_LOG_MAX_BYTES",
    "BELVEDERE_MOST_ROWS",
    "BELVEDERE_MOST_BODY_BYTES",
    "BELVEDERE_QUEUE_LIMIT",
    "BELVEDERE_SPARE_WORKERS",
    "BELVEDERE_EVALUATION_LIMIT_SECONDS",
    "BELVEDERE_EVALUATION_LIMIT_BYTES",
    "BELVEDERE_LEASE_SECONDS",
    "BELVEDERE_KEEP_LOG_DAYS",
    "BELVEDERE_KEEP_EVALUATIONS_DAYS",
    "BELVEDERE_KEEP_REPORTS_DAYS",
    "BELVEDERE_KEEP_UPLOADS_DAYS",
)


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


def programs(
    settings: Mapping[str, str], folder: Path, tools: Tools, grafana: Program | None = None
) -> list[Program]:
    """Return all programs in the order of their start; `settings` holds the ports by name."""
    started = [
        *_database(settings, folder),
        *_services(settings, folder),
        *_monitoring(settings, folder, tools),
        _console(settings, folder, grafana),
        *_traffic(settings),
    ]
    return [*started, grafana] if grafana is not None else started


def _database(settings: Mapping[str, str], folder: Path) -> list[Program]:
    """Return PostgreSQL, unless .env names another database for cats and dogs."""
    if settings.get(CATS_DOGS_DATABASE):
        return []
    variable = "BELVEDERE_POSTGRES_PORT"
    port = int(settings[variable])
    return [
        Program(
            "postgres",
            "PostgreSQL (database cats_dogs)",
            _python("deployment.local.postgres", "--folder", str(folder), "--port", str(port)),
            variable,
            port,
            environment={name: settings[name] for name in server.PASSWORDS},
            ready_command=server.ready_command(port),
            scheme="postgresql",
            stop_signal=server.STOP_SIGNAL.name,
        )
    ]


def _services(settings: Mapping[str, str], folder: Path) -> list[Program]:
    # the services listen on loopback here and need no token; in Compose they do
    environment = {
        "BELVEDERE_DATA_DIR": str(folder / "data"),
        "BELVEDERE_API_TOKEN": "",
        **{name: settings[name] for name in SERVICE_SETTINGS if settings.get(name)},
    }

    def service(name: str, title: str, model: str, variable: str) -> Program:
        command = _python("model_service", model, "--port", settings[variable])
        port = int(settings[variable])
        return Program(name, title, command, variable, port, "/ready", environment)

    return [
        service("bike-api", "bike-sharing API", "bike-sharing", "BELVEDERE_BIKE_API_PORT"),
        service("churn-api", "churn API", "churn", "BELVEDERE_CHURN_API_PORT"),
    ]


def _monitoring(settings: Mapping[str, str], folder: Path, tools: Tools) -> list[Program]:
    def listen(variable: str) -> str:
        return f"--web.listen-address={HOST}:{settings[variable]}"

    def server(name: str, title: str, command: list[str], variable: str, ready: str) -> Program:
        return Program(name, title, command, variable, int(settings[variable]), ready)

    node = [str(tools.node_exporter), listen("BELVEDERE_NODE_EXPORTER_PORT")]
    inbox = _python("demo.inbox", "--port", settings["BELVEDERE_INBOX_PORT"])
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
    command = _python(
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


def _traffic(settings: Mapping[str, str]) -> list[Program]:
    def client(name: str, title: str, module: str, variable: str) -> Program:
        command = _python(module, "--url", f"http://{HOST}:{settings[variable]}")
        return Program(name, title, command, environment={"BELVEDERE_API_TOKEN": ""})

    return [
        client(
            "traffic", "replay of 2011, an hour a second", "demo.replay", "BELVEDERE_BIKE_API_PORT"
        ),
        client(
            "churn-traffic", "users of two months, one a second", "demo.users",
            "BELVEDERE_CHURN_API_PORT",
        ),
    ]  # fmt: skip


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
