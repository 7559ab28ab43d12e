"""POST /feedback: the truth of a prediction, when it is known."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from model_service.api import Service, answer, reads, responds, small_body
from model_service.errors import BadRequest, FieldError, InvalidRows, NotFound

LIMIT_BYTES = 65_536


class Feedback(msgspec.Struct):
    prediction_id: str
    truth: float


def router(service: Service, protected: list[Any]) -> APIRouter:
    routes = APIRouter(tags=["predictions"], dependencies=protected)
    kinds = service.metrics.feedback
    truth = service.model.truth
    decoder = msgspec.json.Decoder(Feedback)

    @routes.post(
        "/feedback",
        summary="Send the truth of a prediction; a later one replaces it",
        openapi_extra=reads("FeedbackInput"),
        responses=responds("FeedbackOutput", "The truth is in the log"),
    )
    async def feedback(request: Request) -> Response:
        body = await small_body(request, LIMIT_BYTES)
        try:
            given = decoder.decode(body)
        except msgspec.MsgspecError as error:
            raise BadRequest(
                f'Send {{"prediction_id": "...", "truth": number}}: {error}.'
            ) from None
        low, high = truth.low, truth.high
        broken = truth.type == "int" and not given.truth.is_integer()
        too_low = low is not None and given.truth < low
        outside = too_low or (high is not None and given.truth > high)
        if broken or outside:
            problem = "is no whole number" if broken else "is out of range"
            text = f"truth: {given.truth:g} {problem}; allowed is {truth.allowed}"
            wrong = FieldError(None, "truth", given.truth, truth.allowed, text)
            raise InvalidRows([wrong], 1, ("body",))
        if not await service.started_log.record_truth(given.prediction_id, given.truth):
            kinds.labels("unknown_prediction").inc()
            raise NotFound(
                f"There is no prediction {given.prediction_id!r} in the log of "
                f"{service.model.name}: send the prediction_id that /predict answered."
            )
        kinds.labels("truth").inc()
        return answer({"prediction_id": given.prediction_id, "status": "recorded"})

    return routes
