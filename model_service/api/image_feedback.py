"""/feedback of an image model: what users say of predictions."""

import asyncio
import dataclasses
import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Request, Response

from model_service.api import answer, reads, responds, service_of, small_body
from model_service.api.feedback import FeedbackOutput, check_value
from model_service.api.token import PROTECTED
from model_service.errors import BadRequest, FieldError, InvalidRows, NotFound
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.image import ImageModel
from model_service.predictions.feedback_table import (
    LONGEST_COMMENT,
    feedback_table,
    latest_feedback,
)
from model_service.predictions.field_rule import STORABLE, FieldRule
from model_service.predictions.log_rows import row_of

LATEST_VOTES = 1_000
Vote = Annotated[
    Literal["positive", "negative"], msgspec.Meta(extra_json_schema={"type": "string"})
]
Comment = Annotated[str, msgspec.Meta(max_length=LONGEST_COMMENT, pattern=STORABLE)]


class ImageFeedbackInput(msgspec.Struct):
    """Whether a prediction was right, and what the picture shows; a label is the ground truth."""

    prediction_id: str
    feedback: Vote
    label: str | None = None
    comment: Comment | None = None


class FeedbackSummary(msgspec.Struct):
    """Counts of the latest 1,000 votes; `agreement` is the share of positive ones."""

    positive: int
    negative: int
    with_label: int
    agreement: float | None


def router(model: ImageModel, metrics: ServiceMetrics) -> APIRouter:
    routes = APIRouter(tags=["predictions"])
    assert metrics.images is not None
    kinds, votes = metrics.feedback, metrics.images
    table = feedback_table(model)
    rule = FieldRule(dataclasses.replace(model.truth, name="label"), optional=True)

    @routes.post(
        "/feedback",
        summary="Say whether a prediction was right; a later message replaces it",
        dependencies=PROTECTED,
        openapi_extra=reads("ImageFeedbackInput"),
        responses=responds("FeedbackOutput", "The feedback is in the log"),
    )
    async def feedback(request: Request) -> Response:
        message = _decode(await small_body(request))
        check_value(rule, message.label)
        log = service_of(request).log
        row = await asyncio.to_thread(row_of, log.engine, table, message.prediction_id)
        if row is not None:
            _check_agreement(message, row["predicted_class"])
        truth = None if message.label is None else float(model.classes.index(message.label))
        if row is None or not await log.record_truth(
            message.prediction_id, truth, _columns(message)
        ):
            kinds.labels("unknown_prediction").inc()
            raise NotFound(
                f"There is no prediction {message.prediction_id[:60]!r} in the log of "
                f"{model.name}: send the prediction_id that /predict answered."
            )
        if row["feedback"] != message.feedback:
            votes.count_vote(message.feedback)
        if truth is not None:
            kinds.labels("truth").inc()
        return answer(FeedbackOutput(message.prediction_id, "recorded"))

    @routes.get(
        "/feedback",
        summary="Count the latest 1,000 votes, and the share of those that agree",
        responses=responds("FeedbackSummary", "Counts of votes"),
    )
    async def summary(request: Request) -> Response:
        engine = service_of(request).log.engine
        counts = await asyncio.to_thread(latest_feedback, engine, model, LATEST_VOTES)
        return answer(FeedbackSummary(**counts))

    return routes


def _decode(body: bytes) -> ImageFeedbackInput:
    try:
        return msgspec.json.decode(body, type=ImageFeedbackInput)
    except msgspec.MsgspecError as error:
        raise BadRequest(
            'Send {"prediction_id": "...", "feedback": "positive" or "negative"}, with "label" '
            f'and "comment" if you like: {error}.'
        ) from None


def _check_agreement(message: ImageFeedbackInput, predicted_class: str) -> None:
    """Raise InvalidRows for a label that contradicts the vote."""
    if message.label is None:
        return
    agrees = message.label == predicted_class
    if agrees == (message.feedback == "positive"):
        return
    allowed = predicted_class if message.feedback == "positive" else f"not {predicted_class}"
    text = (
        f"label: {message.label!r} contradicts {message.feedback} feedback to the prediction "
        f"{predicted_class!r}; allowed is {allowed}, or no label"
    )
    raise InvalidRows([FieldError(None, "label", message.label, allowed, text)], 1, ("body",))


def _columns(message: ImageFeedbackInput) -> dict[str, Any]:
    return {
        "feedback": message.feedback,
        "label": message.label,
        "comment": message.comment,
        "feedback_at": datetime.datetime.now(datetime.UTC),
    }
