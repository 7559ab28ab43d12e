"""Waits at the start of the service for a database that starts at the same time."""

import logging
import time

from sqlalchemy.exc import OperationalError

from evaluation.store.engine import open_engine

POLL_SECONDS = 0.2

log = logging.getLogger(__name__)


def wait_for_database(url: str, patience_seconds: float) -> None:
    """Return when the database accepts a connection, or when the patience has ended.

    A file of SQLite is not waited for. Logs each new reason. Whoever opens the database next
    reports the failure.
    """
    deadline = time.monotonic() + patience_seconds
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":
        return
    reason = ""
    try:
        while time.monotonic() < deadline:
            try:
                engine.connect().close()
                return
            except OperationalError as error:
                if str(error.orig) != reason:
                    reason = str(error.orig)
                    log.warning("waiting for the database: %s", reason)
            time.sleep(POLL_SECONDS)
    finally:
        engine.dispose()
