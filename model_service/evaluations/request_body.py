"""Parses the request of an evaluation from an HTTP body, and checks it."""

from pathlib import Path

import msgspec

from model_service.errors import BadRequest, NotFound
from model_service.evaluations.request import EvaluationRequest, Interval, Reference, Source
from model_service.models.base import MonitoredModel
from model_service.predictions.formats import JSON, parse_json
from model_service.predictions.log_reader import Clock

MAX_HOURS = 24 * 366.0
MAX_TAGS, MAX_TAG_LENGTH, MAX_COMMENT_LENGTH = 20, 100, 4_000
CURRENT = ("window", "upload", "last_hours", "last_rows", "interval")


class _Body(msgspec.Struct, kw_only=True):
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


def parse_request(body: bytes) -> EvaluationRequest:
    """Return the request of a JSON body, without its rows. Raises BadRequest."""
    try:
        fields = msgspec.json.decode(body, type=_Body)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The body has a wrong field: {error}.") from None
    except (msgspec.MsgspecError, RecursionError):
        # NaN is not JSON, but its row is reported later; anything else is an error
        content = parse_json(body)
        if not isinstance(content, dict):
            raise BadRequest("The body is not a JSON object.") from None
        rest = {name: value for name, value in content.items() if name != "data"}
        try:
            fields = msgspec.convert(rest, type=_Body)
        except msgspec.ValidationError as error:
            raise BadRequest(f"The body has a wrong field: {error}.") from None
        fields.data = msgspec.Raw(b"[]" if "data" in content else b"")
    sides = [name for name in CURRENT if getattr(fields, name) is not None]
    if bytes(fields.data):
        sides.insert(0, "data")
    if len(sides) != 1:
        raise BadRequest(
            'Give exactly one of "data" (rows), "window" (a name from '
            'GET /windows), "upload" (an id from POST /uploads), "last_hours", "last_rows" and '
            f'"interval" (of the prediction log); given: {sides or "none"}.'
        )
    sources: dict[str, Source] = {"data": "rows", "window": "window", "upload": "upload"}
    request = EvaluationRequest(
        source=sources.get(sides[0], "log"),
        reference=fields.reference,
        window=fields.window,
        upload=fields.upload,
        last_hours=fields.last_hours,
        last_rows=fields.last_rows,
        interval=fields.interval,
        by=fields.by,
        name=fields.evaluation_period_name,
        tags=tuple(fields.tags),
        comment=fields.comment,
        publish=fields.publish,
    )
    _check_numbers(request)
    check_annotation(request.tags, request.comment)
    return request


def parse_reference(text: str | None) -> Reference:
    """Return the reference of a CSV or Parquet body: a window's name, or JSON.

    Raises BadRequest.
    """
    if text is None:
        return Reference()
    if not text.lstrip().startswith("{"):
        return Reference(window=text)
    try:
        return msgspec.json.decode(text, type=Reference)
    except msgspec.MsgspecError as error:
        raise BadRequest(f"The reference has a wrong field: {error}.") from None


def add_posted_options(
    request: EvaluationRequest, incoming: Path, model: MonitoredModel
) -> EvaluationRequest:
    """Return the request with the options that its posted JSON has beside the rows.

    A large body is parsed in the worker alone. Raises BadRequest and NotFound.
    """
    if request.body is None or request.content_type != JSON:
        return request
    try:
        body = (incoming / request.body).read_bytes()
    except FileNotFoundError:
        # reported where the rows are read
        return request
    options = parse_request(body)
    if options.source != "rows":
        raise BadRequest('The body has no "data".')
    check(options, model)
    request = msgspec.structs.replace(
        request, name=options.name, tags=options.tags, comment=options.comment
    )
    if request.need_truth:
        return request
    return msgspec.structs.replace(
        request, publish=request.publish or options.publish, reference=options.reference
    )


def check(request: EvaluationRequest, model: MonitoredModel) -> None:
    """Reject what can't be evaluated. Raises BadRequest and NotFound."""
    windows = [window.name for window in model.windows()]
    reference = request.reference
    for name in (request.window, reference.window):
        if name is not None and name not in windows:
            raise NotFound(f"There is no window {name!r}. There are: {', '.join(windows)}.")
    if reference.match is not None and reference.match not in model.alike:
        groups = "; ".join(f"{name}: {', '.join(inputs)}" for name, inputs in model.alike.items())
        raise BadRequest(f'There is no "match" {reference.match!r}. There are: {groups}.')
    sources = ("window", "upload", "interval", "hours_before")
    choices = [name for name in sources if getattr(reference, name) is not None]
    if len(choices) > 1:
        raise BadRequest(f"Give at most one reference of {', '.join(sources)}; given: {choices}.")
    if reference.hours_before is not None:
        _check_hours("hours_before", reference.hours_before)
        if request.source != "log":
            raise BadRequest('"hours_before" needs current rows of the prediction log.')
    for interval in (request.interval, reference.interval):
        if interval is not None:
            interval.stretch(request.by)


def check_annotation(tags: tuple[str, ...], comment: str | None) -> None:
    """Raise BadRequest for too many or too long tags, or a comment that is too long."""
    if len(tags) > MAX_TAGS or any(not 0 < len(tag) <= MAX_TAG_LENGTH for tag in tags):
        raise BadRequest(f"Give at most {MAX_TAGS} tags of 1 to {MAX_TAG_LENGTH} characters.")
    if comment is not None and len(comment) > MAX_COMMENT_LENGTH:
        raise BadRequest(f"A comment has at most {MAX_COMMENT_LENGTH:,} characters.")


def _check_numbers(request: EvaluationRequest) -> None:
    if request.last_hours is not None:
        _check_hours("last_hours", request.last_hours)
    if request.last_rows is not None and request.last_rows < 1:
        raise BadRequest('"last_rows" must be 1 or more.')


def _check_hours(name: str, hours: float) -> None:
    if not 0 < hours <= MAX_HOURS:
        raise BadRequest(f'"{name}" must be more than 0 and at most {MAX_HOURS:g}.')
