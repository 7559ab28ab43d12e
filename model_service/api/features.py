"""GET /features/{...}: what is known of one entity, for models that know any."""

from typing import Any

from fastapi import APIRouter, Request, Response

from model_service.api import Service, answer
from model_service.predictions.request import features_of


def router(service: Service, _protected: list[Any]) -> APIRouter:
    routes = APIRouter(tags=["predictions"])
    entities = service.model.entities
    if entities is None:
        return routes

    @routes.get(f"/features/{{{entities.key}}}", summary="The features that /predict would take")
    async def features(request: Request) -> Response:
        identifier = str(request.path_params[entities.key])
        return answer(features_of(entities, identifier))

    return routes
