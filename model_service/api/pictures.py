"""GET /samples and /thumbnails: the sample pictures of an image model, and the kept thumbnails."""

import asyncio
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from model_service.api import answer, responds
from model_service.api.token import PROTECTED
from model_service.errors import NotFound
from model_service.models.image import ImageModel
from model_service.predictions.thumbnails import Thumbnails
from model_service.settings import Settings


class Sample(msgspec.Struct):
    """A sample picture; `label` is what it shows, if that is known."""

    name: str
    label: str | None
    url: str


class SamplesOutput(msgspec.Struct):
    """The sample pictures."""

    samples: list[Sample]


def router(model: ImageModel, settings: Settings) -> APIRouter:
    routes = APIRouter(tags=["predictions"])
    paths = model.samples()
    thumbnails = Thumbnails(settings.thumbnails(model.name))
    listed = SamplesOutput([_sample(name, model.classes) for name in paths])

    @routes.get(
        "/samples",
        summary="List the sample pictures with their labels",
        responses=responds("SamplesOutput", "The sample pictures"),
    )
    async def samples() -> Response:
        return answer(listed)

    @routes.get("/samples/{name:path}", summary="A sample picture", response_class=FileResponse)
    async def sample(name: str) -> Response:
        path = paths.get(name)
        if path is None:
            raise NotFound(f"There is no sample {name[:60]!r}: GET /samples lists them.")
        return FileResponse(path)

    @routes.get(
        "/thumbnails/{prediction_id}",
        summary="The thumbnail of a picture, where BELVEDERE_KEEP_IMAGES keeps them",
        dependencies=PROTECTED,
        response_class=FileResponse,
    )
    async def thumbnail(prediction_id: str) -> Response:
        path = await asyncio.to_thread(thumbnails.path, prediction_id)
        return FileResponse(path, media_type="image/jpeg")

    return routes


def _sample(name: str, classes: tuple[str, ...]) -> Sample:
    folder = name.partition("/")[0]
    return Sample(name, folder if folder in classes else None, f"/samples/{quote(name)}")
