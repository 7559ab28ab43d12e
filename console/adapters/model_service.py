"""A model service over HTTP: windows, evaluations and their reports."""

from typing import Any, TypeVar

import msgspec
import requests

from console.errors import RequestRejected, SourceFailed, SourceTimedOut, SourceUnreachable
from evaluation.compare import Comparison
from evaluation.result import Evaluation

T = TypeVar("T")
NAME, SETTING = "The model service", "BELVEDERE_MODEL_SERVICE_URLS"
# an evaluation that is waited for takes longer than what is only read
EVALUATION_SECONDS = 120.0
CONTENT_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


class EvaluationStatus(msgspec.Struct, kw_only=True):
    """An evaluation as the service answers it; progress is between 0 and 1."""

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
    """An evaluation that is repeated; times are epoch seconds."""

    schedule_id: str
    every_minutes: float
    next_at: float
    evaluation: dict[str, Any] | str
    last_evaluation_id: str | None = None
    last_problem: str | None = None


class _Schedules(msgspec.Struct):
    schedules: list[Schedule]


class EvaluationPage(msgspec.Struct):
    """Some evaluations, newest first, of `total`."""

    evaluations: list[EvaluationStatus]
    total: int


class ModelService:
    """One service; raises SourceError when it can't answer, RequestRejected when it refuses."""

    def __init__(self, url: str, timeout_seconds: float, token: str | None) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._session = requests.Session()
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def windows(self) -> list[dict[str, Any]]:
        found: dict[str, list[dict[str, Any]]] = self._ask("GET", "/windows").json()
        return found["windows"]

    def start(self, asked: dict[str, Any]) -> str:
        """Start an evaluation of a window or of the log; its id."""
        return str(self._ask("POST", "/evaluations", json=asked).json()["evaluation_id"])

    def keep(self, file_name: str, content: bytes) -> str:
        """Keep a CSV or Parquet file at the service, for evaluations to name; its id."""
        kind = file_name.rpartition(".")[2].lower()
        headers = {"Content-Type": CONTENT_TYPES[kind]}
        answer = self._ask("POST", "/uploads", data=content, headers=headers)
        return str(answer.json()["upload_id"])

    def rerun(self, evaluation_id: str) -> str:
        """The same again; its new id. Raises RequestRejected when its rows are not kept."""
        answer = self._ask("POST", f"/evaluations/{evaluation_id}/rerun")
        return str(answer.json()["evaluation_id"])

    def annotate(self, evaluation_id: str, tags: list[str], comment: str) -> None:
        body = {"tags": tags, "comment": comment}
        self._ask("PATCH", f"/evaluations/{evaluation_id}", json=body)

    def compare(self, first: str, second: str) -> Comparison:
        """What changed from the first to the second; both have succeeded."""
        asked = f"/evaluations/{first}/compare/{second}"
        return self._decoded(self._ask("GET", asked), Comparison, asked)

    def schedules(self) -> list[Schedule]:
        return self._decoded(self._ask("GET", "/schedules"), _Schedules, "/schedules").schedules

    def add_schedule(self, every_minutes: float, asked: dict[str, Any], publish: bool) -> None:
        """Evaluate a live window every so many minutes, the first time at once."""
        body = {"every_minutes": every_minutes, "evaluation": asked, "publish": publish}
        self._ask("POST", "/schedules", json=body)

    def remove_schedule(self, schedule_id: str) -> None:
        self._ask("DELETE", f"/schedules/{schedule_id}")

    def status(self, evaluation_id: str) -> EvaluationStatus:
        asked = f"/evaluations/{evaluation_id}"
        return self._decoded(self._ask("GET", asked), EvaluationStatus, asked)

    def page(self, limit: int, offset: int = 0, **filters: str) -> EvaluationPage:
        """Evaluations newest first, without their results; `filters` go to the service as are."""
        params = {"limit": limit, "offset": offset, **filters}
        answer = self._ask("GET", "/evaluations", params=params)
        return self._decoded(answer, EvaluationPage, "/evaluations")

    def recent(self, limit: int) -> list[EvaluationStatus]:
        """The newest evaluations, without their results."""
        return self.page(limit).evaluations

    def about(self) -> dict[str, Any]:
        """The model as its service describes it: features with their ranges, thresholds."""
        found: dict[str, Any] = self._ask("GET", "/model").json()
        return found

    def predictions(self, limit: int) -> list[dict[str, Any]]:
        """Rows of the prediction log, oldest first."""
        answer = self._ask("GET", "/predictions", params={"limit": limit}).json()
        found: list[dict[str, Any]] = answer["predictions"]
        return found

    def trigger_drift(self, expires_seconds: float) -> dict[str, Any]:
        """Have real rows of another time evaluated, marked synthetic, to test the alerts."""
        body = {"expires_seconds": expires_seconds}
        answer = self._ask("POST", "/trigger-drift", timeout=EVALUATION_SECONDS, json=body)
        found: dict[str, Any] = answer.json()
        return found

    def cancel(self, evaluation_id: str) -> None:
        """Stop it. Raises RequestRejected when it has already ended."""
        self._ask("DELETE", f"/evaluations/{evaluation_id}")

    def report(self, evaluation_id: str, file: str) -> bytes:
        """A file of an evaluation: report.html, report.json, features.csv or rows.parquet."""
        return self._ask("GET", f"/evaluations/{evaluation_id}/{file}").content

    def _decoded(self, answer: requests.Response, kind: type[T], asked: str) -> T:
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError as error:
            what = f"{answer.status_code} and something else than expected ({error})"
            raise SourceFailed(NAME, self.url, what, asked) from error

    def _ask(
        self, method: str, path: str, *, timeout: float | None = None, **options: Any
    ) -> requests.Response:
        asked = f"{method} {path}"
        timeout = timeout or self._timeout
        try:
            response = self._session.request(method, self.url + path, timeout=timeout, **options)
        except requests.Timeout as error:
            raise SourceTimedOut(NAME, self.url, timeout, asked) from error
        except requests.RequestException as error:
            raise SourceUnreachable(NAME, self.url, SETTING) from error
        if response.status_code >= 500:
            what = f"{response.status_code}: {_words(response)}"
            raise SourceFailed(NAME, self.url, what, asked)
        if response.status_code >= 400:
            raise RequestRejected(response.status_code, _words(response))
        return response


def _words(response: requests.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return response.text[:300]
    return str(body.get("message") or body.get("detail") or body)[:600]
