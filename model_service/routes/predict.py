"""POST /predict: one record in, one prediction out, logged before it is answered."""

import uuid
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from model_service.routes import Service, reads, responds, small_body
from model_service.rows import OneRow

LIMIT_BYTES = 65_536


class DirectRoute(APIRoute):
    """Hands the request to the endpoint as it is: nothing is there for FastAPI to resolve."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        endpoint: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return endpoint


def router(service: Service, protected: list[Any]) -> APIRouter:
    # a token is checked by a dependency, which only the ordinary route knows how to ask for
    kind = APIRoute if protected else DirectRoute
    routes = APIRouter(tags=["predictions"], dependencies=protected, route_class=kind)
    decode = OneRow(service.model.inputs).decode
    model, field, version = service.model, service.model.answer_field, service.model.version
    predicted = service.metrics.predictions
    value_seen = service.metrics.prediction_value
    encode = msgspec.json.Encoder().encode

    @routes.post(
        "/predict",
        summary="Predict for one record",
        openapi_extra=reads("ModelInput"),
        responses=responds("PredictionOutput", "The prediction, already in the log"),
    )
    async def predict(request: Request) -> Response:
        body = await small_body(request, LIMIT_BYTES)
        values = decode(body)
        value = model.predict_one(values)
        prediction_id = uuid.uuid4().hex
        await service.started_log.append(prediction_id, values, value)
        predicted.inc()
        value_seen.observe(value)
        content = {field: value, "prediction_id": prediction_id, "model_version": version}
        return Response(encode(content), media_type="application/json")

    return routes
