"""The model services, the database of cats and dogs, and the clients that make traffic."""

from collections.abc import Mapping
from pathlib import Path

from deployment.local.postgres import server
from deployment.local.program import HOST, Program, python

CATS_DOGS_DATABASE = "BELVEDERE_CATS_DOGS_DATABASE_URL"
# settings of the services that .env or the environment may override
SERVICE_SETTINGS = (
    "BELVEDERE_DATABASE_URL",
    "BELVEDERE_DATABASE_WAIT_SECONDS",
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
    "BELVEDERE_LOW_CONFIDENCE",
    "BELVEDERE_MAX_IMAGE_BYTES",
    "BELVEDERE_IMAGE_THREADS",
    "BELVEDERE_IMAGE_QUEUE_LIMIT",
    "BELVEDERE_USER_SALT",
    "BELVEDERE_KEEP_IMAGES",
    "BELVEDERE_KEEP_IMAGES_DAYS",
)


def database(settings: Mapping[str, str], folder: Path) -> list[Program]:
    """Return PostgreSQL, unless .env names another database for cats and dogs."""
    if settings.get(CATS_DOGS_DATABASE):
        return []
    variable = "BELVEDERE_POSTGRES_PORT"
    port = int(settings[variable])
    return [
        Program(
            "postgres",
            "PostgreSQL (database cats_dogs)",
            python("deployment.local.postgres", "--folder", str(folder), "--port", str(port)),
            variable,
            port,
            environment={name: settings[name] for name in server.PASSWORDS},
            ready_command=server.ready_command(port),
            scheme="postgresql",
            stop_signal=server.STOP_SIGNAL.name,
        )
    ]


def services(settings: Mapping[str, str], folder: Path) -> list[Program]:
    # the services listen on loopback here and need no token; in Compose they do
    environment = {
        "BELVEDERE_DATA_DIR": str(folder / "data"),
        "BELVEDERE_API_TOKEN": "",
        **{name: settings[name] for name in SERVICE_SETTINGS if settings.get(name)},
    }

    def service(name: str, title: str, model: str, variable: str) -> Program:
        command = python("model_service", model, "--port", settings[variable])
        port = int(settings[variable])
        return Program(name, title, command, variable, port, "/ready", environment)

    return [
        service("bike-api", "bike-sharing API", "bike-sharing", "BELVEDERE_BIKE_API_PORT"),
        service("churn-api", "churn API", "churn", "BELVEDERE_CHURN_API_PORT"),
    ]


def traffic(settings: Mapping[str, str]) -> list[Program]:
    def client(name: str, title: str, module: str, variable: str) -> Program:
        command = python(module, "--url", f"http://{HOST}:{settings[variable]}")
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
