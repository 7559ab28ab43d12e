"""POST /evaluate and /trigger-drift: evaluations that answer when they are done."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response

from evaluation.result import Evaluation
from model_service.api import Service, answer, reads, responds, service_of, small_body
from model_service.api.form_file import FORM
from model_service.api.request_body import file_kinds, kind_of, receive
from model_service.api.token import PROTECTED
from model_service.errors import BadRequest
from model_service.evaluations.request import EvaluationRequest
from model_service.models.base import MonitoredModel

EXPIRES_SECONDS = 300.0
LONGEST_SECONDS = 86_400.0
# for OpenAPI; _trigger checks it with its own message
EXPIRES_RANGE = msgspec.Meta(extra_json_schema={"minimum": 1, "maximum": LONGEST_SECONDS})


class TriggerDriftInput(msgspec.Struct, kw_only=True):
    """The kind of drift (default: the first), and the time in which the gauges show it."""

    kind: str | None = None
    expires_seconds: Annotated[float, EXPIRES_RANGE] = EXPIRES_SECONDS


routes = APIRouter(tags=["evaluations"], dependencies=PROTECTED)


@routes.post(
    "/evaluate",
    summary="Evaluate rows with their truth and publish the result",
    openapi_extra=reads("EvaluationInput"),
    responses=responds("EvaluationReportOutput", "Scores and drift, which the metrics show too"),
)
async def evaluate(request: Request, evaluation_period_name: str | None = None) -> Response:
    service = service_of(request)
    files = file_kinds(service.model)
    # JSON may come under any other content type: that of curl is the one of forms
    kinds = files if kind_of(request) in (FORM, *files) else None
    body = await receive(request, service, kinds)
    evaluation = await _run(
        service,
        EvaluationRequest(
            source="rows",
            body=body.path.name,
            content_type=body.kind,
            name=evaluation_period_name,
            publish=True,
            need_truth=True,
        ),
    )
    return answer(_report(service.model, evaluation))


@routes.post(
    "/trigger-drift",
    summary="Evaluate real rows of another period, marked synthetic, to test the alerts",
    openapi_extra=reads("TriggerDriftInput"),
    responses=responds("EvaluationReportOutput", "The gauges show it until it expires"),
)
async def trigger_drift(request: Request) -> Response:
    service = service_of(request)
    drift, kind = _trigger(await small_body(request), service.model)
    evaluation = await _run(
        service,
        EvaluationRequest(
            source="drifted",
            drift_kind=kind,
            name=f"synthetic drift: {kind}",
            publish=True,
            synthetic=True,
            expires_seconds=drift.expires_seconds,
        ),
    )
    extra = {"synthetic": True, "expires_seconds": drift.expires_seconds}
    return answer(_report(service.model, evaluation) | extra)


async def _run(service: Service, evaluation_request: EvaluationRequest) -> Evaluation:
    evaluations = service.evaluations
    return await evaluations.wait(await evaluations.start(evaluation_request, wait=True))


def _trigger(body: bytes, model: MonitoredModel) -> tuple[TriggerDriftInput, str]:
    """Return the input, and its kind of drift. Raises BadRequest."""
    try:
        drift = (
            msgspec.json.decode(body, type=TriggerDriftInput)
            if body.strip()
            else TriggerDriftInput()
        )
    except msgspec.MsgspecError as error:
        raise BadRequest(f"Send nothing, or a JSON object: {error}.") from None
    if not model.drift_kinds():
        raise BadRequest(f"{model.name} has no batch of drifted rows.")
    kind = drift.kind or next(iter(model.drift_kinds()))
    if kind not in model.drift_kinds():
        kinds = "; ".join(f"{kind}: {text}" for kind, text in model.drift_kinds().items())
        raise BadRequest(f"There is no kind of drift {kind!r}. The kinds are: {kinds}.")
    if not 1 <= drift.expires_seconds <= LONGEST_SECONDS:
        raise BadRequest(f"expires_seconds must be 1 to {LONGEST_SECONDS:g}.")
    return drift, kind


def _report(model: MonitoredModel, evaluation: Evaluation) -> dict[str, Any]:
    """Return the fields that the model's clients expect, then those of every model."""
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
