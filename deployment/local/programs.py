"""What the stack runs: each program with its command, port and how one knows that it is ready."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deployment.local.tools import Tools

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"

# what an operator may set in .env or the environment; the services have the defaults
SERVICE_SETTINGS = (
    "BELVEDERE_DATABASE_URL",
    "BELVEDERE_LOG_DURABILITY",
    "BELVEDERE_LOG_MAX_BYTES",
    "BELVEDERE_MOST_ROWS",
    "BELVEDERE_MOST_BODY_BYTES",
    "BELVEDERE_QUEUE_LIMIT",
    "BELVEDERE_EVALUATION_LIMIT_SECONDS",
    "BELVEDERE_EVALUATION_LIMIT_BYTES",
    "BELVEDERE_LEASE_SECONDS",
    "BELVEDERE_KEEP_LOG_DAYS",
    "BELVEDERE_KEEP_EVALUATIONS_DAYS",
    "BELVEDERE_KEEP_REPORTS_DAYS",
    "BELVEDERE_KEEP_UPLOADS_DAYS",
)
# Grafana does not start with an empty contact point, though no policy names it
CONTACTS = {
    "GRAFANA_SLACK_URL": "https://not-set.invalid",
    "GRAFANA_DISCORD_URL": "https://not-set.invalid",
    "GRAFANA_PAGERDUTY_KEY": "not-set",
    "GRAFANA_EMAIL_TO": "nobody@not-set.invalid",
}


@dataclass(frozen=True)
class Program:
    """`port_variable` is the name in .env; `ready` is a path that answers 200 when it is up."""

    name: str
    title: str
    command: list[str]
    port_variable: str | None = None
    port: int | None = None
    ready: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str | None:
        return None if self.port is None else f"http://{HOST}:{self.port}"


def programs(settings: Mapping[str, str], folder: Path, tools: Tools) -> list[Program]:
    """The whole stack in the order of its start. `settings` holds the ports by their names."""

    def port(name: str) -> int:
        return int(settings[name])

    def url(name: str) -> str:
        return f"http://{HOST}:{settings[name]}"

    python = sys.executable
    # the services listen on loopback here, so that they ask for no token: clients that know the
    # contract alone can use them. In Compose they do.
    service = {
        "BELVEDERE_DATA_DIR": str(folder / "data"),
        "BELVEDERE_API_TOKEN": "",
        **{name: settings[name] for name in SERVICE_SETTINGS if settings.get(name)},
    }
    console = {
        "BELVEDERE_PROMETHEUS_URL": url("BELVEDERE_PROMETHEUS_PORT"),
        "BELVEDERE_ALERTMANAGER_URL": url("BELVEDERE_ALERTMANAGER_PORT"),
        "BELVEDERE_API_TOKEN": "",
        "BELVEDERE_CONSOLE_DIR": str(folder / "console"),
    }
    grafana = grafana_program(settings, folder)
    if grafana is not None:
        console["BELVEDERE_GRAFANA_URL"] = url("BELVEDERE_GRAFANA_PORT")
    alertmanager = [
        *tools.alertmanager_command,
        f"--config.file={folder / 'run/alertmanager/alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={HOST}:{port('BELVEDERE_ALERTMANAGER_PORT')}",
        "--cluster.listen-address=",
    ]
    prometheus = [
        *tools.prometheus_command,
        f"--config.file={folder / 'run/prometheus/prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        "--storage.tsdb.retention.time=30d",
        f"--web.listen-address={HOST}:{port('BELVEDERE_PROMETHEUS_PORT')}",
        "--web.enable-lifecycle",
    ]
    listed = [
        Program(
            "bike-api",
            "bike-sharing API",
            [
                python, "-m", "model_service", "bike-sharing",
                "--port", settings["BELVEDERE_BIKE_API_PORT"],
            ],
            "BELVEDERE_BIKE_API_PORT",
            port("BELVEDERE_BIKE_API_PORT"),
            "/ready",
            service,
        ),
        Program(
            "churn-api",
            "churn API",
            [
                python, "-m", "model_service", "churn",
                "--port", settings["BELVEDERE_CHURN_API_PORT"],
            ],
            "BELVEDERE_CHURN_API_PORT",
            port("BELVEDERE_CHURN_API_PORT"),
            "/ready",
            service,
        ),
        Program(
            "node-exporter",
            "machine metrics",
            [
                str(tools.node_exporter),
                f"--web.listen-address={HOST}:{port('BELVEDERE_NODE_EXPORTER_PORT')}",
            ],
            "BELVEDERE_NODE_EXPORTER_PORT",
            port("BELVEDERE_NODE_EXPORTER_PORT"),
            "/metrics",
        ),
        Program(
            "inbox",
            "notification log",
            [
                python, "-m", "demo.inbox",
                "--port", settings["BELVEDERE_INBOX_PORT"],
            ],
            "BELVEDERE_INBOX_PORT",
            port("BELVEDERE_INBOX_PORT"),
            "/health",
        ),
        Program(
            "alertmanager",
            "Alertmanager",
            alertmanager,
            "BELVEDERE_ALERTMANAGER_PORT",
            port("BELVEDERE_ALERTMANAGER_PORT"),
            "/-/ready",
        ),
        Program(
            "prometheus",
            "Prometheus",
            prometheus,
            "BELVEDERE_PROMETHEUS_PORT",
            port("BELVEDERE_PROMETHEUS_PORT"),
            "/-/ready",
        ),
        Program(
            "console",
            "the console: open this",
            [
                python, "-m", "streamlit", "run", str(ROOT / "console/app.py"),
                "--server.address", HOST,
                "--server.port", settings["BELVEDERE_CONSOLE_PORT"],
                "--server.headless", "true",
            ],
            "BELVEDERE_CONSOLE_PORT",
            port("BELVEDERE_CONSOLE_PORT"),
            "/_stcore/health",
            console,
        ),
        Program(
            "traffic",
            "replay of 2011, an hour a second",
            [
                python, "-m", "demo.replay",
                "--url", url("BELVEDERE_BIKE_API_PORT"),
            ],
            environment={"BELVEDERE_API_TOKEN": ""},
        ),
        Program(
            "churn-traffic",
            "users of two months, one a second",
            [
                python, "-m", "demo.users",
                "--url", url("BELVEDERE_CHURN_API_PORT"),
            ],
            environment={"BELVEDERE_API_TOKEN": ""},
        ),
    ]  # fmt: skip
    return [*listed, grafana] if grafana is not None else listed


def grafana_program(settings: Mapping[str, str], folder: Path) -> Program | None:
    """Grafana, where one is on PATH: Debian has none, so that it can't be fetched."""
    binary = shutil.which("grafana") or shutil.which("grafana-server")
    if binary is None:
        return None
    server = [binary, "server"] if Path(binary).name == "grafana" else [binary]
    home = grafana_home(Path(binary))
    return Program(
        "grafana",
        "Grafana (user admin, password in .env)",
        [*server, f"--homepath={home}"],
        "BELVEDERE_GRAFANA_PORT",
        int(settings["BELVEDERE_GRAFANA_PORT"]),
        "/api/health",
        {
            "GF_SERVER_HTTP_ADDR": HOST,
            "GF_SERVER_HTTP_PORT": settings["BELVEDERE_GRAFANA_PORT"],
            "GF_PATHS_DATA": str(folder / "grafana"),
            # else beside the program, where this user may not write
            "GF_PATHS_PLUGINS": str(folder / "grafana/plugins"),
            "GF_LOG_MODE": "console",
            "GF_USERS_ALLOW_SIGN_UP": "false",
            "GF_AUTH_ANONYMOUS_ENABLED": "false",
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
            "GF_PLUGINS_PREINSTALL_DISABLED": "true",
            "GF_PATHS_PROVISIONING": str(ROOT / "deployment/grafana/provisioning"),
            "GF_SECURITY_ADMIN_PASSWORD": settings["GRAFANA_ADMIN_PASSWORD"],
            "PROMETHEUS_URL": f"http://{HOST}:{settings['BELVEDERE_PROMETHEUS_PORT']}",
            "ALERTMANAGER_URL": f"http://{HOST}:{settings['BELVEDERE_ALERTMANAGER_PORT']}",
            "INBOX_URL": f"http://{HOST}:{settings['BELVEDERE_INBOX_PORT']}/",
            "BELVEDERE_DASHBOARDS": str(ROOT / "deployment/grafana/dashboards"),
            **{
                name: os.environ.get(name) or settings.get(name) or unset
                for name, unset in CONTACTS.items()
            },
        },
    )


def grafana_home(binary: Path) -> Path:
    """The folder with Grafana's defaults: of a package, of an unpacked archive, of Homebrew."""
    said = os.environ.get("GF_PATHS_HOME")
    if said:
        return Path(said)
    above = binary.resolve().parents[1]
    packaged = Path("/usr/share/grafana")
    homes = (packaged, above, above / "share/grafana")
    return next((home for home in homes if (home / "conf/defaults.ini").exists()), packaged)
