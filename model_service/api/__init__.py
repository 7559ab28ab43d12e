"""The routes of the API, a file each; `Service` is what they work on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry

from model_service.evaluations.schedules import Schedules
from model_service.evaluations.service import Evaluations
from model_service.evaluations.uploads import Uploads
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.base import MonitoredModel
from model_service.predictions.log import PredictionLog
from model_service.settings import Settings


@dataclass
class Service:
    """What every route may use; the log and what follows it are there once the service runs."""

    model: MonitoredModel
    settings: Settings
    registry: CollectorRegistry
    metrics: ServiceMetrics
    log: PredictionLog | None = None
    evaluations: Evaluations | None = None
    schedules: Schedules | None = None

    @property
    def incoming(self) -> Path:
        """Where the bodies of evaluations wait for the worker."""
        return self.settings.incoming(self.model.name)

    @property
    def started_log(self) -> PredictionLog:
        assert self.log is not None, "the service has not started"
        return self.log

    @property
    def started_evaluations(self) -> Evaluations:
        assert self.evaluations is not None, "the service has not started"
        return self.evaluations

    @property
    def started_schedules(self) -> Schedules:
        assert self.schedules is not None, "the service has not started"
        return self.schedules

    @property
    def uploads(self) -> Uploads:
        return Uploads(self.settings.uploads(self.model.name))


RouterMaker = Callable[[Service, list[Any]], APIRouter]


def answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON by msgspec: NaN becomes null, and large documents cost little."""
    return Response(msgspec.json.encode(content), status, headers, "application/json")


def schema_ref(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def responds(name: str, text: str) -> dict[int | str, dict[str, Any]]:
    """The 200 answer for OpenAPI, its schema by name (see openapi.py)."""
    return {200: {"description": text, "content": schema_ref(name)}}


def reads(name: str) -> dict[str, Any]:
    """The JSON request body for OpenAPI, its schema by name."""
    return {"requestBody": {"required": True, "content": schema_ref(name)}}


async def small_body(request: Request, limit: int) -> bytes:
    """The body of a request, refused past `limit` bytes before it is read whole."""
    from model_service.errors import TooLarge

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
