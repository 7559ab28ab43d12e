"""The model service: errors, uploads and schedules."""

import pytest

from console.adapters.model_service import ModelService
from console.errors import RequestRejected, SourceFailed, SourceUnreachable
from tests import servers
from tests.console.fakes import Answer, answering


def test_a_rejected_request_shows_the_message_of_the_service() -> None:
    body = b'{"detail": "There is no window \'x\'."}'
    with answering(Answer(404, body)) as url, pytest.raises(RequestRejected, match="no window 'x'"):
        ModelService(url, 1.0, None).windows()


def test_wrong_rows_of_an_upload_are_named_by_row_and_field() -> None:
    body = b'{"detail": [{"row": 3}], "message": "row 3, hr: 25 is out of range"}'
    with answering(Answer(422, body)) as url, pytest.raises(RequestRejected, match="row 3, hr"):
        ModelService(url, 1.0, None).upload("rows.csv", b"hr\n25\n")


def test_an_internal_error_of_the_service_is_an_outage_and_not_a_rejection() -> None:
    with (
        answering(Answer(503, b'{"detail": "the log is full"}')) as url,
        pytest.raises(SourceFailed, match="503: the log is full"),
    ):
        ModelService(url, 1.0, None).start({"window": "x"})


def test_a_missing_service_is_unreachable() -> None:
    url = f"http://127.0.0.1:{servers.free_port()}"
    with pytest.raises(SourceUnreachable, match="model service does not answer"):
        ModelService(url, 1.0, None).windows()


def test_schedules_have_their_evaluation_and_last_problem() -> None:
    body = (
        b'{"schedules": [{"schedule_id": "s", "every_minutes": 60, "next_at": 5.0, "model": "m",'
        b'"evaluation": {"last_hours": 24}, "last_evaluation_id": null, "last_problem": "why"}]}'
    )
    with answering(Answer(200, body)) as url:
        (schedule,) = ModelService(url, 1.0, None).schedules()
    assert (schedule.every_minutes, schedule.last_problem) == (60, "why")


def test_an_unexpected_body_is_an_error_and_not_an_empty_list() -> None:
    with answering(Answer(200, b'{"schedules": 3}')) as url:
        with pytest.raises(SourceFailed, match="unexpected body"):
            ModelService(url, 1.0, None).schedules()
        with pytest.raises(SourceFailed, match="unexpected body"):
            ModelService(url, 1.0, None).compare("a", "b")
