"""Calls the HTTP API of a model service: evaluations, reports, schedules, predictions."""

import io
from typing import Any, TypeVar

import msgspec
import pandas as pd
import requests

from console.adapters.service_http import NAME, ServiceHttp
from console.errors import SourceFailed
from evaluation.result import Comparison, Evaluation

T = TypeVar("T")
# POST /trigger-drift evaluates before it returns
EVALUATION_SECONDS = 120.0
CONTENT_TYPES = {
    "csv": "text/csv", "parquet": "application/vnd.apache.parquet", "zip": "application/zip",
}  # fmt: skip


class EvaluationStatus(msgspec.Struct, kw_only=True):
    """The state of an evaluation as the service returns it; progress is between 0 and 1."""

    evaluation_id: str
    state: str
    stage: str = ""
    progress: float = 0.0
    ahead: int = 0
    name: str = ""
    source: str = ""
    verdict: str | None = None
    model_version: str = ""
    created_at: float = 0.0
    published: bool = False
    synthetic: bool = False
    remaining_seconds: float | None = None
    tags: list[str] = []
    comment: str | None = None
    schedule_id: str | None = None
    rerun_url: str | None = None
    error: dict[str, Any] | None = None
    result: Evaluation | None = None

    @property
    def running(self) -> bool:
        return self.state in ("queued", "running")


class Schedule(msgspec.Struct, kw_only=True):
    """A repeated evaluation; times are epoch seconds."""

    schedule_id: str
    every_minutes: float
    next_at: float
    evaluation: dict[str, Any] | str
    last_evaluation_id: str | None = None
    last_problem: str | None = None


class _Schedules(msgspec.Struct):
    schedules: list[Schedule]


class EvaluationPage(msgspec.Struct):
    """Some of `total` evaluations, newest first."""

    evaluations: list[EvaluationStatus]
    total: int


class ModelService:
    """A client for one service. Thread-safe.

    Every method raises SourceError if the service can't answer, and RequestRejected if it rejects
    the request.
    """

    def __init__(self, url: str, timeout_seconds: float, token: str | None) -> None:
        self._http = ServiceHttp(url, timeout_seconds, token)
        self.url = self._http.url

    def windows(self) -> list[dict[str, Any]]:
        """Return the windows of rows that the service offers for an evaluation."""
        return list(self._request("GET", "/windows").json()["windows"])

    def start(self, request: dict[str, Any]) -> str:
        """Start an evaluation and return its id; `request` is the body of POST /evaluations."""
        return str(self._request("POST", "/evaluations", json=request).json()["evaluation_id"])

    def upload(self, file_name: str, content: bytes) -> str:
        """Upload a CSV or Parquet file, or a zip of pictures, for evaluations and return its id."""
        file_type = file_name.rpartition(".")[2].lower()
        headers = {"Content-Type": CONTENT_TYPES[file_type]}
        response = self._request("POST", "/uploads", data=content, headers=headers)
        return str(response.json()["upload_id"])

    def rerun(self, evaluation_id: str) -> str:
        """Run the same evaluation again and return its new id.

        Raises RequestRejected if its rows are no longer stored.
        """
        response = self._request("POST", f"/evaluations/{evaluation_id}/rerun")
        return str(response.json()["evaluation_id"])

    def annotate(self, evaluation_id: str, tags: list[str], comment: str) -> None:
        """Replace the tags and the comment of an evaluation."""
        self._request(
            "PATCH", f"/evaluations/{evaluation_id}", json={"tags": tags, "comment": comment}
        )

    def compare(self, first: str, second: str) -> Comparison:
        """Compare two evaluations that have succeeded, by their ids."""
        return self._get(f"/evaluations/{first}/compare/{second}", Comparison)

    def schedules(self) -> list[Schedule]:
        """Return all schedules of the service."""
        return self._get("/schedules", _Schedules).schedules

    def add_schedule(self, every_minutes: float, request: dict[str, Any], publish: bool) -> None:
        """Repeat an evaluation of a live window; the first one starts now."""
        body = {"every_minutes": every_minutes, "evaluation": request, "publish": publish}
        self._request("POST", "/schedules", json=body)

    def remove_schedule(self, schedule_id: str) -> None:
        """Stop repeating an evaluation."""
        self._request("DELETE", f"/schedules/{schedule_id}")

    def status(self, evaluation_id: str) -> EvaluationStatus:
        """Return the state of an evaluation, with its result once it has succeeded."""
        return self._get(f"/evaluations/{evaluation_id}", EvaluationStatus)

    def page(self, limit: int, offset: int = 0, **filters: str) -> EvaluationPage:
        """Return a page of evaluations, newest first, without their results.

        `filters` are query parameters of GET /evaluations.
        """
        params = {"limit": limit, "offset": offset, **filters}
        return self._get("/evaluations", EvaluationPage, params=params)

    def recent(self, limit: int) -> list[EvaluationStatus]:
        """Return the newest evaluations, without their results."""
        return self.page(limit).evaluations

    def describe(self) -> dict[str, Any]:
        """Describe the model, from GET /model: features with their ranges, thresholds."""
        return dict(self._request("GET", "/model").json())

    def predictions(self, limit: int) -> list[dict[str, Any]]:
        """Return the last rows of the prediction log, oldest first."""
        response = self._request("GET", "/predictions", params={"limit": limit})
        return list(response.json()["predictions"])

    def trigger_drift(self, expires_seconds: float) -> dict[str, Any]:
        """Evaluate real rows of another season, marked synthetic, to test the alerts."""
        body = {"expires_seconds": expires_seconds}
        response = self._request("POST", "/trigger-drift", timeout=EVALUATION_SECONDS, json=body)
        return dict(response.json())

    def cancel(self, evaluation_id: str) -> None:
        """Cancel an evaluation. Raises RequestRejected if it has already ended."""
        self._request("DELETE", f"/evaluations/{evaluation_id}")

    def report(self, evaluation_id: str, file: str) -> bytes:
        """Return report.html, report.json, features.csv or rows.parquet of an evaluation."""
        return self._request("GET", f"/evaluations/{evaluation_id}/{file}").content

    def scored_rows(self, evaluation_id: str) -> pd.DataFrame:
        """Return the current rows of an evaluation with their predictions."""
        content = self.report(evaluation_id, "rows.parquet")
        try:
            return pd.read_parquet(io.BytesIO(content))
        except (ValueError, OSError) as error:
            problem = f"a file that is not Parquet ({error})"
            raise SourceFailed(NAME, self.url, problem, "rows.parquet") from error

    def _get(self, path: str, type_: type[T], **options: Any) -> T:
        response = self._http.request("GET", path, **options)
        try:
            return msgspec.json.decode(response.content, type=type_)
        except msgspec.MsgspecError as error:
            problem = f"{response.status_code} with an unexpected body ({error})"
            raise SourceFailed(NAME, self.url, problem, path) from error

    def _request(
        self, method: str, path: str, *, timeout: float | None = None, **options: Any
    ) -> requests.Response:
        return self._http.request(method, path, timeout=timeout, **options)
