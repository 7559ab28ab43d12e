"""The default command: serves a model."""

import argparse
import socket
import sys

SWITCH_SECONDS = 0.001
PORTS = {"churn": 8000, "cats-dogs": 8010}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument(
        "--port",
        type=int,
        help="default: 8000 for churn, 8010 for cats-dogs, 8080 for other models",
    )


def serve(options: argparse.Namespace) -> int:
    """Serve a model until a signal stops it. Raises StartError."""
    import uvicorn
    from prometheus_client import CollectorRegistry

    from model_service.app import create_app, prepare
    from model_service.models import check_known, load
    from model_service.predictions.database_wait import wait_for_database
    from model_service.settings import Settings

    settings = Settings()
    # by default a thread that uses the database could block the event loop for 5 ms
    sys.setswitchinterval(SWITCH_SECONDS)
    settings.refuse_open_door(options.host)
    check_known(options.model)
    port = PORTS.get(options.model, 8080) if options.port is None else options.port
    with _listen(options.host, port) as listener:
        model = load(options.model, settings.data_dir)
        wait_for_database(settings.database(model.name), settings.database_wait_seconds)
        prepare(model, settings)
        app = create_app(model, settings, CollectorRegistry())
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=10,
            server_header=False,
        )
        server = uvicorn.Server(config)
        server.run(sockets=[listener])
    return 0 if server.started else 1


def _listen(host: str, port: int) -> socket.socket:
    from model_service.errors import StartError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise StartError(
            f"Can't listen on {host}:{port} ({error.strerror}). Is another service there? "
            "Choose another port with --port."
        ) from error
    return listener
