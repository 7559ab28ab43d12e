"""Evaluations as they are kept: read, listed, tagged, commented, and dropped when they are old."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from evaluation.result import Evaluation
from evaluation.store.migrations import upgrade
from evaluation.store.report_files import ReportFiles
from evaluation.store.tables import FINAL, LAYOUT, evaluations, tags

MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
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
    finished_at: float | None = None
    verdict: str | None = None
    error: dict[str, Any] | None = None
    document: str | None = None
    request: str | None = None
    owner: str | None = None
    attempts: int = 0
    started_at: float | None = None
    stage: str | None = None
    progress: float | None = None
    expires_at: float | None = None
    rerun_of: str | None = None
    schedule_id: str | None = None
    comment: str | None = None
    tags: tuple[str, ...] = ()

    def evaluation(self) -> Evaluation | None:
        return None if self.document is None else Evaluation.decode(self.document)

    @property
    def done(self) -> bool:
        return self.state in FINAL


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which evaluations a page shows; None does not filter. Times are epoch seconds."""

    state: str | None = None
    verdict: str | None = None
    tag: str | None = None
    published: bool | None = None
    schedule_id: str | None = None
    text: str | None = None
    since: float | None = None
    until: float | None = None

    def clauses(self) -> list[sa.ColumnElement[bool]]:
        table = evaluations.c
        found: list[sa.ColumnElement[bool]] = []
        for column, value in (
            (table.state, self.state),
            (table.verdict, self.verdict),
            (table.schedule_id, self.schedule_id),
        ):
            if value is not None:
                found.append(column == value)
        if self.tag is not None:
            tagged = sa.select(tags.c.evaluation_id).where(tags.c.tag == self.tag)
            found.append(table.id.in_(tagged))
        if self.published is not None:
            shown = sa.and_(table.publish.is_(True), table.state == "succeeded")
            found.append(shown if self.published else sa.not_(shown))
        if self.text:
            found.append(
                sa.or_(
                    *(c.icontains(self.text, autoescape=True) for c in (table.name, table.source))
                )
            )
        if self.since is not None:
            found.append(table.created_at >= self.since)
        if self.until is not None:
            found.append(table.created_at < self.until)
        return found


class EvaluationStore:
    """Thread-safe; every write is one transaction. SQLAlchemyError means that it was not kept."""

    def __init__(self, engine: sa.Engine, reports: Path) -> None:
        self._engine = engine
        self.files = ReportFiles(reports)
        upgrade(engine, LAYOUT)

    def get(self, evaluation_id: str) -> Stored | None:
        query = evaluations.select().where(evaluations.c.id == evaluation_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                return None
            return _stored({**row, **_tags_of(connection, [evaluation_id])[evaluation_id]})

    def page(
        self, *, model: str, limit: int = 50, offset: int = 0, where: Filter | None = None
    ) -> tuple[list[Stored], int]:
        """Newest first, without documents and requests, and how many there are in all."""
        clauses = [evaluations.c.model == model, *(where or Filter()).clauses()]
        light = [c for c in evaluations.c if c.name not in ("document", "request")]
        order = (evaluations.c.created_at.desc(), evaluations.c.id)
        # rows that are passed over are not read: those of SQLite lie behind their large documents
        ids = sa.select(evaluations.c.id).where(*clauses).order_by(*order)
        page = ids.limit(limit).offset(offset).subquery()
        query = sa.select(*light).join(page, page.c.id == evaluations.c.id).order_by(*order)
        count = sa.select(sa.func.count()).select_from(evaluations).where(*clauses)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
            labels = _tags_of(connection, [row["id"] for row in rows])
            total = connection.execute(count).scalar_one()
        return [_stored({**row, **labels[row["id"]]}) for row in rows], total

    def annotate(
        self, evaluation_id: str, *, comment: str | None = None, labels: Iterable[str] | None = None
    ) -> bool:
        """Replace the comment, the tags or both; None leaves as is. False: no such evaluation."""
        with self._engine.begin() as connection:
            known = sa.select(evaluations.c.id).where(evaluations.c.id == evaluation_id)
            if connection.execute(known).first() is None:
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

    def shown(self, model: str) -> Stored | None:
        """What every replica's gauges show: the newest published one that has not expired."""
        found = self.shown_id(model)
        return None if found is None else self.get(found)

    def shown_id(self, model: str) -> str | None:
        """The id of `shown`, without reading its document."""
        real = self._newest(model, synthetic=False)
        other = self._newest(model, synthetic=True)
        if real is None or other is None:
            newest = real or other
        else:
            newest = max(real, other, key=lambda row: float(row.finished_at))
        return None if newest is None else str(newest.id)

    def expire_synthetic(self, model: str) -> None:
        """Let the gauges show real evaluations only, from now on."""
        table, now = evaluations.c, epoch()
        with self._engine.begin() as connection:
            connection.execute(
                evaluations.update()
                .where(table.model == model, table.synthetic.is_(True), table.expires_at > now)
                .values(expires_at=now)
            )

    def usual_seconds(self, model: str, latest: int = 20) -> float | None:
        """Median time that the latest evaluations ran, or None when none did."""
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
        with self._engine.connect() as connection:
            found = sorted(connection.execute(query).scalars())
        return float(found[len(found) // 2]) if found else None

    def drop_older(self, model: str, moment: float) -> int:
        """Delete evaluations that ended before `moment`, with their files; how many.

        Those with tags stay, and so does the one that the gauges come back from.
        """
        table = evaluations.c
        kept = self._newest(model, synthetic=False)
        query = (
            sa.select(table.id)
            .where(
                table.model == model,
                table.finished_at < moment,
                table.state.in_(FINAL),
                table.id != (kept.id if kept else ""),
                table.id.not_in(sa.select(tags.c.evaluation_id)),
            )
            .limit(MOST_AT_ONCE)
        )
        dropped = 0
        while True:
            with self._engine.begin() as connection:
                ids = list(connection.execute(query).scalars())
                connection.execute(evaluations.delete().where(table.id.in_(ids)))
            for evaluation_id in ids:
                self.files.drop(evaluation_id)
            dropped += len(ids)
            if len(ids) < MOST_AT_ONCE:
                return dropped

    def _newest(self, model: str, *, synthetic: bool) -> Any:
        """The newest published one of its kind, by the index; None once that one has expired.

        A synthetic one takes the place of those before it, so that they do not come back after it.
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
        with self._engine.connect() as connection:
            found = connection.execute(query).first()
        if synthetic and found is not None and not (found.expires_at or 0.0) > epoch():
            return None
        return found


def write_tags(connection: sa.Connection, evaluation_id: str, labels: Iterable[str]) -> None:
    rows = [{"evaluation_id": evaluation_id, "tag": label} for label in sorted(set(labels))]
    if rows:
        connection.execute(tags.insert(), rows)


def epoch() -> float:
    return datetime.now(UTC).timestamp()


def _tags_of(connection: sa.Connection, ids: list[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, list[str]] = {evaluation_id: [] for evaluation_id in ids}
    query = tags.select().where(tags.c.evaluation_id.in_(ids)).order_by(tags.c.tag)
    for row in connection.execute(query) if ids else ():
        found[row.evaluation_id].append(row.tag)
    return {evaluation_id: {"tags": tuple(labels)} for evaluation_id, labels in found.items()}


_FIELDS = {field.name for field in fields(Stored)}


def _stored(row: Mapping[str, Any]) -> Stored:
    error = row["error"]
    known = {name: value for name, value in row.items() if name in _FIELDS}
    return Stored(**{**known, "error": None if error is None else msgspec.json.decode(error)})
