"""Where evaluations are kept: their documents in a database, their reports in a folder."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from evaluation.result import Evaluation

REPORTS = ("html", "json")
FINAL = ("succeeded", "failed", "cancelled", "interrupted")

metadata = sa.MetaData()
evaluations = sa.Table(
    "evaluations",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("model_version", sa.String(64), nullable=False),
    sa.Column("name", sa.String(500), nullable=False),
    sa.Column("source", sa.String(500), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("publish", sa.Boolean, nullable=False),
    sa.Column("synthetic", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("finished_at", sa.Float),
    sa.Column("verdict", sa.String(32)),
    sa.Column("error", sa.Text),
    sa.Column("document", sa.Text),
    sa.Index("evaluations_by_time", "model", "created_at"),
    sa.Index("evaluations_published", "model", "publish", "synthetic", "finished_at"),
)


@dataclass(frozen=True)
class Stored:
    """One evaluation as it is kept; times are seconds since the epoch, UTC."""

    id: str
    model: str
    model_version: str
    name: str
    source: str
    state: str
    publish: bool
    synthetic: bool
    created_at: float
    finished_at: float | None
    verdict: str | None
    error: dict[str, Any] | None
    document: str | None

    def evaluation(self) -> Evaluation | None:
        return None if self.document is None else Evaluation.decode(self.document)


class EvaluationStore:
    """Thread-safe; every write is one transaction. SQLAlchemyError means that it was not kept."""

    def __init__(self, engine: sa.Engine, reports: Path) -> None:
        self._engine = engine
        self._reports = reports
        reports.mkdir(parents=True, exist_ok=True)
        metadata.create_all(engine)

    def create(
        self,
        evaluation_id: str,
        *,
        model: str,
        model_version: str,
        name: str,
        source: str,
        publish: bool,
        synthetic: bool,
    ) -> None:
        values = {
            "id": evaluation_id,
            "model": model,
            "model_version": model_version,
            "name": name[:500],
            "source": source[:500],
            "state": "queued",
            "publish": publish,
            "synthetic": synthetic,
            "created_at": _now(),
        }
        with self._engine.begin() as connection:
            connection.execute(evaluations.insert().values(**values))

    def finish(self, evaluation_id: str, evaluation: Evaluation) -> None:
        """Keep the result; from here on it can be found, and is restored if it was published."""
        self._update(
            evaluation_id,
            state="succeeded",
            name=evaluation.name[:500],
            source=evaluation.source[:500],
            publish=evaluation.published,
            verdict=evaluation.verdict,
            document=evaluation.encode().decode(),
            finished_at=_now(),
        )

    def fail(self, evaluation_id: str, error: Mapping[str, Any], state: str = "failed") -> None:
        """Keep why there is no result; `state` is failed, cancelled or interrupted."""
        self._update(
            evaluation_id,
            state=state,
            error=msgspec.json.encode(error).decode(),
            finished_at=_now(),
        )

    def get(self, evaluation_id: str) -> Stored | None:
        query = evaluations.select().where(evaluations.c.id == evaluation_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else _stored(dict(row))

    def page(
        self, *, model: str, limit: int = 50, offset: int = 0, state: str | None = None
    ) -> tuple[list[Stored], int]:
        """Newest first, without their documents, and how many there are in all."""
        where = [evaluations.c.model == model]
        if state is not None:
            where.append(evaluations.c.state == state)
        light = [column for column in evaluations.c if column.name != "document"]
        query = (
            sa.select(*light)
            .where(*where)
            .order_by(evaluations.c.created_at.desc(), evaluations.c.id)
            .limit(limit)
            .offset(offset)
        )
        count = sa.select(sa.func.count()).select_from(evaluations).where(*where)
        with self._engine.connect() as connection:
            rows = [
                _stored({**row, "document": None}) for row in connection.execute(query).mappings()
            ]
            return rows, connection.execute(count).scalar_one()

    def last_published(self, model: str) -> Stored | None:
        """The newest real evaluation that set the gauges; a synthetic one never counts."""
        query = (
            evaluations.select()
            .where(
                evaluations.c.model == model,
                evaluations.c.publish.is_(True),
                evaluations.c.synthetic.is_(False),
                evaluations.c.state == "succeeded",
            )
            .order_by(evaluations.c.finished_at.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else _stored(dict(row))

    def mark_interrupted(self, model: str) -> int:
        """At start: what was queued or running when the process ended will not go on."""
        for draft in self._reports.glob("*.part"):
            draft.unlink(missing_ok=True)
        message = {"message": "The service stopped before this evaluation was done: run it again."}
        statement = (
            evaluations.update()
            .where(evaluations.c.model == model, evaluations.c.state.not_in(FINAL))
            .values(
                state="interrupted",
                error=msgspec.json.encode(message).decode(),
                finished_at=_now(),
            )
        )
        with self._engine.begin() as connection:
            return connection.execute(statement).rowcount

    def report_path(self, evaluation_id: str, kind: str) -> Path:
        """The file of a report; `kind` is html or json."""
        return self._reports / f"{evaluation_id}.{kind}"

    def draft_path(self, evaluation_id: str, kind: str) -> Path:
        """Where the worker writes; `keep_reports` moves it into place in one step."""
        return self._reports / f"{evaluation_id}.{kind}.part"

    def keep_reports(self, evaluation_id: str) -> None:
        for kind in REPORTS:
            os.replace(self.draft_path(evaluation_id, kind), self.report_path(evaluation_id, kind))

    def drop_drafts(self, evaluation_id: str) -> None:
        for kind in REPORTS:
            self.draft_path(evaluation_id, kind).unlink(missing_ok=True)

    def _update(self, evaluation_id: str, **values: Any) -> None:
        statement = evaluations.update().where(evaluations.c.id == evaluation_id).values(**values)
        with self._engine.begin() as connection:
            connection.execute(statement)


def _stored(row: Mapping[str, Any]) -> Stored:
    error = row["error"]
    return Stored(**{**row, "error": None if error is None else msgspec.json.decode(error)})


def _now() -> float:
    return datetime.now(UTC).timestamp()
