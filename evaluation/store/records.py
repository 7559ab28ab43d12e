"""One stored evaluation, and the filter of a list of them."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from evaluation.errors import RequestUnreadable
from evaluation.result import Evaluation
from evaluation.store.tables import FINAL, evaluations, tags

Request = TypeVar("Request")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One evaluation as it is stored; times are seconds since the epoch, UTC."""

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
        """Return the result. Raises MsgspecError when the stored document is damaged."""
        return None if self.document is None else Evaluation.decode(self.document)

    def read_request(self, kind: type[Request]) -> Request:
        """Return the request that was stored with it. Raises RequestUnreadable."""
        try:
            return msgspec.json.decode(self.request or "", type=kind)
        except msgspec.MsgspecError as error:
            raise RequestUnreadable(error) from error

    @property
    def done(self) -> bool:
        return self.state in FINAL

    @property
    def can_rerun(self) -> bool:
        """Whether it ended without a result."""
        return self.state in ("interrupted", "failed", "cancelled")


@dataclass(frozen=True)
class Outcome:
    """What is stored of a finished job; None leaves what is stored already."""

    evaluation: Evaluation
    expires_at: float | None = None
    tags: tuple[str, ...] | None = None
    comment: str | None = None


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
        """Build the conditions of the SQL query."""
        table = evaluations.c
        conditions: list[sa.ColumnElement[bool]] = []
        for column, value in (
            (table.state, self.state),
            (table.verdict, self.verdict),
            (table.schedule_id, self.schedule_id),
        ):
            if value is not None:
                conditions.append(column == value)
        if self.tag is not None:
            tagged = sa.select(tags.c.evaluation_id).where(tags.c.tag == self.tag)
            conditions.append(table.id.in_(tagged))
        if self.published is not None:
            public = sa.and_(table.publish.is_(True), table.state == "succeeded")
            conditions.append(public if self.published else sa.not_(public))
        if self.text:
            conditions.append(
                sa.or_(
                    *(c.icontains(self.text, autoescape=True) for c in (table.name, table.source))
                )
            )
        if self.since is not None:
            conditions.append(table.created_at >= self.since)
        if self.until is not None:
            conditions.append(table.created_at < self.until)
        return conditions


_FIELDS = {field.name for field in fields(Stored)}


def from_row(row: sa.RowMapping, labels: tuple[str, ...]) -> Stored:
    """Build the evaluation of a row of the table and its tags."""
    values: dict[str, Any] = {name: row[name] for name in row.keys() & _FIELDS}
    error = row["error"]
    values["error"] = None if error is None else msgspec.json.decode(error)
    return Stored(**values, tags=labels)


def epoch() -> float:
    """Return the current time in seconds since the epoch."""
    return datetime.now(UTC).timestamp()


def message_json(message: str) -> str:
    """Return an error document as it is stored."""
    return msgspec.json.encode({"message": message}).decode()
