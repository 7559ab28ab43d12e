"""POST /predict: one record in, one prediction out, logged before it is answered."""

import uuid
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from model_service.routes import Service, reads, responds, small_body
from model_service.rows import OneRow

LIMIT_BYTES = 65_536


def router(service: Service, protected: list[Any]) -> APIRouter:
    routes = APIRouter(tags=["predictions"], dependencies=protected)
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
