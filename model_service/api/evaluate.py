"""POST /evaluate and /trigger-drift: evaluations that are answered when they are done."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from evaluation.result import Evaluation
from model_service.api import Service, answer, reads, responds, small_body
from model_service.api.request_body import to_file
from model_service.errors import BadRequest
from model_service.evaluations.request import EvaluationRequest
from model_service.models.base import MonitoredModel

LIMIT_BYTES = 65_536
EXPIRES_SECONDS = 300.0
LONGEST_SECONDS = 86_400.0


class TriggerDrift(msgspec.Struct, kw_only=True):
    kind: str = "summer"
    expires_seconds: float = EXPIRES_SECONDS


def router(service: Service, protected: list[Any]) -> APIRouter:
    routes = APIRouter(tags=["evaluations"], dependencies=protected)
    model = service.model

    @routes.post(
        "/evaluate",
        summary="Evaluate rows with their truth and publish the result",
        openapi_extra=reads("EvaluationInput"),
        responses=responds("EvaluationReportOutput", "Scores and drift, now in the metrics too"),
    )
    async def evaluate(request: Request) -> Response:
        body = await to_file(request, service.settings, service.incoming)
        asked = EvaluationRequest(source="rows", body=body.name, publish=True, need_truth=True)
        evaluations = service.started_evaluations
        evaluation_id = await evaluations.start(asked, wait=True)
        return answer(_report(model, await evaluations.wait(evaluation_id)))

    @routes.post(
        "/trigger-drift",
        summary="Evaluate real rows of another time, marked synthetic, to test the alerts",
        openapi_extra=reads("TriggerDriftInput"),
        responses=responds("EvaluationReportOutput", "The gauges show it until it expires"),
    )
    async def trigger_drift(request: Request) -> Response:
        given = _trigger(await small_body(request, LIMIT_BYTES), model)
        asked = EvaluationRequest(
            source="drifted",
            drift_kind=given.kind,
            name=f"synthetic drift: {given.kind}",
            publish=True,
            synthetic=True,
            expires_seconds=given.expires_seconds,
        )
        evaluations = service.started_evaluations
        evaluation_id = await evaluations.start(asked, wait=True)
        done = await evaluations.wait(evaluation_id)
        extra = {"synthetic": True, "expires_seconds": given.expires_seconds}
        return answer(_report(model, done) | extra)

    return routes


def _trigger(body: bytes, model: MonitoredModel) -> TriggerDrift:
    try:
        given = msgspec.json.decode(body, type=TriggerDrift) if body.strip() else TriggerDrift()
    except msgspec.MsgspecError as error:
        raise BadRequest(f"Send nothing, or a JSON object: {error}.") from None
    if given.kind not in model.drift_kinds():
        kinds = "; ".join(f"{kind}: {text}" for kind, text in model.drift_kinds().items())
        raise BadRequest(f"There is no kind of drift {given.kind!r}. There are: {kinds}.")
    if not 1 <= given.expires_seconds <= LONGEST_SECONDS:
        raise BadRequest(f"expires_seconds must be 1 to {LONGEST_SECONDS:g}.")
    return given


def _report(model: MonitoredModel, evaluation: Evaluation) -> dict[str, Any]:
    """The contract's fields first, then ours."""
    return model.evaluation_answer(evaluation) | {
        "evaluation_id": evaluation.evaluation_id,
        "evaluation_period_name": evaluation.name,
        "model_version": evaluation.model_version,
        "verdict": evaluation.verdict,
        "rule": evaluation.rule,
        "difference": evaluation.difference,
        "decision": evaluation.decision,
        "decision_reason": evaluation.decision_reason,
        "drift_share": evaluation.drift_share,
        "drifted_features": evaluation.drifted_features,
        "evidently_drift_share": evaluation.evidently.drift_share if evaluation.evidently else None,
        "training_rows": evaluation.rows.training,
        "ignored_fields": evaluation.ignored_fields,
        "warnings": evaluation.warnings,
        "created_at": evaluation.created_at,
        "duration_seconds": evaluation.duration_seconds,
        "report_html": f"/evaluations/{evaluation.evaluation_id}/report.html",
        "report_json": f"/evaluations/{evaluation.evaluation_id}/report.json",
    }
