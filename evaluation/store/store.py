"""Reads, lists, annotates and deletes stored evaluations."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from evaluation.store.migrations import upgrade
from evaluation.store.records import Filter, Stored, epoch, from_row
from evaluation.store.report_files import ReportFiles
from evaluation.store.tables import FINAL, LAYOUT, evaluations, tags

DELETE_BATCH = 500


class EvaluationStore:
    """Thread-safe; each write is one transaction. SQLAlchemyError: nothing was changed."""

    def __init__(self, engine: sa.Engine, reports: Path) -> None:
        self.engine = engine
        self.files = ReportFiles(reports)
        upgrade(engine, LAYOUT)

    def get(self, evaluation_id: str) -> Stored | None:
        """Return an evaluation with its document and tags, or None."""
        query = evaluations.select().where(evaluations.c.id == evaluation_id)
        with self.engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                return None
            return from_row(row, _tags_of(connection, [evaluation_id])[evaluation_id])

    def page(
        self, *, model: str, limit: int = 50, offset: int = 0, where: Filter | None = None
    ) -> tuple[list[Stored], int]:
        """Return a page, newest first, without documents and requests, and the total number."""
        clauses = [evaluations.c.model == model, *(where or Filter()).clauses()]
        light = [c for c in evaluations.c if c.name not in ("document", "request")]
        order = (evaluations.c.created_at.desc(), evaluations.c.id)
        # rows that are passed over are not read: those of SQLite lie behind their large documents
        ids = sa.select(evaluations.c.id).where(*clauses).order_by(*order)
        page = ids.limit(limit).offset(offset).subquery()
        query = sa.select(*light).join(page, page.c.id == evaluations.c.id).order_by(*order)
        count = sa.select(sa.func.count()).select_from(evaluations).where(*clauses)
        with self.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
            labels = _tags_of(connection, [row["id"] for row in rows])
            total = connection.execute(count).scalar_one()
        return [from_row(row, labels[row["id"]]) for row in rows], total

    def annotate(
        self, evaluation_id: str, *, comment: str | None = None, labels: Iterable[str] | None = None
    ) -> bool:
        """Replace the comment, the tags or both; None leaves them. Return False for no such id."""
        with self.engine.begin() as connection:
            query = sa.select(evaluations.c.id).where(evaluations.c.id == evaluation_id)
            if connection.execute(query).first() is None:
                return False
            if comment is not None:
                connection.execute(
                    evaluations.update()
                    .where(evaluations.c.id == evaluation_id)
                    .values(comment=comment or None)
                )
            if labels is not None:
                connection.execute(tags.delete().where(tags.c.evaluation_id == evaluation_id))
                write_tags(connection, evaluation_id, labels)
        return True

    def published(self, model: str) -> Stored | None:
        """Return the newest published evaluation that has not expired: the gauges show it."""
        evaluation_id = self.published_id(model)
        return None if evaluation_id is None else self.get(evaluation_id)

    def published_id(self, model: str) -> str | None:
        """Return the id of `published`, without reading its document."""
        real = self._newest(model, synthetic=False)
        synthetic = self._newest(model, synthetic=True)
        if real is None or synthetic is None:
            newest = real or synthetic
        else:
            newest = max(real, synthetic, key=lambda row: float(row.finished_at))
        return None if newest is None else str(newest.id)

    def expire_synthetic(self, model: str) -> None:
        """End the time of synthetic evaluations: the gauges show real ones only."""
        table, now = evaluations.c, epoch()
        with self.engine.begin() as connection:
            connection.execute(
                evaluations.update()
                .where(table.model == model, table.synthetic.is_(True), table.expires_at > now)
                .values(expires_at=now)
            )

    def usual_seconds(self, model: str, latest: int = 20) -> float | None:
        """Return the median run time of the latest evaluations, or None without any."""
        table = evaluations.c
        query = (
            sa.select(table.finished_at - table.started_at)
            .where(
                table.model == model,
                table.state == "succeeded",
                table.started_at.is_not(None),
            )
            .order_by(table.created_at.desc())
            .limit(latest)
        )
        with self.engine.connect() as connection:
            durations = sorted(connection.execute(query).scalars())
        return float(durations[len(durations) // 2]) if durations else None

    def drop_older(self, model: str, moment: float) -> int:
        """Delete evaluations that ended before `moment`, with their files; return the number.

        Those with tags stay, and so does the published one.
        """
        table = evaluations.c
        published = self._newest(model, synthetic=False)
        query = (
            sa.select(table.id)
            .where(
                table.model == model,
                table.finished_at < moment,
                table.state.in_(FINAL),
                table.id != (published.id if published else ""),
                table.id.not_in(sa.select(tags.c.evaluation_id)),
            )
            .limit(DELETE_BATCH)
        )
        total = 0
        while True:
            with self.engine.begin() as connection:
                ids = list(connection.execute(query).scalars())
                connection.execute(evaluations.delete().where(table.id.in_(ids)))
            for evaluation_id in ids:
                self.files.drop(evaluation_id)
            total += len(ids)
            if len(ids) < DELETE_BATCH:
                return total

    def _newest(self, model: str, *, synthetic: bool) -> Any:
        """Return the newest published one of its kind, by the index; None once it has expired.

        A synthetic one replaces earlier ones: they do not come back when it expires.
        """
        table = evaluations.c
        clauses = [
            table.model == model,
            table.publish.is_(True),
            table.synthetic.is_(synthetic),
            table.state == "succeeded",
        ]
        query = (
            sa.select(table.id, table.finished_at, table.expires_at)
            .where(*clauses)
            .order_by(table.finished_at.desc())
            .limit(1)
        )
        with self.engine.connect() as connection:
            newest = connection.execute(query).first()
        if synthetic and newest is not None and not (newest.expires_at or 0.0) > epoch():
            return None
        return newest


def write_tags(connection: sa.Connection, evaluation_id: str, labels: Iterable[str]) -> None:
    """Insert the tags of an evaluation that has none yet."""
    rows = [{"evaluation_id": evaluation_id, "tag": label} for label in sorted(set(labels))]
    if rows:
        connection.execute(tags.insert(), rows)


def _tags_of(connection: sa.Connection, ids: list[str]) -> dict[str, tuple[str, ...]]:
    labels: dict[str, list[str]] = {evaluation_id: [] for evaluation_id in ids}
    query = tags.select().where(tags.c.evaluation_id.in_(ids)).order_by(tags.c.tag)
    for row in connection.execute(query) if ids else ():
        labels[row.evaluation_id].append(row.tag)
    return {evaluation_id: tuple(values) for evaluation_id, values in labels.items()}
