"""/evaluations/{id}/...: the comparison, the reports and the rows of evaluations."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from evaluation.compare import compare
from evaluation.report.csv import features_csv
from evaluation.result import Evaluation
from evaluation.store.report_files import Kind
from model_service.api import answer, service_of
from model_service.errors import Conflict, NotFound
from model_service.predictions.formats import JSON, PARQUET

routes = APIRouter(prefix="/evaluations", tags=["evaluations"])


@routes.get(
    "/{evaluation_id}/compare/{other_id}",
    summary="What changed from the first evaluation to the second",
)
async def comparison(request: Request, evaluation_id: str, other_id: str) -> Response:
    evaluations = service_of(request).evaluations
    first, second = [_result(await evaluations.status(i)) for i in (evaluation_id, other_id)]
    return answer(compare(first, second))


@routes.get("/{evaluation_id}/report.html", summary="Evidently's report")
async def html(request: Request, evaluation_id: str) -> Response:
    return await _file(request, evaluation_id, "html", "text/html")


@routes.get("/{evaluation_id}/report.json", summary="Evidently's report and our document")
async def json(request: Request, evaluation_id: str) -> Response:
    return await _file(request, evaluation_id, "json", JSON)


@routes.get("/{evaluation_id}/rows.parquet", summary="The rows that were scored")
async def rows(request: Request, evaluation_id: str) -> Response:
    return await _file(request, evaluation_id, "parquet", PARQUET)


@routes.get("/{evaluation_id}/features.csv", summary="The features and their scores")
async def features(request: Request, evaluation_id: str) -> Response:
    status = await service_of(request).evaluations.status(evaluation_id)
    result = _result(status)
    return Response(features_csv(result), media_type="text/csv")


async def _file(request: Request, evaluation_id: str, kind: Kind, media_type: str) -> Response:
    evaluations = service_of(request).evaluations
    _result(await evaluations.status(evaluation_id))
    path = evaluations.store.files.path(evaluation_id, kind)
    if not path.exists():
        raise NotFound(
            f"The {kind} report of {evaluation_id} is no longer kept "
            "(BELVEDERE_KEEP_REPORTS_DAYS), or lies in the data folder of another replica."
        )
    return FileResponse(path, media_type=media_type)


def _result(status: dict[str, Any]) -> Evaluation:
    result = status["result"]
    if isinstance(result, Evaluation):
        return result
    raise Conflict(
        f"Evaluation {status['evaluation_id']} is {status['state']}: it has no report"
        + (" yet." if status["state"] in ("queued", "running") else ".")
    )
