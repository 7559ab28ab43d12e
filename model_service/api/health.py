"""The state of the service: health, metrics, model, windows, the prediction log."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from prometheus_client.exposition import choose_encoder
from sqlalchemy.exc import SQLAlchemyError

from model_service.api import answer, service_of
from model_service.api.request_body import file_kinds
from model_service.errors import LogUnavailable
from model_service.models.base import MonitoredModel
from model_service.models.image import ImageModel
from model_service.predictions.field_rule import MAX_WHOLE
from model_service.predictions.log_rows import page

routes = APIRouter(tags=["service"])


@routes.get("/health", summary="Is the process running?")
async def health() -> Response:
    return answer({"status": "ok"})


@routes.get("/ready", summary="Is the model loaded and the database reachable?")
async def ready(request: Request) -> Response:
    reachable = await asyncio.to_thread(service_of(request).log.is_reachable)
    checks = {"model": "loaded", "store": "reachable" if reachable else "unreachable"}
    status = "ready" if reachable else "not ready"
    return answer({"status": status, "checks": checks}, 200 if reachable else 503)


@routes.get("/metrics", summary="Metrics for Prometheus")
async def metrics(request: Request) -> Response:
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(service_of(request).registry), media_type=content_type)


@routes.get("/model", summary="The model: version, features with their ranges, training")
async def describe(request: Request) -> Response:
    service = service_of(request)
    model, settings = service.model, service.settings
    thresholds = msgspec.to_builtins(model.schema.thresholds) | dict(model.alert_thresholds)
    limits = {"rows": settings.most_rows, "body_bytes": settings.most_body_bytes}
    if isinstance(model, ImageModel):
        thresholds["low_confidence"] = settings.low_confidence
        limits["image_bytes"] = settings.max_image_bytes
    return answer(
        {
            "name": model.name,
            "title": model.title,
            "version": model.version,
            "task": model.task,
            "features": _features(model),
            "other_fields": [
                {"name": item.name, "type": item.type, "optional": item.optional}
                for item in model.inputs
                if item.name not in model.schema.features
            ],
            "uploads": list(file_kinds(model)),
            "truth": model.truth.name,
            "classes": list(model.classes),
            "thresholds": thresholds,
            "alike": {name: list(inputs) for name, inputs in model.alike.items()},
            "limits": limits,
            "log_durability": settings.log_durability,
            "candidate_version": model.candidate_version,
            "training": model.details(),
        }
    )


@routes.get("/windows", summary="The named windows that can be evaluated")
async def windows(request: Request) -> Response:
    model = service_of(request).model
    return answer({"windows": [asdict(window) for window in model.windows()]})


@routes.get("/predictions", summary="The prediction log, oldest first, in pages")
async def predictions(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[
        int, Query(ge=0, le=MAX_WHOLE, description="the id of the last row of the previous page")
    ] = 0,
) -> Response:
    log = service_of(request).log
    try:
        rows = await asyncio.to_thread(page, log.engine, log.table, limit, after)
    except SQLAlchemyError as error:
        raise LogUnavailable(f"The prediction log can't be read: {error}") from error
    return answer({"predictions": rows, "next": rows[-1]["id"] if rows else None})


def _features(model: MonitoredModel) -> list[dict[str, Any]]:
    schema = model.schema
    return [
        {
            "name": item.name,
            "kind": schema.kind(item.name),
            "role": "calendar" if item.name in schema.calendar else "feature",
            "type": item.type,
            "allowed": item.allowed,
            "low": item.low,
            "high": item.high,
            "description": item.description,
            "importance": model.importance.get(item.name),
        }
        for item in model.inputs
        if item.name in schema.features
    ]
