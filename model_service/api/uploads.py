"""POST /uploads: a file of rows for evaluations, as current data or as reference."""

from fastapi import APIRouter, Request, Response

from model_service.api import answer, service_of
from model_service.api.request_body import to_file
from model_service.api.token import PROTECTED
from model_service.errors import BadRequest
from model_service.evaluations.uploads import SUFFIXES

routes = APIRouter(tags=["evaluations"], dependencies=PROTECTED)


@routes.post("/uploads", status_code=201, summary="Store a CSV or Parquet file for evaluations")
async def upload(request: Request) -> Response:
    service = service_of(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in SUFFIXES:
        raise BadRequest(
            f"The content type {kind!r} is not supported: send {' or '.join(SUFFIXES)}."
        )
    draft = await to_file(request, service.settings, service.incoming)
    size = draft.stat().st_size
    upload_id = service.uploads.keep(draft, kind)
    days = service.settings.keep_uploads_days
    return answer({"upload_id": upload_id, "bytes": size, "kept_days": days}, 201)
