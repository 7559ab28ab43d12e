"""/schedules: evaluations of a live window at an interval."""

import asyncio

import msgspec
from fastapi import APIRouter, Request, Response

from model_service.api import answer, reads, service_of, small_body
from model_service.api.token import PROTECTED
from model_service.errors import BadRequest
from model_service.evaluations.request_body import check, parse_request
from model_service.evaluations.schedules import MAX_MINUTES, MIN_MINUTES


class ScheduleInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An evaluation of the latest hours or rows, and its interval."""

    every_minutes: float
    evaluation: msgspec.Raw
    publish: bool = True


routes = APIRouter(prefix="/schedules", tags=["evaluations"])


@routes.get("", summary="List all schedules with their next time", name="all_of_them")
async def list_schedules(request: Request) -> Response:
    schedules = service_of(request).schedules
    return answer({"schedules": await asyncio.to_thread(schedules.all)})


@routes.post(
    "",
    status_code=201,
    summary="Evaluate the latest hours or rows of the log at an interval",
    dependencies=PROTECTED,
    openapi_extra=reads("ScheduleInput"),
)
async def add(request: Request) -> Response:
    service = service_of(request)
    try:
        schedule = msgspec.json.decode(await small_body(request), type=ScheduleInput)
    except msgspec.MsgspecError as error:
        raise BadRequest(
            f'Send {{"every_minutes": 60, "evaluation": {{"last_hours": 24}}}}: {error}.'
        ) from None
    if not MIN_MINUTES <= schedule.every_minutes <= MAX_MINUTES:
        raise BadRequest(f'"every_minutes" must be {MIN_MINUTES:g} to {MAX_MINUTES:g}.')
    evaluation_request = msgspec.structs.replace(
        parse_request(bytes(schedule.evaluation)), publish=schedule.publish
    )
    check(evaluation_request, service.model)
    if not evaluation_request.live:
        raise BadRequest('A schedule needs a live window: "last_hours" or "last_rows".')
    stored = await asyncio.to_thread(
        service.schedules.add, schedule.every_minutes, evaluation_request
    )
    return answer(stored, 201, {"Location": f"/schedules/{stored['schedule_id']}"})


@routes.delete("/{schedule_id}", summary="Delete a schedule", dependencies=PROTECTED)
async def remove(request: Request, schedule_id: str) -> Response:
    await asyncio.to_thread(service_of(request).schedules.remove, schedule_id)
    return answer({"schedule_id": schedule_id, "state": "removed"})
