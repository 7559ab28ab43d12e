"""/evaluations: evaluations that are started, followed, cancelled and read later."""

import asyncio
import csv
import io
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from evaluation.result import Evaluation
from model_service.bodies import to_file
from model_service.errors import BadRequest, NotFound, ServiceError
from model_service.evaluations import summary
from model_service.requests import EvaluationRequest, asked_for
from model_service.routes import Service, answer, reads
from model_service.rows import CSV, JSON, PARQUET

PARSED_HERE_BYTES = 65_536


class Conflict(ServiceError):
    status = 409


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
        request: Request, evaluation_period_name: str | None = None, publish: bool = False
    ) -> Response:
        kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
        if kind not in (JSON, CSV, PARQUET):
            raise BadRequest(
                f"The content type {kind!r} is not known here: send {JSON}, {CSV} or {PARQUET}."
            )
        body = await to_file(request, service.settings, service.incoming)
        asked = EvaluationRequest(
            source="rows", content_type=kind, name=evaluation_period_name, publish=publish
        )
        if kind == JSON and body.stat().st_size <= PARSED_HERE_BYTES:
            try:
                asked = asked_for(body.read_bytes())
                _check_window(service, asked.window)
            except ServiceError:
                body.unlink(missing_ok=True)
                raise
        evaluation_id = await service.started_evaluations.start(asked, body)
        url = f"/evaluations/{evaluation_id}"
        started = {"evaluation_id": evaluation_id, "state": "queued", "url": url}
        return answer(started, 202, {"Location": url})

    @routes.get("", summary="All evaluations, newest first")
    async def page(
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        offset: Annotated[int, Query(ge=0)] = 0,
        state: str | None = None,
    ) -> Response:
        store = service.started_evaluations.store
        found, total = await asyncio.to_thread(
            store.page, model=service.model.name, limit=limit, offset=offset, state=state
        )
        return answer({"evaluations": [summary(stored) for stored in found], "total": total})

    @routes.get("/{evaluation_id}", summary="State, progress and result of one evaluation")
    async def one(evaluation_id: str) -> Response:
        return answer(await service.started_evaluations.status(evaluation_id))

    @routes.delete("/{evaluation_id}", summary="Cancel it", dependencies=protected)
    async def cancel(evaluation_id: str) -> Response:
        evaluations = service.started_evaluations
        if evaluations.cancel(evaluation_id):
            return answer({"evaluation_id": evaluation_id, "state": "cancelled"})
        status = await evaluations.status(evaluation_id)
        raise Conflict(f"Evaluation {evaluation_id} is {status['state']}: it can't be cancelled.")

    @routes.get("/{evaluation_id}/report.html", summary="Evidently's report")
    async def html(evaluation_id: str) -> Response:
        return await _file(evaluation_id, "html", "text/html")

    @routes.get("/{evaluation_id}/report.json", summary="Evidently's report and our document")
    async def json(evaluation_id: str) -> Response:
        return await _file(evaluation_id, "json", "application/json")

    @routes.get("/{evaluation_id}/features.csv", summary="The features and their scores")
    async def features(evaluation_id: str) -> Response:
        status = await service.started_evaluations.status(evaluation_id)
        result = _result(status)
        return Response(_features_csv(result), media_type="text/csv")

    async def _file(evaluation_id: str, kind: str, media_type: str) -> Response:
        evaluations = service.started_evaluations
        _result(await evaluations.status(evaluation_id))
        path = evaluations.store.report_path(evaluation_id, kind)
        if not path.exists():
            raise NotFound(f"The {kind} report of {evaluation_id} is no longer kept.")
        return FileResponse(path, media_type=media_type)

    return routes


def _result(status: dict[str, Any]) -> Evaluation:
    result = status["result"]
    if isinstance(result, Evaluation):
        return result
    raise Conflict(
        f"Evaluation {status['evaluation_id']} is {status['state']}: it has no report"
        + (" yet." if status["state"] in ("queued", "running") else ".")
    )


def _check_window(service: Service, window: str | None) -> None:
    known = [item.name for item in service.model.windows()]
    if window is not None and window not in known:
        raise NotFound(f"There is no window {window!r}. There are: {', '.join(known)}.")


def _features_csv(evaluation: Evaluation) -> str:
    columns = (
        "name", "kind", "role", "importance", "score", "method", "threshold", "p_value", "effect",
        "effect_unit", "drifted",
    )  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*columns, "missing_reference", "missing_current"])
    for feature in evaluation.features:
        values = [getattr(feature, column) for column in columns]
        writer.writerow([*values, feature.missing.reference, feature.missing.current])
    return text.getvalue()
