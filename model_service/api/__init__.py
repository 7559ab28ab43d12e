"""The routes of the API, one file for each subject; `Service` is what they work on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from fastapi import Request, Response
from prometheus_client import CollectorRegistry

from model_service.errors import TooLarge
from model_service.evaluations.schedules import Schedules
from model_service.evaluations.service import Evaluations
from model_service.evaluations.uploads import Uploads
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.base import MonitoredModel
from model_service.predictions.log import PredictionLog
from model_service.settings import Settings

SMALL_BODY_BYTES = 65_536


@dataclass(frozen=True)
class Service:
    """The running components that the routes use. The application's lifespan creates them."""

    model: MonitoredModel
    settings: Settings
    registry: CollectorRegistry
    metrics: ServiceMetrics
    log: PredictionLog
    evaluations: Evaluations
    schedules: Schedules

    @property
    def incoming(self) -> Path:
        """The folder in which the bodies of evaluations wait for the worker."""
        return self.settings.incoming(self.model.name)

    @property
    def uploads(self) -> Uploads:
        return Uploads(self.settings.uploads(self.model.name))


def service_of(request: Request) -> Service:
    """Return the running service that a request reached."""
    service: Service = request.app.state.service
    return service


def answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return JSON encoded by msgspec: NaN becomes null, and large documents are fast."""
    return Response(msgspec.json.encode(content), status, headers, "application/json")


def schema_ref(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def responds(name: str, text: str) -> dict[int | str, dict[str, Any]]:
    """Describe the 200 response for OpenAPI, its schema by name (see openapi.py)."""
    return {200: {"description": text, "content": schema_ref(name)}}


def reads(name: str) -> dict[str, Any]:
    """Describe the JSON request body for OpenAPI, its schema by name."""
    return {"requestBody": {"required": True, "content": schema_ref(name)}}


async def small_body(request: Request, limit: int = SMALL_BODY_BYTES) -> bytes:
    """Return the body of a request. Raises TooLarge past `limit` bytes, before reading the rest."""
    length = request.headers.get("content-length")
    if length is not None and length.isdecimal() and int(length) <= limit:
        return await request.body()
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"The body is larger than the limit of {limit:,} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)
