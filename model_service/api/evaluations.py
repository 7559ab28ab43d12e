"""/evaluations: start, follow, cancel, compare and read evaluations."""

import asyncio
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response

from evaluation.store.records import Filter
from model_service.api import answer, reads, service_of, small_body
from model_service.api.request_body import file_kinds, receive
from model_service.api.token import PROTECTED
from model_service.errors import BadRequest, Conflict, ServiceError
from model_service.evaluations.request import EvaluationRequest, seconds
from model_service.evaluations.request_body import (
    check,
    check_annotation,
    parse_reference,
    parse_request,
)
from model_service.evaluations.service import summary
from model_service.predictions.field_rule import MAX_WHOLE
from model_service.predictions.formats import JSON

PARSED_HERE_BYTES = 65_536
STATES = ("queued", "running", "succeeded", "failed", "cancelled", "interrupted")


class AnnotationInput(msgspec.Struct, forbid_unknown_fields=True):
    """Tags and a comment of an evaluation; fields that are missing are not changed."""

    tags: list[str] | None = None
    comment: str | None = None


routes = APIRouter(prefix="/evaluations", tags=["evaluations"])


@routes.post(
    "",
    status_code=202,
    summary="Start an evaluation and answer at once",
    dependencies=PROTECTED,
    openapi_extra=reads("EvaluationsInput"),
)
async def start(
    request: Request,
    evaluation_period_name: str | None = None,
    publish: bool = False,
    reference: str | None = None,
    tag: Annotated[list[str], Query()] = [],  # noqa: B006 - FastAPI copies it
    comment: str | None = None,
) -> Response:
    service = service_of(request)
    evaluation_request = EvaluationRequest(
        source="rows",
        name=evaluation_period_name,
        publish=publish,
        reference=parse_reference(reference),
        tags=tuple(tag),
        comment=comment,
    )
    check_annotation(evaluation_request.tags, evaluation_request.comment)
    check(evaluation_request, service.model)
    received = await receive(request, service, (JSON, *file_kinds(service.model)))
    body = received.path
    try:
        if received.kind == JSON and body.stat().st_size <= PARSED_HERE_BYTES:
            evaluation_request = parse_request(body.read_bytes())
            check(evaluation_request, service.model)
            for upload in (evaluation_request.upload, evaluation_request.reference.upload):
                if upload is not None:
                    service.uploads.find(upload)
    except ServiceError:
        body.unlink(missing_ok=True)
        raise
    if evaluation_request.source == "rows":
        evaluation_request = msgspec.structs.replace(
            evaluation_request, body=body.name, content_type=received.kind
        )
    else:
        body.unlink(missing_ok=True)
    return _started(await service_of(request).evaluations.start(evaluation_request))


@routes.get("", summary="All evaluations, newest first")
async def page(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=MAX_WHOLE)] = 0,
    state: str | None = None,
    verdict: str | None = None,
    tag: str | None = None,
    published: bool | None = None,
    schedule: str | None = None,
    text: Annotated[str | None, Query(description="in the name or the source")] = None,
    since: Annotated[str | None, Query(description="an ISO date or time")] = None,
    until: Annotated[str | None, Query(description="an ISO date or time")] = None,
) -> Response:
    if state is not None and state not in STATES:
        raise BadRequest(f"There is no state {state!r}. There are: {', '.join(STATES)}.")
    where = Filter(
        state=state,
        verdict=verdict,
        tag=tag,
        published=published,
        schedule_id=schedule,
        text=text,
        since=None if since is None else seconds(since),
        until=None if until is None else seconds(until),
    )
    store = service_of(request).evaluations.store
    matches, total = await asyncio.to_thread(
        store.page, model=service_of(request).model.name, limit=limit, offset=offset, where=where
    )
    return answer({"evaluations": [summary(stored) for stored in matches], "total": total})


@routes.get("/{evaluation_id}", summary="State, progress and result of one evaluation", name="one")
async def read_status(request: Request, evaluation_id: str) -> Response:
    return answer(await service_of(request).evaluations.status(evaluation_id))


@routes.patch(
    "/{evaluation_id}",
    summary="Set its tags, its comment or both",
    dependencies=PROTECTED,
    openapi_extra=reads("AnnotationInput"),
)
async def annotate(request: Request, evaluation_id: str) -> Response:
    try:
        annotation = msgspec.json.decode(
            await small_body(request, PARSED_HERE_BYTES), type=AnnotationInput
        )
    except msgspec.MsgspecError as error:
        raise BadRequest(f'Send {{"tags": [...], "comment": "..."}}: {error}.') from None
    check_annotation(tuple(annotation.tags or ()), annotation.comment)
    evaluations = service_of(request).evaluations
    await evaluations.status(evaluation_id)
    await asyncio.to_thread(
        evaluations.store.annotate,
        evaluation_id,
        comment=annotation.comment,
        labels=annotation.tags,
    )
    status = await evaluations.status(evaluation_id)
    return answer({name: status[name] for name in ("evaluation_id", "tags", "comment")})


@routes.delete("/{evaluation_id}", summary="Cancel it", dependencies=PROTECTED)
async def cancel(request: Request, evaluation_id: str) -> Response:
    evaluations = service_of(request).evaluations
    if await evaluations.cancel(evaluation_id):
        return answer({"evaluation_id": evaluation_id, "state": "cancelled"})
    status = await evaluations.status(evaluation_id)
    raise Conflict(f"Evaluation {evaluation_id} is {status['state']}: it can't be cancelled.")


@routes.post(
    "/{evaluation_id}/rerun",
    status_code=202,
    summary="Start the same evaluation again, under a new id",
    dependencies=PROTECTED,
)
async def rerun(request: Request, evaluation_id: str) -> Response:
    return _started(await service_of(request).evaluations.rerun(evaluation_id))


def _started(evaluation_id: str) -> Response:
    url = f"/evaluations/{evaluation_id}"
    started = {"evaluation_id": evaluation_id, "state": "queued", "url": url}
    return answer(started, 202, {"Location": url})
