"""Tries a model over HTTP: predictions, feedback, sample pictures and thumbnails."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from console.adapters.service_http import NAME, ServiceHttp
from console.errors import InputUnknown, RequestRejected, SourceFailed
from console.openapi.service_api import FEEDBACK, SAMPLES, Endpoint, ServiceApi, read_api

OPENAPI = "/openapi.json"


@dataclass(frozen=True)
class Picture:
    """A picture as a person chose it."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Sample:
    """A sample picture of the service: its class, and where its content is."""

    name: str
    label: str
    url: str


@dataclass(frozen=True)
class ModelCard:
    """All classes of a model, and the confidence below which it marks a prediction."""

    classes: tuple[str, ...] = ()
    low_confidence: float | None = None


@dataclass(frozen=True)
class Reply:
    """The body of an answer, and the time from the request to it."""

    body: dict[str, Any]
    seconds: float


class PredictionService:
    """A client for one service. Thread-safe; sends each request once.

    Every method raises SourceError if the service can't answer, and RequestRejected if it rejects
    the request.
    """

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http
        self.url = http.url

    def api(self) -> ServiceApi:
        """Return what the service takes. Raises InputUnknown if it does not say so by OpenAPI."""
        try:
            response = self._http.request("GET", OPENAPI)
        except RequestRejected as error:
            raise InputUnknown(self.url, f"is missing ({error.status}).") from error
        try:
            api = read_api(response.json())
        except ValueError:
            api = None
        if api is None:
            raise InputUnknown(self.url, "is not an OpenAPI document.")
        return api

    def predict_row(self, endpoint: Endpoint, row: Mapping[str, Any]) -> Reply:
        """Predict for one record."""
        return self._post(endpoint.path, json=row)

    def predict_picture(self, endpoint: Endpoint, picture: Picture) -> Reply:
        """Predict for one picture, sent as the endpoint takes it."""
        assert endpoint.picture is not None
        part = endpoint.picture.part
        if part is not None:
            file = (picture.name, picture.content, picture.media_type)
            return self._post(endpoint.path, files={part: file})
        headers = {"Content-Type": picture.media_type}
        return self._post(endpoint.path, data=picture.content, headers=headers)

    def send_feedback(self, body: Mapping[str, Any]) -> None:
        """Send a vote on a prediction, or its ground truth."""
        self._http.request("POST", FEEDBACK, json=body)

    def card(self) -> ModelCard:
        """Return what GET /model says of the classes; empty for a service without it."""
        try:
            about = self._http.request("GET", "/model").json()
        except (RequestRejected, ValueError):
            return ModelCard()
        if not isinstance(about, dict):
            return ModelCard()
        names, thresholds = about.get("classes") or [], about.get("thresholds") or {}
        low = thresholds.get("low_confidence") if isinstance(thresholds, dict) else None
        return ModelCard(
            tuple(str(name) for name in names) if isinstance(names, list) else (),
            float(low) if isinstance(low, int | float) else None,
        )

    def samples(self) -> list[Sample]:
        """Return the sample pictures of the service."""
        response = self._http.request("GET", SAMPLES)
        try:
            return [
                Sample(str(item["name"]), str(item.get("label") or ""), str(item["url"]))
                for item in response.json()["samples"]
            ]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SourceFailed(NAME, self.url, f"an unexpected body ({error})", SAMPLES) from error

    def picture(self, sample: Sample) -> Picture:
        """Return the content of a sample picture."""
        # only paths of this service: its answer names them
        response = self._http.request("GET", "/" + sample.url.lstrip("/"))
        media_type = response.headers.get("Content-Type", "application/octet-stream")
        return Picture(sample.name.rpartition("/")[2], response.content, media_type)

    def thumbnail(self, prediction_id: str) -> bytes | None:
        """Return the thumbnail of a logged picture; None if the service does not have it."""
        try:
            return self._http.request("GET", f"/thumbnails/{quote(prediction_id, '')}").content
        except RequestRejected:
            return None

    def _post(self, path: str, **options: Any) -> Reply:
        start = time.perf_counter()
        response = self._http.request("POST", path, **options)
        seconds = time.perf_counter() - start
        try:
            body = response.json()
        except ValueError as error:
            raise SourceFailed(NAME, self.url, "a body that is not JSON", path) from error
        return Reply(body if isinstance(body, dict) else {"prediction": body}, seconds)
