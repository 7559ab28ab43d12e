"""POST /predict of an image model: a picture to a prediction, committed before the response."""

import asyncio
import logging
import time
import uuid
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from model_service.api import responds, service_of
from model_service.api.image_body import ImageBodies, ImageBody
from model_service.api.image_feedback import FeedbackSummary, ImageFeedbackInput
from model_service.api.pictures import SamplesOutput
from model_service.api.predict import DirectRoute
from model_service.api.token import PROTECTED
from model_service.api.user_hash import UserHash
from model_service.errors import LogUnavailable
from model_service.metrics.evaluation import ServiceMetrics
from model_service.models.image import ImageModel, ImagePrediction
from model_service.predictions.feedback_table import probability_fields
from model_service.predictions.field_rule import msgspec_type
from model_service.predictions.inference_pool import InferencePool
from model_service.predictions.log import PredictionLog
from model_service.predictions.thumbnails import Thumbnails
from model_service.settings import Settings

log = logging.getLogger(__name__)

# for a database that hangs: one that is down answers at once
MAX_COMMIT_SECONDS = 10.0
PICTURE = {"type": "string", "format": "binary"}
FORM = {"type": "object", "properties": {"file": PICTURE}, "required": ["file"]}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A form with the picture as `file`, or the picture itself.",
        "content": {
            "multipart/form-data": {"schema": FORM},
            **{f"image/{kind}": {"schema": PICTURE} for kind in ("jpeg", "png", "webp")},
        },
    }
}
ERRORS = {
    408: "The picture did not arrive in time",
    413: "The picture is larger than BELVEDERE_MAX_IMAGE_BYTES",
    415: "The content is not JPEG, PNG or WebP",
    422: "The picture is empty, truncated or has too many pixels",
    503: "The log is not available, or too many pictures wait",
}


class ImagePredictor:
    """Answers the prediction requests of one model, and counts them."""

    def __init__(self, model: ImageModel, metrics: ServiceMetrics, settings: Settings) -> None:
        assert metrics.images is not None
        self._model = model
        self._metrics, self._image_metrics = metrics, metrics.images
        self._max_bytes = settings.max_image_bytes
        self._min_confidence = settings.low_confidence
        self._keeps_images = settings.keep_images
        self._bodies = ImageBodies(settings.max_image_bytes)
        self._pool = InferencePool(settings.image_threads, settings.image_queue_limit)
        self._thumbnails = Thumbnails(settings.thumbnails(model.name))
        self._users = UserHash(settings.user_salt)
        self._probabilities = probability_fields(model)
        self._indexes = {name: float(index) for index, name in enumerate(model.classes)}
        self._encode = msgspec.json.Encoder().encode

    async def predict(self, request: Request) -> Response:
        self._pool.check_free()
        async with self._bodies.read(request) as body:
            started = time.perf_counter()
            prediction, image_bytes = await self._pool.run(lambda: self._predict(body))
            seconds = time.perf_counter() - started
        result = {
            **{name: prediction.values[place] for name, place in self._probabilities.items()},
            "confidence": prediction.confidence,
            "low_confidence": prediction.confidence < self._min_confidence,
            "inference_time_ms": round(1000 * seconds, 3),
        }
        row = {
            **result,
            "predicted_class": prediction.prediction,
            "image_bytes": image_bytes,
            "user_hash": self._users.of(request),
            **dict.fromkeys(("feedback", "label", "comment", "feedback_at")),
        }
        prediction_id = uuid.uuid4().hex
        await self._log(service_of(request).log, prediction_id, prediction, row)
        self._count(row, seconds)
        if prediction.thumbnail is not None:
            await asyncio.to_thread(self._save, prediction_id, prediction.thumbnail)
        content = {
            "prediction": prediction.prediction,
            **result,
            "prediction_id": prediction_id,
            "model_version": self._model.version,
        }
        return Response(self._encode(content), media_type="application/json")

    def _predict(self, body: ImageBody) -> tuple[ImagePrediction, int]:
        """Return the prediction and the size of the picture; runs in a thread of the pool."""
        content = body.take_picture(self._max_bytes)
        return self._model.predict_image(content, thumbnail=self._keeps_images), len(content)

    async def _log(
        self,
        prediction_log: PredictionLog,
        prediction_id: str,
        prediction: ImagePrediction,
        row: dict[str, Any],
    ) -> None:
        """Commit a prediction. Raises LogUnavailable."""
        index = self._indexes[prediction.prediction]
        try:
            async with asyncio.timeout(MAX_COMMIT_SECONDS):
                await prediction_log.append(prediction_id, prediction.values, index, row)
        except TimeoutError:
            raise LogUnavailable(
                f"The database did not answer within {MAX_COMMIT_SECONDS:g} s, so the request was "
                "not answered. Retry when it is back."
            ) from None

    def _count(self, row: dict[str, Any], seconds: float) -> None:
        self._metrics.predictions.inc()
        self._metrics.prediction_value.observe(row["confidence"])
        self._image_metrics.count(
            row["predicted_class"],
            low_confidence=row["low_confidence"],
            inference_seconds=seconds,
            image_bytes=row["image_bytes"],
            user_hash=row["user_hash"],
        )

    def _save(self, prediction_id: str, thumbnail: bytes) -> None:
        try:
            self._thumbnails.save(prediction_id, thumbnail)
        except OSError as error:
            # the prediction is in the log: it must not fail for its thumbnail
            log.warning("the thumbnail of %s could not be written: %s", prediction_id, error)


def router(
    model: ImageModel, metrics: ServiceMetrics, settings: Settings, *, has_token: bool
) -> APIRouter:
    # the token is checked by a dependency, which only the ordinary route resolves
    routes = APIRouter(
        tags=["predictions"],
        dependencies=PROTECTED if has_token else [],
        route_class=APIRoute if has_token else DirectRoute,
    )
    routes.post(
        "/predict",
        summary="Classify a picture",
        openapi_extra=BODY,
        responses=responds("PredictionOutput", "The prediction, which is in the log")
        | {status: {"description": text} for status, text in ERRORS.items()},
    )(ImagePredictor(model, metrics, settings).predict)
    return routes


def image_types(model: ImageModel) -> list[Any]:
    """Return the Structs of a prediction, of feedback and of the samples, for OpenAPI."""
    share = Annotated[float, msgspec.Meta(ge=0, le=1)]
    name, text = "prediction", "The most probable class"
    predicted = msgspec_type(replace(model.truth, name=name, description=text))
    fields: list[Any] = [
        (name, predicted),
        *((field, share) for field in probability_fields(model)),
        ("confidence", share),
        ("low_confidence", bool),
        ("inference_time_ms", float),
        ("prediction_id", str),
        ("model_version", str),
    ]
    prediction = msgspec.defstruct("PredictionOutput", fields)
    return [prediction, ImageFeedbackInput, FeedbackSummary, SamplesOutput]
