"""Opens the console's own evaluations: their database, their queue and their worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from console.errors import EvaluationStoreUnavailable
from console.evaluations.host import ConsoleHost
from console.evaluations.row_sources import RowSources
from evaluation.errors import NewerStore
from evaluation.jobs.dispatcher import Dispatcher
from evaluation.jobs.job import warm_up
from evaluation.jobs.leases import Leases, new_holder
from evaluation.jobs.process_pool import Limits, WorkerPool
from evaluation.jobs.queue import JobQueue
from evaluation.jobs.status import StatusReader
from evaluation.store.engine import open_engine
from evaluation.store.store import EvaluationStore

LEASE_SECONDS = 10.0


class LocalStore:
    """`folder` has evaluations.db, reports and uploads. Raises EvaluationStoreUnavailable.

    The worker process, some hundred megabytes, starts with the first evaluation.
    """

    def __init__(self, folder: Path, row_sources: RowSources, limits: Limits) -> None:
        self.folder, self.row_sources = folder, row_sources
        with self.explained():
            folder.mkdir(parents=True, exist_ok=True)
            self._engine = open_engine(f"sqlite:///{folder / 'evaluations.db'}")
            self.store = EvaluationStore(self._engine, folder / "reports")
            self.queue = JobQueue(self.store, Leases(self._engine, new_holder(), LEASE_SECONDS))
            pool = WorkerPool(limits, warm_up=warm_up, spares=0)
            host = ConsoleHost(self.queue, row_sources, folder)
            self.dispatcher = Dispatcher(self.queue, pool, host)
            self.statuses = StatusReader(self.queue, self.dispatcher.progress)
            self.dispatcher.start()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Raise EvaluationStoreUnavailable for a database or a folder that fails."""
        try:
            yield
        except (SQLAlchemyError, OSError, NewerStore) as error:
            reason = getattr(error, "orig", None) or error
            raise EvaluationStoreUnavailable(self.folder, reason) from error

    def close(self) -> None:
        self.dispatcher.stop()
        self._engine.dispose()
