"""The evaluations of one model by the console, with the interface of a service's."""

import uuid
from datetime import datetime
from typing import Any

import msgspec

from console.adapters.model_service import EvaluationPage, EvaluationStatus
from console.errors import RequestRejected
from console.evaluations.local_store import LocalStore
from console.evaluations.request import EvaluationRequest, Origin
from evaluation.compare import compare
from evaluation.errors import QueueFull, RequestUnreadable
from evaluation.jobs.status import JobStatus, stored_status
from evaluation.report.csv import features_csv
from evaluation.result import Comparison, Evaluation
from evaluation.store.records import Filter, Stored, epoch
from evaluation.store.report_files import Kind

MAX_QUEUED = 20
FILES: dict[str, Kind] = {
    "report.html": "html", "report.json": "json", "rows.parquet": "parquet",
}  # fmt: skip
CONSOLE = "The console"


class LocalEvaluations:
    """Raises RequestRejected for what is refused, EvaluationStoreUnavailable for the rest."""

    def __init__(self, model: str, local: LocalStore) -> None:
        self.model = model
        self._local = local

    @property
    def url(self) -> str:
        return f"own:{self.model}"

    def start(self, request: EvaluationRequest, *, rerun_of: str | None = None) -> str:
        """Queue an evaluation; return its id."""
        stored = Stored(
            id=uuid.uuid4().hex, model=self.model, model_version="", name=request.name,
            source=request.current.words(), state="queued", publish=False, synthetic=False,
            created_at=epoch(), request=msgspec.json.encode(request).decode(), rerun_of=rerun_of,
            tags=request.tags,
        )  # fmt: skip
        try:
            with self._local.explained():
                usual = self._local.statuses.usual_seconds(self.model)
                self._local.queue.add(stored, MAX_QUEUED, max(1, round(usual)))
        except QueueFull as error:
            raise RequestRejected(429, str(error), CONSOLE) from error
        self._local.dispatcher.wake()
        return stored.id

    def upload(self, file_name: str, content: bytes) -> str:
        """Store an uploaded file for evaluations; return its id."""
        with self._local.explained():
            return self._local.row_sources.store_upload(file_name, content)

    def last_request(self) -> EvaluationRequest | None:
        """Return the last request, whose column roles are proposed for the next one."""
        with self._local.explained():
            page, _ = self._local.store.page(model=self.model, limit=1)
            stored = self._local.store.get(page[0].id) if page else None
        try:
            return None if stored is None else stored.read_request(EvaluationRequest)
        except RequestUnreadable:
            return None

    def rerun(self, evaluation_id: str) -> str:
        """Queue the same request under a new id, which is returned."""
        try:
            request = self._get(evaluation_id).read_request(EvaluationRequest)
        except RequestUnreadable as error:
            raise RequestRejected(409, str(error), CONSOLE) from error
        for origin in (request.reference, request.current):
            self._check_upload(origin)
        return self.start(request, rerun_of=evaluation_id)

    def cancel(self, evaluation_id: str) -> None:
        """End a queued or running evaluation."""
        stored = self._get(evaluation_id)
        with self._local.explained():
            is_cancelled = self._local.queue.cancel(evaluation_id)
        if not is_cancelled:
            raise RequestRejected(409, f"It is {stored.state} and can't be cancelled.", CONSOLE)
        self._local.dispatcher.stop_worker(evaluation_id)

    def annotate(self, evaluation_id: str, tags: list[str], comment: str) -> None:
        """Replace the tags and the comment of an evaluation."""
        with self._local.explained():
            self._local.store.annotate(evaluation_id, comment=comment, labels=tags)

    def compare(self, first: str, second: str) -> Comparison:
        """Compare the results of two evaluations."""
        return compare(self._result(first), self._result(second))

    def status(self, evaluation_id: str) -> EvaluationStatus:
        """Return the status of an evaluation, with its result when it has one."""
        stored = self._get(evaluation_id)
        with self._local.explained():
            status = _status(stored, self._local.statuses.read(stored))
        status.result = stored.evaluation()
        return status

    def page(self, limit: int, offset: int = 0, **filters: str) -> EvaluationPage:
        """Return a page, newest first, without results; the filters are those of a service."""
        where = Filter(
            state=filters.get("state"), verdict=filters.get("verdict"), tag=filters.get("tag"),
            text=filters.get("text"),
            published={"true": True, "false": False}.get(filters.get("published", "")),
            since=_epoch(filters.get("since")), until=_epoch(filters.get("until")),
        )  # fmt: skip
        with self._local.explained():
            page, total = self._local.store.page(
                model=self.model, limit=limit, offset=offset, where=where
            )
        return EvaluationPage([_status(stored, stored_status(stored)) for stored in page], total)

    def recent(self, limit: int) -> list[EvaluationStatus]:
        """Return the newest evaluations, without results."""
        return self.page(limit).evaluations

    def describe(self) -> dict[str, Any]:
        """Return the thresholds of the last evaluation, as a service describes its model."""
        request = self.last_request()
        limits = {} if request is None else msgspec.to_builtins(request.schema.thresholds)
        return {"thresholds": {name: limit for name, limit in limits.items() if limit is not None}}

    def report(self, evaluation_id: str, file: str) -> bytes:
        """Return a file of a finished evaluation."""
        result = self._result(evaluation_id)
        if file == "features.csv":
            return features_csv(result).encode()
        path = self._local.store.files.path(evaluation_id, FILES[file])
        try:
            return path.read_bytes()
        except OSError as error:
            raise RequestRejected(
                404, f"{file} is no longer stored ({error.strerror}).", CONSOLE
            ) from error

    def _get(self, evaluation_id: str) -> Stored:
        with self._local.explained():
            stored = self._local.store.get(evaluation_id)
        if stored is None or stored.model != self.model:
            raise RequestRejected(404, f"There is no evaluation {evaluation_id!r}.", CONSOLE)
        return stored

    def _result(self, evaluation_id: str) -> Evaluation:
        stored = self._get(evaluation_id)
        result = stored.evaluation()
        if result is None:
            raise RequestRejected(409, f"It is {stored.state}: it has no report.", CONSOLE)
        return result

    def _check_upload(self, origin: Origin) -> None:
        """Uploads are stored for a week; the job itself reports what else is missing."""
        if origin.upload and not (self._local.row_sources.uploads / origin.upload).exists():
            message = f"The upload {origin.file_name} is no longer stored: send the file again."
            raise RequestRejected(409, message, CONSOLE)


def _status(stored: Stored, status: JobStatus) -> EvaluationStatus:
    return EvaluationStatus(
        evaluation_id=stored.id, state=status.state, stage=status.stage, progress=status.progress,
        ahead=status.ahead, remaining_seconds=status.remaining_seconds, name=stored.name,
        source=stored.source, verdict=stored.verdict, created_at=stored.created_at,
        published=stored.publish, synthetic=stored.synthetic, tags=list(stored.tags),
        comment=stored.comment, error=stored.error,
        rerun_url=f"/evaluations/{stored.id}/rerun" if stored.can_rerun else None,
    )  # fmt: skip


def _epoch(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()
