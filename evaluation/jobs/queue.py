"""The queue of evaluations in the database: each job runs once, whatever ends in between.

queued -> running -> succeeded, failed, cancelled or interrupted. Every change names the state and
the owner that it expects, so that of two replicas only one makes it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from evaluation.errors import QueueFull
from evaluation.jobs.leases import Leases
from evaluation.result import Evaluation
from evaluation.store.migrations import exclusive
from evaluation.store.store import EvaluationStore, Stored, epoch, write_tags
from evaluation.store.tables import FINAL, evaluations, tags

MOST_ATTEMPTS = 2
INTERRUPTED = "The service stopped before this evaluation was done: run it again."
TWICE = (
    f"The service stopped {MOST_ATTEMPTS} times while this evaluation ran, so it is not tried "
    "again by itself. Look into the log of the service, then run it again."
)


class JobQueue:
    """One replica's view. Thread-safe; SQLAlchemyError means that nothing was changed."""

    def __init__(self, engine: sa.Engine, store: EvaluationStore, leases: Leases) -> None:
        self._engine = engine
        self._store = store
        self._leases = leases
        self._unwritten: dict[str, dict[str, Any]] = {}

    @property
    def owner(self) -> str:
        return self._leases.holder

    def add(self, new: Stored, limit: int, retry_after_seconds: int) -> None:
        """Queue `new` with its tags. Raises QueueFull when `limit` of its model wait already."""
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
        """Make the oldest waiting job, or just `only`, ours; None when there is none."""
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
                found = connection.execute(query).scalar_one_or_none()
            if found is None:
                return None
            with self._engine.begin() as connection:
                taken = connection.execute(
                    evaluations.update()
                    .where(table.id == found, table.state == "queued")
                    .values(
                        state="running",
                        owner=self.owner,
                        attempts=table.attempts + 1,
                        started_at=epoch(),
                        stage="starting",
                        progress=0.0,
                    )
                )
            if taken.rowcount == 1:
                return self._store.get(found)

    def models(self) -> list[str]:
        """The models that have a job waiting or running, the longest waiting first."""
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
        """How many jobs are before this one, the running ones among them."""
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
        """Write down how far our job is; False when it is not ours to run any more."""
        return self._change(evaluation_id, {"stage": stage[:100], "progress": progress})

    def cancel(self, evaluation_id: str) -> bool:
        """End a waiting or running job; its owner notices by `note` and stops working on it."""
        table = evaluations.c
        with self._engine.begin() as connection:
            changed = connection.execute(
                evaluations.update()
                .where(table.id == evaluation_id, table.state.in_(("queued", "running")))
                .values(state="cancelled", finished_at=epoch(), error=_words("It was cancelled."))
            )
            return changed.rowcount == 1

    def finish(
        self,
        evaluation_id: str,
        evaluation: Evaluation,
        expires_at: float | None,
        keep_files: Callable[[], None],
        *,
        labels: Iterable[str] = (),
        comment: str | None = None,
    ) -> bool:
        """Keep the result of our job with its files, and the tags and the comment that came with
        its rows; False when it is not ours any more.

        `keep_files` runs inside the transaction: its OSError keeps the result from being kept. It
        may be called again when the answer of a commit was lost: what was kept stays as it is.
        """
        table = evaluations.c
        values = {
            "state": "succeeded",
            "name": evaluation.name[:500],
            "source": evaluation.source[:500],
            "publish": evaluation.published,
            "verdict": evaluation.verdict,
            "document": evaluation.encode().decode(),
            "expires_at": expires_at,
            "finished_at": epoch(),
            "stage": None,
            "progress": None,
        }
        if comment:
            values["comment"] = comment
        this = (table.id == evaluation_id, table.owner == self.owner)
        running = evaluations.update().where(*this, table.state == "running")
        before = sa.select(table.id).where(*this, table.state == "succeeded")
        with self._engine.begin() as connection:
            if connection.execute(running.values(**values)).rowcount == 0:
                return connection.execute(before).first() is not None
            if labels:
                connection.execute(tags.delete().where(tags.c.evaluation_id == evaluation_id))
                write_tags(connection, evaluation_id, labels)
            keep_files()
        return True

    def fail(self, evaluation_id: str, error: Mapping[str, Any], state: str = "failed") -> bool:
        """Keep why our job has no result; `state` is failed or interrupted.

        What the database can't take now is written down by a later `give_back`.
        """
        values = {
            "state": state,
            "finished_at": epoch(),
            "error": msgspec.json.encode(error).decode(),
        }
        return self._end(evaluation_id, values)

    def give_back(self, model: str, running: Iterable[str]) -> list[str]:
        """Queue again what is ours by the store but that this process does not run.

        The claim of such a job was kept while its answer was lost: it is not an attempt. Before
        that, the failures that could not be written down are.
        """
        for evaluation_id, values in list(self._unwritten.items()):
            self._end(evaluation_id, values)
        table = evaluations.c
        ours = (table.state == "running", table.owner == self.owner)
        query = sa.select(table.id).where(
            table.model == model, *ours, table.id.not_in(list(running))
        )
        queued = {"state": "queued", "owner": None, "stage": None, "attempts": table.attempts - 1}
        with self._engine.begin() as connection:
            lost = list(connection.execute(query).scalars())
            if lost:
                again = evaluations.update().where(table.id.in_(lost), *ours)
                connection.execute(again.values(**queued))
        return lost

    def after_start(self, model: str) -> int:
        """Interrupt what a stopped service left running, unless other replicas take it over.

        A synthetic evaluation that it showed has expired with it.
        """
        if self._leases.alive() - {self.owner}:
            self.take_over(model)
            return 0
        self._store.expire_synthetic(model)
        return self._end_orphans(model, most_attempts=0)

    def take_over(self, model: str) -> int:
        """Queue again what dead replicas left running; what they left twice is interrupted."""
        return self._end_orphans(model, most_attempts=MOST_ATTEMPTS)

    def _end_orphans(self, model: str, most_attempts: int) -> int:
        alive = self._leases.alive() | {self.owner}
        table = evaluations.c
        query = sa.select(table.id, table.owner, table.attempts).where(
            table.model == model, table.state == "running"
        )
        with self._engine.connect() as connection:
            orphans = [row for row in connection.execute(query) if row.owner not in alive]
        changed = 0
        for orphan in orphans:
            if orphan.attempts < most_attempts:
                values: dict[str, Any] = {"state": "queued", "owner": None, "stage": None}
            else:
                message = TWICE if orphan.attempts >= MOST_ATTEMPTS else INTERRUPTED
                values = {
                    "state": "interrupted", "finished_at": epoch(), "error": _words(message),
                }  # fmt: skip
            same_owner = (
                table.owner.is_(None) if orphan.owner is None else table.owner == orphan.owner
            )
            with self._engine.begin() as connection:
                done = connection.execute(
                    evaluations.update()
                    .where(table.id == orphan.id, table.state == "running", same_owner)
                    .values(**values)
                )
            if done.rowcount == 1:
                changed += 1
                self._store.files.drop_drafts(orphan.id, orphan.attempts)
        return changed

    def drop_stray_drafts(self) -> None:
        """Delete drafts of jobs that nobody runs."""
        for evaluation_id in set(self._store.files.ids_of_drafts()):
            stored = self._store.get(evaluation_id)
            if stored is None or stored.state != "running":
                for draft in self._store.files.folder.glob(f"{evaluation_id}.*.part"):
                    draft.unlink(missing_ok=True)

    def _end(self, evaluation_id: str, values: dict[str, Any]) -> bool:
        try:
            done = self._change(evaluation_id, values)
        except SQLAlchemyError:
            self._unwritten[evaluation_id] = values
            raise
        self._unwritten.pop(evaluation_id, None)
        return done

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


def is_final(state: str) -> bool:
    return state in FINAL


def _words(message: str) -> str:
    return msgspec.json.encode({"message": message}).decode()
