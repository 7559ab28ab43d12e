"""Queues evaluations in the database, so that each one runs once.

queued -> running -> succeeded, failed, cancelled or interrupted. Each change names the state and
the owner that it expects: of two replicas only one succeeds.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from evaluation.errors import QueueFull
from evaluation.jobs.leases import Leases
from evaluation.store.migrations import exclusive
from evaluation.store.records import Outcome, Stored, epoch, message_json
from evaluation.store.store import EvaluationStore, write_tags
from evaluation.store.tables import evaluations, tags


class JobQueue:
    """The queue as one replica sees it. Thread-safe; SQLAlchemyError: nothing was changed."""

    def __init__(self, store: EvaluationStore, leases: Leases) -> None:
        self.store = store
        self.leases = leases
        self._engine = store.engine
        self._unwritten: dict[str, dict[str, Any]] = {}

    @property
    def owner(self) -> str:
        return self.leases.holder

    def add(self, new: Stored, limit: int, retry_after_seconds: int) -> None:
        """Queue an evaluation with its tags. Raises QueueFull when `limit` of its model wait."""
        values = {
            name: getattr(new, name)
            for name in (
                "id", "model", "model_version", "publish", "synthetic", "created_at", "request",
                "rerun_of", "schedule_id", "comment",
            )
        }  # fmt: skip
        values |= {"name": new.name[:500], "source": new.source[:500], "state": "queued"}
        waiting = (
            sa.select(sa.func.count())
            .select_from(evaluations)
            .where(evaluations.c.model == new.model, evaluations.c.state == "queued")
        )
        with exclusive(self._engine, f"queue {new.model}") as connection:
            if connection.execute(waiting).scalar_one() >= limit:
                raise QueueFull(limit, retry_after_seconds)
            connection.execute(evaluations.insert().values(**values))
            write_tags(connection, new.id, new.tags)

    def claim(self, model: str, only: str | None = None) -> Stored | None:
        """Take the oldest waiting job, or `only` that one; return None when there is none."""
        table = evaluations.c
        query = (
            sa.select(table.id)
            .where(table.model == model, table.state == "queued")
            .order_by(table.created_at, table.id)
            .limit(1)
        )
        if only is not None:
            query = query.where(table.id == only)
        while True:
            with self._engine.connect() as connection:
                evaluation_id = connection.execute(query).scalar_one_or_none()
            if evaluation_id is None:
                return None
            with self._engine.begin() as connection:
                claimed = connection.execute(
                    evaluations.update()
                    .where(table.id == evaluation_id, table.state == "queued")
                    .values(
                        state="running",
                        owner=self.owner,
                        attempts=table.attempts + 1,
                        started_at=epoch(),
                        stage="starting",
                        progress=0.0,
                    )
                )
            if claimed.rowcount == 1:
                return self.store.get(evaluation_id)

    def models(self) -> list[str]:
        """Return the models with a queued or running job, the longest waiting first."""
        table = evaluations.c
        query = (
            sa.select(table.model)
            .where(table.state.in_(("queued", "running")))
            .group_by(table.model)
            .order_by(sa.func.min(table.created_at))
        )
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def ahead(self, stored: Stored) -> int:
        """Return how many jobs are before this one, running ones included."""
        table = evaluations.c
        query = (
            sa.select(sa.func.count())
            .select_from(evaluations)
            .where(
                table.model == stored.model,
                sa.or_(
                    table.state == "running",
                    sa.and_(table.state == "queued", table.created_at < stored.created_at),
                ),
            )
        )
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def note(self, evaluation_id: str, stage: str, progress: float) -> bool:
        """Store the progress of our job; return False when it is no longer ours."""
        return self._change(evaluation_id, {"stage": stage[:100], "progress": progress})

    def cancel(self, evaluation_id: str) -> bool:
        """End a queued or running job; its owner sees it in `note` and stops the worker."""
        table = evaluations.c
        with self._engine.begin() as connection:
            changed = connection.execute(
                evaluations.update()
                .where(table.id == evaluation_id, table.state.in_(("queued", "running")))
                .values(
                    state="cancelled", finished_at=epoch(), error=message_json("It was cancelled.")
                )
            )
            return changed.rowcount == 1

    def finish(self, evaluation_id: str, outcome: Outcome, store_files: Callable[[], None]) -> bool:
        """Store the result of our job with its files; return False when it is no longer ours.

        `store_files` runs inside the transaction: its OSError rolls the result back. It may run
        twice when the answer of a commit was lost; files that are in place stay.
        """
        table, evaluation = evaluations.c, outcome.evaluation
        values = {
            "state": "succeeded",
            "name": evaluation.name[:500],
            "source": evaluation.source[:500],
            "publish": evaluation.published,
            "verdict": evaluation.verdict,
            "document": evaluation.encode().decode(),
            "expires_at": outcome.expires_at,
            "finished_at": epoch(),
            "stage": None,
            "progress": None,
        }
        if outcome.comment:
            values["comment"] = outcome.comment
        ours = (table.id == evaluation_id, table.owner == self.owner)
        running = evaluations.update().where(*ours, table.state == "running")
        finished = sa.select(table.id).where(*ours, table.state == "succeeded")
        with self._engine.begin() as connection:
            if connection.execute(running.values(**values)).rowcount == 0:
                return connection.execute(finished).first() is not None
            if outcome.tags:
                connection.execute(tags.delete().where(tags.c.evaluation_id == evaluation_id))
                write_tags(connection, evaluation_id, outcome.tags)
            store_files()
        return True

    def fail(self, evaluation_id: str, error: Mapping[str, Any], state: str = "failed") -> bool:
        """Store why our job has no result; `state` is failed or interrupted.

        `write_failures` writes later what an outage keeps from being written now.
        """
        values = {
            "state": state,
            "finished_at": epoch(),
            "error": msgspec.json.encode(error).decode(),
        }
        return self._end(evaluation_id, values)

    def write_failures(self) -> None:
        """Write the failures that an outage of the database kept from being written."""
        for evaluation_id, values in list(self._unwritten.items()):
            self._end(evaluation_id, values)

    def _end(self, evaluation_id: str, values: dict[str, Any]) -> bool:
        try:
            changed = self._change(evaluation_id, values)
        except SQLAlchemyError:
            self._unwritten[evaluation_id] = values
            raise
        self._unwritten.pop(evaluation_id, None)
        return changed

    def _change(self, evaluation_id: str, values: dict[str, Any]) -> bool:
        table = evaluations.c
        with self._engine.begin() as connection:
            changed = connection.execute(
                evaluations.update()
                .where(
                    table.id == evaluation_id, table.state == "running", table.owner == self.owner
                )
                .values(**values)
            )
            return changed.rowcount == 1
