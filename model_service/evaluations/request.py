"""The request of an evaluation: which rows, compared with which reference; stored as JSON."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import msgspec

from model_service.errors import BadRequest
from model_service.predictions.formats import CSV, JSON, PARQUET, ZIP
from model_service.predictions.log_reader import Clock, Stretch

Source = Literal["rows", "upload", "window", "log", "drifted"]


@dataclass(frozen=True, kw_only=True)
class RowChoice:
    """The rows of one side: those of the source that is set, else the training data.

    `stretch` is a time range of the log, of which `last_rows` keeps the newest. `hours_before` and
    `match` choose rows of the reference by the current ones (see Reference).
    """

    side: str
    words: str
    window: str | None = None
    drift_kind: str | None = None
    upload: str | None = None
    body: str | None = None
    content_type: str = JSON
    need_truth: bool = False
    stretch: Stretch | None = None
    last_rows: int | None = None
    hours_before: float | None = None
    by: Clock = "arrival"
    match: str | None = None


class Interval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """start <= time < end, each an ISO date or time, UTC without a zone; None is open."""

    start: str | None = None
    end: str | None = None

    def stretch(self, by: Clock) -> Stretch:
        """Return the stretch of the log. Raises BadRequest for a wrong time or a wrong order."""
        start, end = (None if text is None else seconds(text) for text in (self.start, self.end))
        if start is None and end is None:
            raise BadRequest('An interval needs a "start", an "end" or both.')
        if start is not None and end is not None and start >= end:
            raise BadRequest(f"The interval ends at {self.end}, which is not after {self.start}.")
        return Stretch(start, end, by)

    def words(self) -> str:
        """Describe the interval for a person."""
        return f"{self.start or 'the first row'} to {self.end or 'the last row'}"


class Reference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rows to compare with: the training data unless another field is set.

    `hours_before` are the hours of the log just before the current ones; `match` keeps only rows
    with the same values of a group of inputs, such as the season, or hours and weekdays.
    """

    window: str | None = None
    upload: str | None = None
    interval: Interval | None = None
    hours_before: float | None = None
    match: str | None = None

    def choice(self, by: Clock) -> RowChoice:
        """Return the rows that it means, those of the log by this clock."""
        return RowChoice(
            side="reference",
            words=self.words(),
            window=self.window,
            upload=self.upload,
            stretch=None if self.interval is None else self.interval.stretch(by),
            hours_before=self.hours_before,
            by=by,
            match=self.match,
        )

    def words(self) -> str:
        """Describe the reference for a person."""
        alike = f", same {self.match}" if self.match else ""
        if self.window is not None:
            return f"window {self.window}{alike}"
        if self.upload is not None:
            return f"uploaded file{alike}"
        if self.interval is not None:
            return f"prediction log, {self.interval.words()}{alike}"
        if self.hours_before is not None:
            return f"prediction log, the {self.hours_before:g} h before{alike}"
        return f"training data{alike}"


class EvaluationRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`body` names a file of posted rows, of `content_type`; `need_truth` rejects rows without
    ground truth; `publish` sets the gauges, a synthetic one for `expires_seconds`."""

    source: Source
    reference: Reference = Reference()
    content_type: str = "application/json"
    body: str | None = None
    window: str | None = None
    upload: str | None = None
    last_hours: float | None = None
    last_rows: int | None = None
    interval: Interval | None = None
    by: Clock = "arrival"
    drift_kind: str | None = None
    name: str | None = None
    tags: tuple[str, ...] = ()
    comment: str | None = None
    publish: bool = False
    synthetic: bool = False
    expires_seconds: float | None = None
    need_truth: bool = False

    @property
    def live(self) -> bool:
        """Return whether it means other rows each time, so that a schedule makes sense."""
        return self.last_hours is not None or self.last_rows is not None

    def choices(self, requested_at: float) -> tuple[RowChoice, RowChoice]:
        """Return the current rows and the reference; "the last hours" end at `requested_at`.

        Raises BadRequest for a wrong interval.
        """
        current = RowChoice(
            side="current",
            words=self.words(),
            window=self.window,
            drift_kind=self.drift_kind,
            upload=self.upload,
            body=str(self.body) if self.source == "rows" else None,
            content_type=self.content_type,
            need_truth=self.need_truth,
            stretch=self._stretch(requested_at) if self.source == "log" else None,
            last_rows=self.last_rows,
        )
        return current, self.reference.choice(self.by)

    def _stretch(self, requested_at: float) -> Stretch:
        if self.interval is not None:
            return self.interval.stretch(self.by)
        if self.last_hours is None:
            return Stretch(by=self.by)
        return Stretch(end=requested_at, by=self.by, hours=self.last_hours)

    def words(self) -> str:
        """Describe the source of the current rows for a person."""
        clock = ", by event time" if self.by == "event" else ""
        if self.source == "window":
            return f"window {self.window}"
        if self.source == "upload":
            return "uploaded file"
        if self.source == "drifted":
            return f"synthetic batch: {self.drift_kind}"
        if self.last_hours is not None:
            return f"prediction log, last {self.last_hours:g} h{clock}"
        if self.last_rows is not None:
            return f"prediction log, last {self.last_rows} rows{clock}"
        if self.interval is not None:
            return f"prediction log, {self.interval.words()}{clock}"
        uploads = {CSV: "uploaded CSV", PARQUET: "uploaded Parquet", ZIP: "uploaded pictures"}
        return uploads.get(self.content_type, "posted rows")


def seconds(text: str) -> float:
    """Return epoch seconds of an ISO date or time, UTC without a zone. Raises BadRequest."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(
            f"{text!r} is not an ISO date or time such as 2011-02-08T06:00Z."
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
