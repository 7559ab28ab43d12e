"""/evaluations: evaluations that are started, followed, cancelled, compared and read later."""

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from evaluation.compare import compare
from evaluation.report.csv import features_csv
from evaluation.result import Evaluation
from evaluation.store.records import Filter
from evaluation.store.report_files import Kind
from model_service.api import Service, answer, reads, small_body
from model_service.api.request_body import to_file
from model_service.errors import BadRequest, Conflict, NotFound, ServiceError
from model_service.evaluations.request import EvaluationRequest, seconds
from model_service.evaluations.request_body import (
    check,
    check_annotation,
    parse_reference,
    parse_request,
)
from model_service.evaluations.service import summary
from model_service.predictions.field_rule import MOST_WHOLE
from model_service.predictions.formats import CSV, JSON, PARQUET

PARSED_HERE_BYTES = 65_536
STATES = ("queued", "running", "succeeded", "failed", "cancelled", "interrupted")


class Annotation(msgspec.Struct, forbid_unknown_fields=True):
    """What a person adds to an evaluation; what is not given stays as it is."""

    tags: list[str] | None = None
    comment: str | None = None


def router(service: Service, protected: list[Any]) -> APIRouter:
    routes = APIRouter(prefix="/evaluations", tags=["evaluations"])

    @routes.post(
        "",
        status_code=202,
        summary="Start an evaluation and answer at once",
        dependencies=protected,
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
        kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
        if kind not in (JSON, CSV, PARQUET):
            raise BadRequest(
                f"The content type {kind!r} is not known here: send {JSON}, {CSV} or {PARQUET}."
            )
        asked = EvaluationRequest(
            source="rows",
            content_type=kind,
            name=evaluation_period_name,
            publish=publish,
            reference=parse_reference(reference),
            tags=tuple(tag),
            comment=comment,
        )
        check_annotation(asked.tags, asked.comment)
        check(asked, service.model)
        body = await to_file(request, service.settings, service.incoming)
        try:
            if kind == JSON and body.stat().st_size <= PARSED_HERE_BYTES:
                asked = parse_request(body.read_bytes())
                check(asked, service.model)
                for upload in (asked.upload, asked.reference.upload):
                    if upload is not None:
                        service.uploads.find(upload)
        except ServiceError:
            body.unlink(missing_ok=True)
            raise
        if asked.source == "rows":
            asked = msgspec.structs.replace(asked, body=body.name)
        else:
            body.unlink(missing_ok=True)
        return _started(await service.started_evaluations.start(asked))

    @routes.get("", summary="All evaluations, newest first")
    async def page(
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        offset: Annotated[int, Query(ge=0, le=MOST_WHOLE)] = 0,
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
        store = service.started_evaluations.store
        found, total = await asyncio.to_thread(
            store.page, model=service.model.name, limit=limit, offset=offset, where=where
        )
        return answer({"evaluations": [summary(stored) for stored in found], "total": total})

    @routes.get("/{evaluation_id}", summary="State, progress and result of one evaluation")
    async def one(evaluation_id: str) -> Response:
        return answer(await service.started_evaluations.status(evaluation_id))

    @routes.patch(
        "/{evaluation_id}",
        summary="Set its tags, its comment or both",
        dependencies=protected,
        openapi_extra=reads("AnnotationInput"),
    )
    async def annotate(evaluation_id: str, request: Request) -> Response:
        try:
            given = msgspec.json.decode(
                await small_body(request, PARSED_HERE_BYTES), type=Annotation
            )
        except msgspec.MsgspecError as error:
            raise BadRequest(f'Send {{"tags": [...], "comment": "..."}}: {error}.') from None
        check_annotation(tuple(given.tags or ()), given.comment)
        evaluations = service.started_evaluations
        await evaluations.status(evaluation_id)
        await asyncio.to_thread(
            evaluations.store.annotate, evaluation_id, comment=given.comment, labels=given.tags
        )
        status = await evaluations.status(evaluation_id)
        return answer({name: status[name] for name in ("evaluation_id", "tags", "comment")})

    @routes.delete("/{evaluation_id}", summary="Cancel it", dependencies=protected)
    async def cancel(evaluation_id: str) -> Response:
        evaluations = service.started_evaluations
        if await evaluations.cancel(evaluation_id):
            return answer({"evaluation_id": evaluation_id, "state": "cancelled"})
        status = await evaluations.status(evaluation_id)
        raise Conflict(f"Evaluation {evaluation_id} is {status['state']}: it can't be cancelled.")

    @routes.post(
        "/{evaluation_id}/rerun",
        status_code=202,
        summary="Start the same evaluation again, under a new id",
        dependencies=protected,
    )
    async def rerun(evaluation_id: str) -> Response:
        return _started(await service.started_evaluations.rerun(evaluation_id))

    @routes.get(
        "/{evaluation_id}/compare/{other_id}",
        summary="What changed from the first evaluation to the second",
    )
    async def comparison(evaluation_id: str, other_id: str) -> Response:
        evaluations = service.started_evaluations
        first, second = [_result(await evaluations.status(i)) for i in (evaluation_id, other_id)]
        return answer(compare(first, second))

    @routes.get("/{evaluation_id}/report.html", summary="Evidently's report")
    async def html(evaluation_id: str) -> Response:
        return await _file(evaluation_id, "html", "text/html")

    @routes.get("/{evaluation_id}/report.json", summary="Evidently's report and our document")
    async def json(evaluation_id: str) -> Response:
        return await _file(evaluation_id, "json", JSON)

    @routes.get("/{evaluation_id}/rows.parquet", summary="The rows that were scored")
    async def rows(evaluation_id: str) -> Response:
        return await _file(evaluation_id, "parquet", PARQUET)

    @routes.get("/{evaluation_id}/features.csv", summary="The features and their scores")
    async def features(evaluation_id: str) -> Response:
        status = await service.started_evaluations.status(evaluation_id)
        result = _result(status)
        return Response(features_csv(result), media_type="text/csv")

    async def _file(evaluation_id: str, kind: Kind, media_type: str) -> Response:
        evaluations = service.started_evaluations
        _result(await evaluations.status(evaluation_id))
        path = evaluations.store.files.path(evaluation_id, kind)
        if not path.exists():
            raise NotFound(
                f"The {kind} report of {evaluation_id} is no longer kept "
                "(BELVEDERE_KEEP_REPORTS_DAYS), or lies in the data folder of another replica."
            )
        return FileResponse(path, media_type=media_type)

    return routes


def _started(evaluation_id: str) -> Response:
    url = f"/evaluations/{evaluation_id}"
    started = {"evaluation_id": evaluation_id, "state": "queued", "url": url}
    return answer(started, 202, {"Location": url})


def _result(status: dict[str, Any]) -> Evaluation:
    result = status["result"]
    if isinstance(result, Evaluation):
        return result
    raise Conflict(
        f"Evaluation {status['evaluation_id']} is {status['state']}: it has no report"
        + (" yet." if status["state"] in ("queued", "running") else ".")
    )
