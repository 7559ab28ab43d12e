"""/schedules: evaluations of a live window, every so many minutes."""

import asyncio
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from model_service.api import Service, answer, reads, small_body
from model_service.errors import BadRequest
from model_service.evaluations.request_body import check, parse_request
from model_service.evaluations.schedules import MAX_MINUTES, MIN_MINUTES

LIMIT_BYTES = 65_536


class ScheduleInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    every_minutes: float
    evaluation: msgspec.Raw
    publish: bool = True


def router(service: Service, protected: list[Any]) -> APIRouter:
    routes = APIRouter(prefix="/schedules", tags=["evaluations"])

    @routes.get("", summary="All schedules, with their next time")
    async def all_of_them() -> Response:
        return answer({"schedules": await asyncio.to_thread(service.started_schedules.all)})

    @routes.post(
        "",
        status_code=201,
        summary="Evaluate the latest hours or rows of the log every so many minutes",
        dependencies=protected,
        openapi_extra=reads("ScheduleInput"),
    )
    async def add(request: Request) -> Response:
        try:
            given = msgspec.json.decode(await small_body(request, LIMIT_BYTES), type=ScheduleInput)
        except msgspec.MsgspecError as error:
            raise BadRequest(
                f'Send {{"every_minutes": 60, "evaluation": {{"last_hours": 24}}}}: {error}.'
            ) from None
        if not MIN_MINUTES <= given.every_minutes <= MAX_MINUTES:
            raise BadRequest(f'"every_minutes" must be {MIN_MINUTES:g} to {MAX_MINUTES:g}.')
        asked = msgspec.structs.replace(
            parse_request(bytes(given.evaluation)), publish=given.publish
        )
        check(asked, service.model)
        if not asked.live:
            raise BadRequest('A schedule needs a live window: "last_hours" or "last_rows".')
        added = await asyncio.to_thread(service.started_schedules.add, given.every_minutes, asked)
        return answer(added, 201, {"Location": f"/schedules/{added['schedule_id']}"})

    @routes.delete("/{schedule_id}", summary="End a schedule", dependencies=protected)
    async def remove(schedule_id: str) -> Response:
        await asyncio.to_thread(service.started_schedules.remove, schedule_id)
        return answer({"schedule_id": schedule_id, "state": "removed"})

    return routes
