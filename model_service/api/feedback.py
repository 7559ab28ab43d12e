"""POST /feedback: the truth of a prediction, when it is known."""

import dataclasses
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from model_service.api import answer, reads, responds, service_of, small_body
from model_service.api.token import PROTECTED
from model_service.errors import BadRequest, NotFound
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.base import MonitoredModel
from model_service.predictions.field_rule import FieldRule, Problems, ValueProblem


class FeedbackInput(msgspec.Struct):
    """The ground truth of one prediction."""

    prediction_id: str
    truth: float


class FeedbackOutput(msgspec.Struct):
    """The ground truth is in the log."""

    prediction_id: str
    status: str


def router(model: MonitoredModel, metrics: ServiceMetrics) -> APIRouter:
    routes = APIRouter(tags=["predictions"], dependencies=PROTECTED)
    kinds = metrics.feedback
    rule = FieldRule(dataclasses.replace(model.truth, name="truth"))
    decoder = msgspec.json.Decoder(FeedbackInput)

    @routes.post(
        "/feedback",
        summary="Send the truth of a prediction; a later one replaces it",
        openapi_extra=reads("FeedbackInput"),
        responses=responds("FeedbackOutput", "The truth is in the log"),
    )
    async def feedback(request: Request) -> Response:
        body = await small_body(request)
        try:
            message = decoder.decode(body)
        except msgspec.MsgspecError as error:
            raise BadRequest(
                f'Send {{"prediction_id": "...", "truth": number}}: {error}.'
            ) from None
        check_value(rule, message.truth)
        log = service_of(request).log
        if not await log.record_truth(message.prediction_id, message.truth):
            kinds.labels("unknown_prediction").inc()
            raise NotFound(
                f"There is no prediction {message.prediction_id!r} in the log of "
                f"{model.name}: send the prediction_id that /predict answered."
            )
        kinds.labels("truth").inc()
        return answer(FeedbackOutput(message.prediction_id, "recorded"))

    return routes


def check_value(rule: FieldRule, value: Any) -> None:
    """Raise InvalidRows for a value that breaks the rule of its field."""
    problems = Problems()
    try:
        rule.convert(value)
    except ValueProblem as problem:
        problems.add(None, rule.field, value, str(problem))
    problems.raise_if_any(("body",))
