"""The console's own evaluations: their database, their queue and their worker, opened once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from console.errors import EvaluationStoreUnavailable
from console.evaluations.dispatcher import Dispatcher, Limits
from console.evaluations.row_sources import Places
from evaluation.errors import NewerStore
from evaluation.jobs.leases import Leases, new_holder
from evaluation.jobs.queue import JobQueue
from evaluation.store.store import EvaluationStore

LEASE_SECONDS = 10.0


class OwnStore:
    """`folder` holds evaluations.db, reports and uploads. Raises EvaluationsNotKept."""

    def __init__(
        self, folder: Path, places: Places, limits: Limits, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        self.folder, self.places = folder, places
        with self.explained():
            folder.mkdir(parents=True, exist_ok=True)
            self._engine = _engine(folder / "evaluations.db")
            self.store = EvaluationStore(self._engine, folder / "reports")
        leases = Leases(self._engine, new_holder(), lease_seconds)
        self.queue = JobQueue(self._engine, self.store, leases)
        self.dispatcher = Dispatcher(self.store, self.queue, leases, places, folder, limits)
        self.dispatcher.start()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """A database or a folder that fails, in the console's words."""
        try:
            yield
        except (SQLAlchemyError, OSError, NewerStore) as error:
            reason = getattr(error, "orig", None) or error
            raise EvaluationStoreUnavailable(self.folder, reason) from error

    def close(self) -> None:
        self.dispatcher.stop()
        self._engine.dispose()


def _engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}")

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.close()

    return engine
