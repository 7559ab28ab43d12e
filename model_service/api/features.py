"""GET /features/{...}: the features of one entity, for models with entities."""

from fastapi import APIRouter, Request, Response

from model_service.api import answer
from model_service.models.base import MonitoredModel
from model_service.predictions.request import features_of


def router(model: MonitoredModel) -> APIRouter:
    """Return the route, or none for a model without entities."""
    routes = APIRouter(tags=["predictions"])
    entities = model.entities
    if entities is None:
        return routes

    @routes.get(f"/features/{{{entities.key}}}", summary="Return the features that /predict uses")
    async def features(request: Request) -> Response:
        identifier = str(request.path_params[entities.key])
        return answer(features_of(entities, identifier))

    return routes
