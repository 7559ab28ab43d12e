"""POST /uploads: a file of rows that evaluations may name as current data or as reference."""

from typing import Any

from fastapi import APIRouter, Request, Response

from model_service.api import Service, answer
from model_service.api.request_body import to_file
from model_service.errors import BadRequest
from model_service.evaluations.uploads import SUFFIXES


def router(service: Service, protected: list[Any]) -> APIRouter:
    routes = APIRouter(tags=["evaluations"], dependencies=protected)

    @routes.post("/uploads", status_code=201, summary="Keep a CSV or Parquet file for evaluations")
    async def upload(request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in SUFFIXES:
            raise BadRequest(
                f"The content type {kind!r} is not known here: send {' or '.join(SUFFIXES)}."
            )
        draft = await to_file(request, service.settings, service.incoming)
        size = draft.stat().st_size
        upload_id = service.uploads.keep(draft, kind)
        days = service.settings.keep_uploads_days
        return answer({"upload_id": upload_id, "bytes": size, "kept_days": days}, 201)

    return routes
