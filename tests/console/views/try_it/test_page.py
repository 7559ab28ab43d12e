"""Try it in Streamlit's test runner: each state of the service, and that nothing is sent twice."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests import servers
from tests.console.fakes import Answer, answering
from tests.console.picture_service import DOCUMENT, PictureService, jpeg, picture_service

PAGE = Path(__file__).resolve().parents[4] / "console" / "views" / "try_it" / "page.py"
EMPTY = b'{"status":"success","data":{"resultType":"vector","result":[]}}'
ROW = {
    "type": "object",
    "required": ["rooms", "heating"],
    "properties": {
        "rooms": {"type": "integer", "minimum": 1, "maximum": 9, "example": 3},
        "heating": {"enum": ["gas", "oil"]},
        "built": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
    },
}


@pytest.fixture(autouse=True)
def no_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("BELVEDERE_CONSOLE_DIR", str(tmp_path))
    monkeypatch.setenv("BELVEDERE_QUERY_TIMEOUT_SECONDS", "5")
    st.cache_resource.clear()
    st.cache_data.clear()
    with answering(Answer(200, EMPTY)) as url:
        monkeypatch.setenv("BELVEDERE_PROMETHEUS_URL", url)
        yield
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PictureService]:
    with picture_service() as running:
        monkeypatch.setenv("BELVEDERE_MODEL_SERVICE_URLS", json.dumps({"pets": running.url}))
        yield running


def opened(model: str = "") -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=30)
    if model:
        page.query_params["model"] = model
    page.run()
    assert not page.exception
    return page


def texts(page: AppTest) -> str:
    parts = [*page.error, *page.warning, *page.info, *page.success, *page.markdown, *page.caption]
    return "\n".join(str(part.value) for part in parts)


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    return page


def takes_rows(service: PictureService, schema: dict[str, Any] = ROW) -> None:
    """Make the service take records in place of pictures."""
    content = {"application/json": {"schema": schema}}
    paths = {"/predict": {"post": {"requestBody": {"content": content}}}}
    service.answers["/openapi.json"] = (200, {"openapi": "3.1.0", "paths": paths})


def test_a_sample_picture_is_sent_once_and_its_answer_stays(service: PictureService) -> None:
    page = press(opened(), "a")
    assert {item.label: item.value for item in page.metric} == {
        "Prediction": "cat", "Confidence": "61 %", "Latency": page.metric[2].value,
    }  # fmt: skip
    assert "**Low confidence.** 61 % is below the service's threshold of 70 %." in texts(page)
    assert "inference 11.5 ms" in texts(page)
    assert "prediction_id `p1`" in texts(page)
    for _ in range(3):
        page.run()
    assert service.count("/predict") == 1
    assert b'name="file"' in service.posts[0][1]
    assert jpeg() in service.posts[0][1]


def test_an_upload_is_sent_once_and_the_next_one_again(service: PictureService) -> None:
    page = opened()
    page.file_uploader[0].set_value(("my.jpg", jpeg(), "image/jpeg")).run()
    page.run()
    assert service.count("/predict") == 1
    page.file_uploader[0].set_value(("next.png", jpeg(), "image/png")).run()
    assert service.count("/predict") == 2
    assert b"next.png" in service.posts[1][1]


def test_votes_are_sent_once_with_the_right_class_of_a_wrong_prediction(
    service: PictureService,
) -> None:
    page = press(opened(), "a")
    label = next(item for item in page.selectbox if item.label.startswith("Right class"))
    assert label.options == ["dog", "neither"]
    label.set_value("dog").run()
    press(page, "Wrong").run()
    assert "**Feedback recorded.** Wrong. Right class: dog." in texts(page)
    assert [json.loads(body) for path, body in service.posts if path == "/feedback"] == [
        {"prediction_id": "p1", "feedback": "negative", "label": "dog"}
    ]
    assert not any(button.label == "Right" for button in page.button)


def test_feedback_that_fails_can_be_sent_again(service: PictureService) -> None:
    service.answers["/feedback"] = (503, {"detail": "the log is full"})
    page = press(press(opened(), "a"), "Right")
    assert "**Service unavailable.** 503: the log is full." in texts(page)
    service.answers["/feedback"] = (200, {})
    press(page, "Right")
    assert "**Feedback recorded.** Right." in texts(page)
    assert service.count("/feedback") == 2


def test_a_rejected_picture_shows_the_state_and_the_text_of_the_service(
    service: PictureService,
) -> None:
    page = opened()
    for status, state in (
        (401, "Token missing or wrong"), (413, "Too large"), (415, "Unsupported format"),
        (422, "Invalid input"), (429, "Too many requests"), (400, "Request rejected"),
    ):  # fmt: skip
        service.answers["/predict"] = (status, {"detail": "This is why"})
        press(page, "a")
        assert f"**{state}.** This is why." in page.warning[0].value
        assert not page.error
        assert "Feedback" not in texts(page)


def test_a_failing_service_is_an_error_with_its_text(service: PictureService) -> None:
    page = opened()
    service.answers["/predict"] = (503, {"detail": "the database is down"})
    press(page, "a")
    assert "**Service unavailable.** 503: the database is down." in page.error[0].value
    service.answers["/predict"] = (500, {"detail": "a bug"})
    press(page, "a")
    assert "**Service failed.**" in page.error[0].value


def test_a_service_that_stops_keeps_the_form_with_its_age(
    service: PictureService, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = press(opened(), "a")
    monkeypatch.setattr("console.adapters.prediction_service.OPENAPI", "/stopped")
    service.answers["/stopped"] = (500, {"detail": "stopping"})
    page.run()
    assert "500: stopping" in page.error[0].value
    assert "The data below is" in page.error[0].value
    assert page.metric[0].value == "cat"


def test_a_service_that_never_answered_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"http://127.0.0.1:{servers.free_port()}"
    monkeypatch.setenv("BELVEDERE_MODEL_SERVICE_URLS", json.dumps({"pets": url}))
    page = opened()
    assert "The model service does not answer" in page.error[0].value
    assert not page.button


def test_services_without_openapi_or_without_a_prediction_are_explained(
    service: PictureService,
) -> None:
    service.answers["/openapi.json"] = (404, {})
    assert "**Input unknown.**" in texts(opened())
    service.answers["/openapi.json"] = (200, {"hello": "world"})
    assert "is not an OpenAPI document" in texts(opened())
    service.answers["/openapi.json"] = (200, {**DOCUMENT, "paths": {}})
    assert "**No prediction endpoint.**" in texts(opened())


def test_a_model_of_the_file_is_tried_where_it_is_scraped_and_without_the_token(
    service: PictureService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "models.toml").write_text(
        '[[models]]\nname = "shop"\ntask = "multiclass"\nmatchers = { job = "shop" }\n'
    )
    monkeypatch.delenv("BELVEDERE_MODEL_SERVICE_URLS")
    monkeypatch.setenv("BELVEDERE_API_TOKEN", "secret")
    labels = {"job": "shop", "instance": service.url.removeprefix("http://")}
    vector = {"resultType": "vector", "result": [{"metric": labels, "value": [1, "1"]}]}
    body = json.dumps({"status": "success", "data": vector}).encode()
    with answering(Answer(200, body)) as url:
        monkeypatch.setenv("BELVEDERE_PROMETHEUS_URL", url)
        page = press(opened("shop"), "a")
    assert page.metric[0].value == "cat"
    assert service.tokens == {None}


def test_the_token_goes_to_a_model_service(
    service: PictureService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELVEDERE_API_TOKEN", "secret")
    press(opened(), "a")
    assert service.tokens == {"Bearer secret"}


def test_a_model_without_an_address_is_explained(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(
        '[[models]]\nname = "shop"\ntask = "regression"\nmatchers = { job = "shop" }\n'
    )
    assert "**No service address.** Prometheus scrapes no target of shop." in texts(opened())


def test_a_record_is_sent_once_when_all_required_fields_have_a_value(
    service: PictureService,
) -> None:
    takes_rows(service)
    service.answers["/predict"] = (200, {"price": 41.25})
    page = press(opened(), "Predict")
    assert "**Not sent.** Enter a valid value for heating." in texts(page)
    assert service.count("/predict") == 0
    next(item for item in page.selectbox if item.label == "heating").set_value("oil")
    press(page, "Predict").run()
    assert [json.loads(body) for _, body in service.posts] == [{"rooms": 3, "heating": "oil"}]
    assert page.metric[0].value == "41.25"
    assert "No feedback: the service takes no feedback." in texts(page)


def test_every_wrong_field_that_the_service_names_is_listed(service: PictureService) -> None:
    takes_rows(service, {**ROW, "required": []})
    entries = [{"loc": ["body", name], "msg": f"{name} is odd"} for name in ("rooms", "built")]
    service.answers["/predict"] = (422, {"detail": entries})
    page = press(opened(), "Predict")
    assert "2 problems." in page.warning[0].value
    assert "- rooms: rooms is odd\n- built: built is odd" in page.warning[0].value
