"""The evaluations of one model by the console, asked as a service's are."""

import uuid
from datetime import datetime
from typing import Any

import msgspec

from console.adapters.model_service import EvaluationPage, EvaluationStatus
from console.errors import RequestRejected
from console.evaluations.local_store import OwnStore
from console.evaluations.request import Asked, Origin
from evaluation.compare import Comparison, compare
from evaluation.errors import QueueFull
from evaluation.report.csv import features_csv
from evaluation.result import Evaluation
from evaluation.store.report_files import Kind
from evaluation.store.store import Filter, Stored, epoch

MOST_WAITING = 20
FIRST_GUESS_SECONDS = 8.0
FILES: dict[str, Kind] = {
    "report.html": "html", "report.json": "json", "rows.parquet": "parquet",
}  # fmt: skip
OWN = "The console"


class OwnEvaluations:
    """One model's; raises RequestRejected for what can't be, EvaluationsNotKept for the rest."""

    def __init__(self, model: str, own: OwnStore) -> None:
        self.model = model
        self._own = own

    @property
    def url(self) -> str:
        return f"own:{self.model}"

    def start(self, asked: Asked, *, rerun_of: str | None = None) -> str:
        """Queue an evaluation; its id."""
        new = Stored(
            id=uuid.uuid4().hex, model=self.model, model_version="", name=asked.name,
            source=asked.current.words(), state="queued", publish=False, synthetic=False,
            created_at=epoch(), request=msgspec.json.encode(asked).decode(), rerun_of=rerun_of,
            tags=asked.tags,
        )  # fmt: skip
        try:
            with self._own.explained():
                self._own.queue.add(new, MOST_WAITING, round(self._usual()))
        except QueueFull as error:
            raise RequestRejected(429, str(error), OWN) from error
        self._own.dispatcher.wake()
        return new.id

    def keep(self, file_name: str, content: bytes) -> str:
        """Keep an uploaded file for evaluations; its id."""
        with self._own.explained():
            return self._own.places.keep(file_name, content)

    def last_asked(self) -> Asked | None:
        """What was asked last, so that its columns need not be told again."""
        with self._own.explained():
            found, _ = self._own.store.page(model=self.model, limit=1)
            stored = self._own.store.get(found[0].id) if found else None
        try:
            return None if stored is None else msgspec.json.decode(stored.request or "", type=Asked)
        except msgspec.MsgspecError:
            return None

    def rerun(self, evaluation_id: str) -> str:
        stored = self._get(evaluation_id)
        try:
            asked = msgspec.json.decode(stored.request or "", type=Asked)
        except msgspec.MsgspecError as error:
            raise RequestRejected(
                409, f"What was asked can't be read back: {error}", OWN
            ) from error
        for origin in (asked.reference, asked.current):
            self._still_there(origin)
        return self.start(asked, rerun_of=evaluation_id)

    def cancel(self, evaluation_id: str) -> None:
        stored = self._get(evaluation_id)
        with self._own.explained():
            done = self._own.queue.cancel(evaluation_id)
        if not done:
            raise RequestRejected(409, f"It is {stored.state} and can't be cancelled.", OWN)
        self._own.dispatcher.wake()

    def annotate(self, evaluation_id: str, tags: list[str], comment: str) -> None:
        with self._own.explained():
            self._own.store.annotate(evaluation_id, comment=comment, labels=tags)

    def compare(self, first: str, second: str) -> Comparison:
        return compare(self._result(first), self._result(second))

    def status(self, evaluation_id: str) -> EvaluationStatus:
        stored = self._get(evaluation_id)
        with self._own.explained():
            ahead = self._own.queue.ahead(stored) if stored.state == "queued" else 0
        status = _status(stored)
        status.ahead, status.result = ahead, stored.evaluation()
        if status.running:
            usual = self._usual()
            elapsed = epoch() - (stored.started_at or epoch())
            left = usual - elapsed if stored.state == "running" else (ahead + 1) * usual
            status.remaining_seconds = max(1.0, left)
        return status

    def page(self, limit: int, offset: int = 0, **filters: str) -> EvaluationPage:
        """Newest first, without results; the filters are those of a service."""
        where = Filter(
            state=filters.get("state"), verdict=filters.get("verdict"), tag=filters.get("tag"),
            text=filters.get("text"),
            published={"true": True, "false": False}.get(filters.get("published", "")),
            since=_epoch(filters.get("since")), until=_epoch(filters.get("until")),
        )  # fmt: skip
        with self._own.explained():
            found, total = self._own.store.page(
                model=self.model, limit=limit, offset=offset, where=where
            )
        return EvaluationPage([_status(stored) for stored in found], total)

    def recent(self, limit: int) -> list[EvaluationStatus]:
        return self.page(limit).evaluations

    def describe(self) -> dict[str, Any]:
        """The thresholds that its last evaluation was held against."""
        asked = self.last_asked()
        held = {} if asked is None else msgspec.to_builtins(asked.roles.thresholds)
        return {"thresholds": {name: value for name, value in held.items() if value is not None}}

    def report(self, evaluation_id: str, file: str) -> bytes:
        result = self._result(evaluation_id)
        if file == "features.csv":
            return features_csv(result).encode()
        path = self._own.store.files.path(evaluation_id, FILES[file])
        try:
            return path.read_bytes()
        except OSError as error:
            raise RequestRejected(
                404, f"{file} is no longer kept ({error.strerror}).", OWN
            ) from error

    def _get(self, evaluation_id: str) -> Stored:
        with self._own.explained():
            stored = self._own.store.get(evaluation_id)
        if stored is None or stored.model != self.model:
            raise RequestRejected(404, f"There is no evaluation {evaluation_id!r}.", OWN)
        return stored

    def _result(self, evaluation_id: str) -> Evaluation:
        stored = self._get(evaluation_id)
        found = stored.evaluation()
        if found is None:
            raise RequestRejected(409, f"It is {stored.state}: it has no report.", OWN)
        return found

    def _still_there(self, origin: Origin) -> None:
        """An upload is kept for a week; what else is missing, the job itself says."""
        if origin.upload is not None and not (self._own.places.uploads / origin.upload).exists():
            words = f"The upload {origin.file_name} is not kept any more: send the file again."
            raise RequestRejected(409, words, OWN)

    def _usual(self) -> float:
        return self._own.store.usual_seconds(self.model) or FIRST_GUESS_SECONDS


def _status(stored: Stored) -> EvaluationStatus:
    again = stored.state in ("interrupted", "failed", "cancelled")
    return EvaluationStatus(
        evaluation_id=stored.id, state=stored.state, stage=stored.stage or stored.state,
        progress=1.0 if stored.done else (stored.progress or 0.0), name=stored.name,
        source=stored.source, verdict=stored.verdict, created_at=stored.created_at,
        published=stored.publish, synthetic=stored.synthetic, tags=list(stored.tags),
        comment=stored.comment, error=stored.error,
        rerun_url=f"/evaluations/{stored.id}/rerun" if again else None,
    )  # fmt: skip


def _epoch(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()
