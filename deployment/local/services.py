"""The model services, the database of cats and dogs, and the clients that make traffic."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from deployment.local.postgres import roles, server
from deployment.local.program import HOST, Program, python

CATS_DOGS_DATABASE = "BELVEDERE_CATS_DOGS_DATABASE_URL"
POSTGRES_PORT = "BELVEDERE_POSTGRES_PORT"
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
)
# settings of the services whose model classifies images
IMAGE_SETTINGS = (
    "BELVEDERE_LOW_CONFIDENCE",
    "BELVEDERE_MAX_IMAGE_BYTES",
    "BELVEDERE_IMAGE_THREADS",
    "BELVEDERE_IMAGE_QUEUE_LIMIT",
    "BELVEDERE_MAX_ARCHIVE_FILES",
    "BELVEDERE_MAX_ARCHIVE_BYTES",
    "BELVEDERE_KEEP_IMAGES",
    "BELVEDERE_KEEP_IMAGES_DAYS",
)
USER_SALT = "BELVEDERE_USER_SALT"
# the server and the service start together
DATABASE_WAIT_SECONDS = "60"


def database(settings: Mapping[str, str], folder: Path) -> list[Program]:
    """Return PostgreSQL, unless .env names another database for cats and dogs."""
    if settings.get(CATS_DOGS_DATABASE):
        return []
    port = int(settings[POSTGRES_PORT])
    return [
        Program(
            "postgres",
            "PostgreSQL (database cats_dogs)",
            python("deployment.local.postgres", "--folder", str(folder), "--port", str(port)),
            POSTGRES_PORT,
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

    def service(
        name: str, title: str, model: str, more: Mapping[str, str] | None = None
    ) -> Program:
        variable = f"BELVEDERE_{name.upper().replace('-', '_')}_PORT"
        command = python("model_service", model, "--port", settings[variable])
        port = int(settings[variable])
        return Program(
            name, title, command, variable, port, "/ready", {**environment, **(more or {})}
        )

    return [
        service("bike-api", "bike-sharing API", "bike-sharing"),
        service("churn-api", "churn API", "churn"),
        service("cats-dogs-api", "cats and dogs API", "cats-dogs", _of_cats_dogs(settings)),
    ]


def _of_cats_dogs(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of cats and dogs that the other services do not have."""
    waits = {"BELVEDERE_DATABASE_WAIT_SECONDS": DATABASE_WAIT_SECONDS}
    return {
        # a second warm worker for three demo models would take 280 MB for little
        "BELVEDERE_SPARE_WORKERS": settings.get("BELVEDERE_SPARE_WORKERS") or "0",
        **({} if settings.get(CATS_DOGS_DATABASE) else waits),
        **{name: settings[name] for name in IMAGE_SETTINGS if settings.get(name)},
        "BELVEDERE_DATABASE_URL": cats_dogs_database(settings),
        USER_SALT: settings[USER_SALT],
    }


def cats_dogs_database(settings: Mapping[str, str]) -> str:
    """Return the URL of the database of cats and dogs: that of .env, or of the stack's server."""
    password = quote(settings.get(server.OWNER_PASSWORD, ""), safe="")
    owner = f"{roles.OWNER}:{password}@{HOST}:{settings.get(POSTGRES_PORT)}"
    return settings.get(CATS_DOGS_DATABASE) or f"postgresql+psycopg://{owner}/{roles.DATABASE}"


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
        client(
            "cats-dogs-traffic", "pictures of pets, one a second", "demo.pets",
            "BELVEDERE_CATS_DOGS_API_PORT",
        ),
    ]  # fmt: skip
