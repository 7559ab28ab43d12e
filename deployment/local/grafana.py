"""Grafana without Docker: its command, its settings and its home folder."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from deployment.local.programs import HOST, ROOT, Program

# Grafana does not start with an empty contact point, even if no policy names it
CONTACTS = {
    "GRAFANA_SLACK_URL": "https://not-set.invalid",
    "GRAFANA_DISCORD_URL": "https://not-set.invalid",
    "GRAFANA_PAGERDUTY_KEY": "not-set",
    "GRAFANA_EMAIL_TO": "nobody@not-set.invalid",
}


def program(settings: Mapping[str, str], folder: Path) -> Program | None:
    """Return Grafana's program if it is on PATH; Debian has no package that could be fetched."""
    binary = shutil.which("grafana") or shutil.which("grafana-server")
    if binary is None:
        return None
    server = [binary, "server"] if Path(binary).name == "grafana" else [binary]
    home = home_folder(Path(binary))
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
            # the default is beside the program, where this user may not write
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
            "POSTGRES_ADDRESS": f"{HOST}:{settings['BELVEDERE_POSTGRES_PORT']}",
            "BELVEDERE_POSTGRES_READER_PASSWORD": settings["BELVEDERE_POSTGRES_READER_PASSWORD"],
            "BELVEDERE_DASHBOARDS": str(ROOT / "deployment/grafana/dashboards"),
            **{
                name: os.environ.get(name) or settings.get(name) or unset
                for name, unset in CONTACTS.items()
            },
        },
    )


def home_folder(binary: Path) -> Path:
    """Return the folder with Grafana's defaults: of a package, an archive or Homebrew."""
    override = os.environ.get("GF_PATHS_HOME")
    if override:
        return Path(override)
    above = binary.resolve().parents[1]
    packaged = Path("/usr/share/grafana")
    homes = (packaged, above, above / "share/grafana")
    return next((home for home in homes if (home / "conf/defaults.ini").exists()), packaged)
