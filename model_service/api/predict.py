"""POST /predict and /predict/batch: predictions, logged before they are answered."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pandas as pd
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from model_service.api import Service, reads, responds, small_body
from model_service.predictions.request import Records, Values

LIMIT_BYTES = 65_536
BATCH_LIMIT_BYTES = 4 * 2**20


class DirectRoute(APIRoute):
    """Hands the request to the endpoint as it is: nothing is there for FastAPI to resolve."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        endpoint: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return endpoint


def router(service: Service, protected: list[Any]) -> APIRouter:
    # a token is checked by a dependency, which only the ordinary route knows how to ask for
    kind = APIRoute if protected else DirectRoute
    routes = APIRouter(tags=["predictions"], dependencies=protected, route_class=kind)
    records = Records(service.model)
    model, version = service.model, service.model.version
    key = model.entities.key if model.entities else None
    names = [field.name for field in model.inputs]
    place = names.index(key) if key else None
    predicted = service.metrics.predictions
    value_seen = service.metrics.prediction_value
    encode = msgspec.json.Encoder().encode

    async def kept(values: Values, value: float) -> dict[str, Any]:
        prediction_id = uuid.uuid4().hex
        await service.started_log.append(prediction_id, values, value)
        predicted.inc()
        value_seen.observe(value)
        content = {**model.answer(value), "prediction_id": prediction_id, "model_version": version}
        if key is not None and place is not None:
            content[key] = values[place]
        return content

    @routes.post(
        "/predict",
        summary="Predict for one record",
        openapi_extra=reads("ModelInput"),
        responses=responds("PredictionOutput", "The prediction, already in the log"),
    )
    async def predict(request: Request) -> Response:
        body = await small_body(request, LIMIT_BYTES)
        values = records.decode(body)
        content = await kept(values, model.predict_one(values))
        return Response(encode(content), media_type="application/json")

    @routes.post(
        "/predict/batch",
        summary="Predict for up to 1,000 records; a wrong one refuses them all",
        openapi_extra=reads("BatchInput"),
        responses=responds("BatchOutput", "The predictions in their order, already in the log"),
    )
    async def predict_batch(request: Request) -> Response:
        batch = records.decode_batch(await small_body(request, BATCH_LIMIT_BYTES))
        frame = pd.DataFrame(batch, columns=names)
        # milliseconds of work, which other requests need not wait for
        scores = await asyncio.to_thread(model.predict_many, frame)
        pairs = zip(batch, scores.tolist(), strict=True)
        answers = await asyncio.gather(*(kept(values, value) for values, value in pairs))
        content = {"predictions": answers}
        return Response(encode(content), media_type="application/json")

    return routes
