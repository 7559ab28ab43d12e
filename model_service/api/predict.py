"""POST /predict and /predict/batch: predictions, committed to the log before the response."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pandas as pd
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from model_service.api import reads, responds, service_of, small_body
from model_service.api.token import PROTECTED
from model_service.metrics.serving import ServingMetrics
from model_service.models.base import MonitoredModel
from model_service.predictions.log import PredictionLog
from model_service.predictions.request import Records, Values

BATCH_LIMIT_BYTES = 4 * 2**20


class DirectRoute(APIRoute):
    """Passes the request to the endpoint without FastAPI's dependency resolution."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        endpoint: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return endpoint


class Predictor:
    """Answers the prediction requests of one model."""

    def __init__(self, model: MonitoredModel, metrics: ServingMetrics) -> None:
        self._model = model
        self._records = Records(model)
        self._names = [field.name for field in model.inputs]
        self._key = model.entities.key if model.entities else None
        self._key_index = self._names.index(self._key) if self._key else 0
        self._predictions = metrics.predictions
        self._prediction_value = metrics.prediction_value
        self._encode = msgspec.json.Encoder().encode

    async def predict(self, request: Request) -> Response:
        body = await small_body(request)
        values = self._records.decode(body)
        log = service_of(request).log
        content = await self._log(log, values, self._model.predict_one(values))
        return Response(self._encode(content), media_type="application/json")

    async def predict_batch(self, request: Request) -> Response:
        batch = self._records.decode_batch(await small_body(request, BATCH_LIMIT_BYTES))
        frame = pd.DataFrame(batch, columns=self._names)
        # takes milliseconds, for which other requests need not wait
        scores = await asyncio.to_thread(self._model.predict_many, frame)
        log = service_of(request).log
        pairs = zip(batch, scores.tolist(), strict=True)
        answers = await asyncio.gather(*(self._log(log, row, score) for row, score in pairs))
        return Response(self._encode({"predictions": answers}), media_type="application/json")

    async def _log(self, log: PredictionLog, values: Values, score: float) -> dict[str, Any]:
        """Commit a prediction to the log, count it, and return its response."""
        prediction_id = uuid.uuid4().hex
        await log.append(prediction_id, values, score)
        self._predictions.inc()
        self._prediction_value.observe(score)
        model = self._model
        content = {
            **model.answer(score),
            "prediction_id": prediction_id,
            "model_version": model.version,
        }
        if self._key is not None:
            content[self._key] = values[self._key_index]
        return content


def router(model: MonitoredModel, metrics: ServingMetrics, *, has_token: bool) -> APIRouter:
    # the token is checked by a dependency, which only the ordinary route resolves
    routes = APIRouter(
        tags=["predictions"],
        dependencies=PROTECTED if has_token else [],
        route_class=APIRoute if has_token else DirectRoute,
    )
    predictor = Predictor(model, metrics)
    routes.post(
        "/predict",
        summary="Predict for one record",
        openapi_extra=reads("ModelInput"),
        responses=responds("PredictionOutput", "The prediction, which is in the log"),
    )(predictor.predict)
    routes.post(
        "/predict/batch",
        summary="Predict for up to 1,000 records; one wrong record rejects the request",
        openapi_extra=reads("BatchInput"),
        responses=responds("BatchOutput", "The predictions in order, which are in the log"),
    )(predictor.predict_batch)
    return routes
