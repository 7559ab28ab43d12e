"""POST /uploads: a file of rows or pictures for evaluations, as current data or reference."""

from fastapi import APIRouter, Request, Response

from model_service.api import answer, service_of
from model_service.api.request_body import file_kinds, receive
from model_service.api.token import PROTECTED

routes = APIRouter(tags=["evaluations"], dependencies=PROTECTED)


@routes.post("/uploads", status_code=201, summary="Store a file of rows for evaluations")
async def upload(request: Request) -> Response:
    service = service_of(request)
    body = await receive(request, service, file_kinds(service.model))
    size = body.path.stat().st_size
    upload_id = service.uploads.keep(body.path, body.kind)
    days = service.settings.keep_uploads_days
    return answer({"upload_id": upload_id, "bytes": size, "kept_days": days}, 201)
