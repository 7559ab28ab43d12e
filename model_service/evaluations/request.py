"""What somebody asks to be evaluated, and against what: read from JSON, checked, kept as JSON."""

from datetime import UTC, datetime
from typing import Literal

import msgspec

from model_service.errors import BadRequest, NotFound
from model_service.models.base import MonitoredModel
from model_service.predictions.formats import parse_json
from model_service.predictions.log_reader import Clock, Stretch

Source = Literal["rows", "upload", "window", "log", "drifted"]
MOST_HOURS = 24 * 366.0
MOST_TAGS, LONGEST_TAG, LONGEST_COMMENT = 20, 100, 4_000
CURRENT = ("window", "upload", "last_hours", "last_rows", "interval")


class Interval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """start <= time < end, each an ISO date or time, UTC where it names no zone; None is open."""

    start: str | None = None
    end: str | None = None

    def stretch(self, by: Clock) -> Stretch:
        """Raises BadRequest for what is no time, and for an end that is not after the start."""
        start, end = (None if t is None else seconds(t) for t in (self.start, self.end))
        if start is None and end is None:
            raise BadRequest('An interval needs a "start", an "end" or both.')
        if start is not None and end is not None and start >= end:
            raise BadRequest(f"The interval ends at {self.end}, which is not after {self.start}.")
        return Stretch(start, end, by)

    def words(self) -> str:
        return f"{self.start or 'the first row'} to {self.end or 'the last row'}"


class Reference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What current rows are held against: the training data when nothing else is named.

    `hours_before` are the hours of the log just before the current ones; `match` keeps only rows
    that are alike by a group of the model's inputs, such as the season or hours and weekdays.
    """

    window: str | None = None
    upload: str | None = None
    interval: Interval | None = None
    hours_before: float | None = None
    match: str | None = None

    def words(self) -> str:
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
    """`body` names a file of rows, of `content_type`; `need_truth` refuses rows without the target;
    `publish` sets the gauges, which a synthetic one holds for `expires_seconds`."""

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
        """Does it mean other rows each time, so that a schedule makes sense?"""
        return self.last_hours is not None or self.last_rows is not None

    def words(self) -> str:
        """Where the current data come from, for a person."""
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
        uploads = {"text/csv": "uploaded CSV", "application/vnd.apache.parquet": "uploaded Parquet"}
        return uploads.get(self.content_type, "posted rows")


class _Asked(msgspec.Struct, kw_only=True):
    data: msgspec.Raw = msgspec.Raw(b"")
    window: str | None = None
    upload: str | None = None
    last_hours: float | None = None
    last_rows: int | None = None
    interval: Interval | None = None
    by: Clock = "arrival"
    reference: Reference = msgspec.field(default_factory=Reference)
    evaluation_period_name: str | None = None
    tags: list[str] = []
    comment: str | None = None
    publish: bool = False


def asked_for(body: bytes) -> EvaluationRequest:
    """Read what a JSON body asks for, its rows left alone. Raises BadRequest."""
    try:
        asked = msgspec.json.decode(body, type=_Asked)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The body is not what is expected here: {error}.") from None
    except (msgspec.MsgspecError, RecursionError):
        # a NaN is no JSON, but its row is named later; everything else is no JSON at all
        content = parse_json(body)
        if not isinstance(content, dict):
            raise BadRequest("The body is no JSON object.") from None
        rest = {name: value for name, value in content.items() if name != "data"}
        try:
            asked = msgspec.convert(rest, type=_Asked)
        except msgspec.ValidationError as error:
            raise BadRequest(f"The body is not what is expected here: {error}.") from None
        asked.data = msgspec.Raw(b"[]" if "data" in content else b"")
    given = [name for name in CURRENT if getattr(asked, name) is not None]
    if bytes(asked.data):
        given.insert(0, "data")
    if len(given) != 1:
        raise BadRequest(
            'Say what to evaluate by exactly one of "data" (rows), "window" (a name from '
            'GET /windows), "upload" (an id from POST /uploads), "last_hours", "last_rows" and '
            f'"interval" (of the prediction log); given: {given or "none"}.'
        )
    sources: dict[str, Source] = {"data": "rows", "window": "window", "upload": "upload"}
    request = EvaluationRequest(
        source=sources.get(given[0], "log"),
        reference=asked.reference,
        window=asked.window,
        upload=asked.upload,
        last_hours=asked.last_hours,
        last_rows=asked.last_rows,
        interval=asked.interval,
        by=asked.by,
        name=asked.evaluation_period_name,
        tags=tuple(asked.tags),
        comment=asked.comment,
        publish=asked.publish,
    )
    _check_numbers(request)
    check_words(request.tags, request.comment)
    return request


def reference_from(text: str | None) -> Reference:
    """The reference of a CSV or Parquet body: a window's name, or JSON as in a JSON body."""
    if text is None:
        return Reference()
    if not text.lstrip().startswith("{"):
        return Reference(window=text)
    try:
        return msgspec.json.decode(text, type=Reference)
    except msgspec.MsgspecError as error:
        raise BadRequest(f"The reference is not what is expected here: {error}.") from None


def check(request: EvaluationRequest, model: MonitoredModel) -> None:
    """Refuse what can't be evaluated before it is queued. Raises BadRequest and NotFound."""
    known = [window.name for window in model.windows()]
    reference = request.reference
    for name in (request.window, reference.window):
        if name is not None and name not in known:
            raise NotFound(f"There is no window {name!r}. There are: {', '.join(known)}.")
    if reference.match is not None and reference.match not in model.alike:
        groups = "; ".join(f"{name}: {', '.join(of)}" for name, of in model.alike.items())
        raise BadRequest(f'There is no "match" {reference.match!r}. There are: {groups}.')
    sources = ("window", "upload", "interval", "hours_before")
    named = [name for name in sources if getattr(reference, name) is not None]
    if len(named) > 1:
        raise BadRequest(f"The reference is to be one of {', '.join(sources)}; given: {named}.")
    if reference.hours_before is not None:
        _check_hours("hours_before", reference.hours_before)
        if request.source != "log":
            raise BadRequest('"hours_before" needs current rows of the prediction log.')
    for interval in (request.interval, reference.interval):
        if interval is not None:
            interval.stretch(request.by)


def check_words(tags: tuple[str, ...], comment: str | None) -> None:
    """Raises BadRequest for too many or too long tags, or a too long comment."""
    if len(tags) > MOST_TAGS or any(not 0 < len(tag) <= LONGEST_TAG for tag in tags):
        raise BadRequest(f"At most {MOST_TAGS} tags of 1 to {LONGEST_TAG} characters can be given.")
    if comment is not None and len(comment) > LONGEST_COMMENT:
        raise BadRequest(f"A comment has at most {LONGEST_COMMENT:,} characters.")


def seconds(text: str) -> float:
    """Epoch seconds of an ISO date or time, UTC where it names no zone. Raises BadRequest."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"{text!r} is no ISO date or time such as 2011-02-08T06:00Z.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _check_numbers(request: EvaluationRequest) -> None:
    if request.last_hours is not None:
        _check_hours("last_hours", request.last_hours)
    if request.last_rows is not None and request.last_rows < 1:
        raise BadRequest('"last_rows" must be 1 or more.')


def _check_hours(name: str, hours: float) -> None:
    if not 0 < hours <= MOST_HOURS:
        raise BadRequest(f'"{name}" must be more than 0 and at most {MOST_HOURS:g}.')
