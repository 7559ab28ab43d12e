"""Checks every few seconds whether the database answers."""

import threading
import time

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from evaluation.store.engine import open_engine

EVERY_SECONDS = 3.0
# a check that takes longer counts as an outage: with the interval, 0 within 10 s
MAX_SILENCE_SECONDS = 8.0


class ConnectionCheck:
    """Reads from a table in its own thread and on its own connection.

    A connection that hangs keeps the thread waiting, and the state is "not connected" once the
    last answer is 8 s old.
    """

    def __init__(self, url: str, table: sa.Table) -> None:
        self._engine = open_engine(url, auto_checkpoint=False)
        self._query = sa.select(table.c.id).limit(1)
        self._answered_at: float | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="connection-check", daemon=True)

    def start(self) -> None:
        self._check()
        self._thread.start()

    def stop(self) -> None:
        """Stop; does not wait for a database that hangs."""
        self._stop.set()

    def is_connected(self) -> bool:
        """Return whether the database answered the last check, at most 8 s ago."""
        answered_at = self._answered_at
        return answered_at is not None and time.monotonic() - answered_at <= MAX_SILENCE_SECONDS

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            self._check()
        self._engine.dispose()

    def _check(self) -> None:
        try:
            with self._engine.connect() as connection:
                connection.execute(self._query)
        except SQLAlchemyError:
            self._answered_at = None
        else:
            self._answered_at = time.monotonic()
