"""Recovers evaluations that a process left behind: by a crash, a stop or a lost database answer."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from evaluation.jobs.queue import JobQueue
from evaluation.store.records import epoch, message_json
from evaluation.store.tables import evaluations

MAX_ATTEMPTS = 2
INTERRUPTED = "The service stopped before this evaluation was done: run it again."
INTERRUPTED_TWICE = (
    f"The service stopped {MAX_ATTEMPTS} times while this evaluation ran, so it is not retried "
    "automatically. Check the log of the service, then run it again."
)


class Recovery:
    """Finds running evaluations of dead replicas. SQLAlchemyError: nothing was changed."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue
        self._store = queue.store
        self._engine = queue.store.engine
        self._leases = queue.leases

    def after_start(self, model: str) -> int:
        """Interrupt what a stopped service left running, unless other replicas take it over.

        A synthetic evaluation that the service showed expires. Return how many were interrupted.
        """
        if self._leases.alive() - {self._queue.owner}:
            self.take_over(model)
            return 0
        self._store.expire_synthetic(model)
        return self._end_orphans(model, max_attempts=0)

    def take_over(self, model: str) -> int:
        """Queue again what dead replicas left running; interrupt what was left twice.

        Return how many were changed.
        """
        return self._end_orphans(model, max_attempts=MAX_ATTEMPTS)

    def give_back(self, model: str, running: Iterable[str]) -> list[str]:
        """Queue again what is ours in the store but does not run here; return their ids.

        The answer to the claim of such a job was lost: it does not count as an attempt. Failures
        that could not be written are written first.
        """
        self._queue.write_failures()
        table = evaluations.c
        ours = (table.state == "running", table.owner == self._queue.owner)
        query = sa.select(table.id).where(
            table.model == model, *ours, table.id.not_in(list(running))
        )
        queued = {"state": "queued", "owner": None, "stage": None, "attempts": table.attempts - 1}
        with self._engine.begin() as connection:
            lost = list(connection.execute(query).scalars())
            if lost:
                update = evaluations.update().where(table.id.in_(lost), *ours)
                connection.execute(update.values(**queued))
        return lost

    def drop_stray_drafts(self) -> None:
        """Delete drafts of reports that no running job writes."""
        files = self._store.files
        for evaluation_id in set(files.ids_of_drafts()):
            stored = self._store.get(evaluation_id)
            if stored is None or stored.state != "running":
                for draft in files.folder.glob(f"{evaluation_id}.*.part"):
                    draft.unlink(missing_ok=True)

    def _end_orphans(self, model: str, max_attempts: int) -> int:
        alive = self._leases.alive() | {self._queue.owner}
        table = evaluations.c
        query = sa.select(table.id, table.owner, table.attempts).where(
            table.model == model, table.state == "running"
        )
        with self._engine.connect() as connection:
            orphans = [row for row in connection.execute(query) if row.owner not in alive]
        changed = 0
        for orphan in orphans:
            if orphan.attempts < max_attempts:
                values: dict[str, Any] = {"state": "queued", "owner": None, "stage": None}
            else:
                message = INTERRUPTED_TWICE if orphan.attempts >= MAX_ATTEMPTS else INTERRUPTED
                values = {
                    "state": "interrupted",
                    "finished_at": epoch(),
                    "error": message_json(message),
                }
            same_owner = (
                table.owner.is_(None) if orphan.owner is None else table.owner == orphan.owner
            )
            with self._engine.begin() as connection:
                update = connection.execute(
                    evaluations.update()
                    .where(table.id == orphan.id, table.state == "running", same_owner)
                    .values(**values)
                )
            if update.rowcount == 1:
                changed += 1
                self._store.files.drop_drafts(orphan.id, orphan.attempts)
        return changed
