"""What somebody asks to be evaluated: posted rows, a named window, the log, or a drifted batch."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from model_service.errors import BadRequest
from model_service.rows import parse_json

Source = Literal["rows", "window", "log", "drifted"]
MOST_HOURS = 24 * 366.0


@dataclass(frozen=True)
class EvaluationRequest:
    """`body` rows are in a file of their own, of `content_type`; `need_truth` refuses rows
    without the target; `publish` sets the gauges."""

    source: Source
    content_type: str = "application/json"
    window: str | None = None
    last_hours: float | None = None
    drift_kind: str | None = None
    name: str | None = None
    publish: bool = False
    synthetic: bool = False
    need_truth: bool = False

    def words(self) -> str:
        """Where the current data come from, for a person."""
        if self.source == "window":
            return f"window {self.window}"
        if self.source == "log":
            return f"prediction log, last {self.last_hours:g} h"
        if self.source == "drifted":
            return f"synthetic batch: {self.drift_kind}"
        uploads = {"text/csv": "uploaded CSV", "application/vnd.apache.parquet": "uploaded Parquet"}
        return uploads.get(self.content_type, "posted rows")


class _Asked(msgspec.Struct, kw_only=True):
    data: msgspec.Raw = msgspec.Raw(b"")
    window: str | None = None
    last_hours: float | None = None
    evaluation_period_name: str | None = None
    publish: bool = False


def asked_for(body: bytes) -> EvaluationRequest:
    """Read what a JSON body asks for, its rows left alone. Raises BadRequest."""
    try:
        asked = msgspec.json.decode(body, type=_Asked)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The body is not what is expected here: {error}.") from None
    except msgspec.MsgspecError:
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
    given = [name for name in ("window", "last_hours") if getattr(asked, name) is not None]
    if bytes(asked.data):
        given.insert(0, "data")
    if len(given) != 1:
        raise BadRequest(
            'Say what to evaluate by exactly one of "data" (rows), "window" (a name from '
            f'GET /windows) and "last_hours" (of the prediction log); given: {given or "none"}.'
        )
    if asked.last_hours is not None and not 0 < asked.last_hours <= MOST_HOURS:
        raise BadRequest(f'"last_hours" must be more than 0 and at most {MOST_HOURS:g}.')
    sources: dict[str, Source] = {"data": "rows", "window": "window", "last_hours": "log"}
    return EvaluationRequest(
        source=sources[given[0]],
        window=asked.window,
        last_hours=asked.last_hours,
        name=asked.evaluation_period_name,
        publish=asked.publish,
    )
