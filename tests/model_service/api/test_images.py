"""The API of cats and dogs with its real model: pictures of all kinds, limits, memory, samples."""

import http.client
import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.model_service.api import picture_files
from tests.services import Api, serving

pytestmark = pytest.mark.stack

TOKEN = "correct-horse"
MAX_REQUEST_BYTES = 40 * 2**20
MIB = 2**20


@pytest.fixture(scope="module")
def api(trained_cats_dogs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Run a service that keeps thumbnails, with one thread and one place to wait."""
    folder = tmp_path_factory.mktemp("cats-dogs") / "data"
    shutil.copytree(trained_cats_dogs, folder)
    with serving(
        folder,
        model="cats-dogs",
        api_token=TOKEN,
        keep_images="true",
        image_threads="1",
        image_queue_limit="1",
    ) as service:
        service.session.headers["Authorization"] = f"Bearer {TOKEN}"
        yield service


def send(api: Api, content: bytes, name: str = "picture.jpg") -> requests.Response:
    return api.session.post(f"{api.url}/predict", files={"file": (name, content)}, timeout=300)


def memory(api: Api, name: str) -> int:
    """Return a field of the service's memory in bytes: VmRSS now, or VmHWM, the most so far."""
    lines = Path(f"/proc/{api.server.process.pid}/status").read_text("utf-8").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(name))


def memory_taken(api: Api, function: Callable[[], object]) -> int:
    """Return by how many bytes the service grew while a function ran, at its peak."""
    before = memory(api, "VmRSS")
    Path(f"/proc/{api.server.process.pid}/clear_refs").write_text("5", "utf-8")
    function()
    return memory(api, "VmHWM") - before


def test_a_form_and_a_raw_body_get_the_same_prediction(api: Api) -> None:
    content = picture_files.sample()
    form = send(api, content).json()
    for headers in ({}, {"Content-Type": "image/png"}, {"Content-Type": "text/plain"}):
        raw = api.session.post(f"{api.url}/predict", data=content, headers=headers, timeout=300)
        assert raw.json()["proba_cat"] == form["proba_cat"]
    assert form["prediction"] == "cat"
    assert form["confidence"] == form["proba_cat"] >= 0.9
    assert form["low_confidence"] is False
    assert form["inference_time_ms"] > 0
    assert form["model_version"] == api.get("/model").json()["version"]
    assert send(api, picture_files.sample(label="dog")).json()["prediction"] == "dog"


@pytest.mark.parametrize("kind", ["cmyk", "sixteen_bits", "turned", "webp"])
def test_a_cat_in_an_unusual_file_is_a_cat(api: Api, kind: str) -> None:
    if kind == "webp":
        content = picture_files.saved(picture_files.opened(), "WEBP")
    else:
        content = getattr(picture_files, kind)()
    answer = send(api, content)
    assert answer.status_code == 200, answer.text
    assert answer.json()["prediction"] == "cat"
    assert answer.json()["confidence"] > 0.9


REJECTED: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "bomb": (picture_files.bomb, 422, "12,000 x 12,000 pixels"),
    "text bomb": (picture_files.bomb_of_text, 422, "too large"),
    "truncated": (lambda: picture_files.sample()[:9000], 422, "cut off"),
    "animated": (picture_files.animated, 422, "animated"),
    "empty": (lambda: b"", 422, "empty"),
    "svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "SVG"),
    "text": (lambda: b"This is a cat, believe me.", 415, "text"),
    "gif": (lambda: picture_files.saved(picture_files.opened(), "GIF"), 415, "GIF"),
}


@pytest.mark.parametrize("name", REJECTED)
def test_what_is_not_a_usable_picture_is_rejected_with_its_reason_in_little_memory(
    api: Api, name: str
) -> None:
    make, status, text = REJECTED[name]
    content = make()
    send(api, picture_files.sample())
    counted = api.metrics()["model_predictions_total"]
    answers: list[requests.Response] = []

    def both_ways() -> None:
        answers.append(send(api, content, "cat.jpg"))
        answers.append(api.session.post(f"{api.url}/predict", data=content, timeout=300))

    assert memory_taken(api, both_ways) < MAX_REQUEST_BYTES
    for answer in answers:
        assert answer.status_code == status, answer.text
        assert text in answer.json()["detail"]
    assert api.metrics()["model_predictions_total"] == counted


def test_an_upload_of_200_mb_is_rejected_and_never_in_memory(api: Api) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="cat.jpg"\r\n\r\n'
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    chunk = os.urandom(MIB)
    answers: list[requests.Response] = []

    def upload() -> None:
        for start, headers in ((chunk, {}), (head, form)):
            # an iterator is sent without a length
            body = iter([start, *[chunk] * 200])
            url = f"{api.url}/predict"
            answers.append(api.session.post(url, data=body, headers=headers, timeout=300))

    assert memory_taken(api, upload) < MAX_REQUEST_BYTES
    for answer in answers:
        assert answer.status_code == 413
        assert "10,485,760 bytes" in answer.json()["detail"]
    assert api.get("/health").status_code == 200


def test_an_announced_length_above_the_limit_is_rejected_without_the_body(api: Api) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", api.server.port, timeout=300)
    connection.putrequest("POST", "/predict")
    connection.putheader("Content-Length", str(200 * MIB))
    connection.putheader("Authorization", f"Bearer {TOKEN}")
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert "BELVEDERE_MAX_IMAGE_BYTES" in json.loads(response.read())["detail"]
    connection.close()


def test_too_many_pictures_at_once_are_rejected_and_the_memory_is_bounded(api: Api) -> None:
    content = picture_files.noise(2.5)
    assert len(content) > 7 * MIB
    answers: list[requests.Response] = []

    def crowd() -> None:
        with ThreadPoolExecutor(12) as pool:
            answers.extend(pool.map(lambda _: requests_of(api, content), range(24)))

    # four bodies of 10 MiB may arrive at once, and one picture is decoded
    assert memory_taken(api, crowd) < 4 * 10 * MIB + MAX_REQUEST_BYTES
    statuses = {answer.status_code for answer in answers}
    assert statuses == {200, 503}
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert send(api, content).status_code == 200


def requests_of(api: Api, content: bytes) -> requests.Response:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return requests.post(f"{api.url}/predict", data=content, headers=headers, timeout=300)


def test_samples_are_listed_and_sent_and_nothing_else_is(api: Api) -> None:
    samples = api.get("/samples").json()["samples"]
    assert {sample["label"] for sample in samples} == {"cat", "dog"}
    first = samples[0]
    picture = api.get(first["url"])
    assert picture.headers["content-type"] == "image/jpeg"
    assert send(api, picture.content).json()["prediction"] == first["label"]
    for path in ("../labels.csv", "..%2f..%2fmodel.py", "/etc/passwd", "%2e%2e/labels.csv", "cat"):
        connection = http.client.HTTPConnection("127.0.0.1", api.server.port, timeout=300)
        connection.request("GET", f"/samples/{path}")
        assert connection.getresponse().status == 404, path
        connection.close()


def test_a_thumbnail_is_kept_for_those_with_the_token(api: Api) -> None:
    prediction = send(api, picture_files.sample()).json()
    path = f"/thumbnails/{prediction['prediction_id']}"
    thumbnail = api.get(path)
    assert thumbnail.headers["content-type"] == "image/jpeg"
    assert thumbnail.content.startswith(b"\xff\xd8")
    assert len(thumbnail.content) < 20_000
    assert requests.get(api.url + path, timeout=300).status_code == 401
    for wrong in ("0" * 32, "..%2f..%2fcats-dogs.db", "*"):
        assert api.get(f"/thumbnails/{wrong}").status_code == 404
    kept = [item for item in api.data.rglob("*") if item.suffix in (".jpg", ".png", ".webp")]
    assert {item.parent for item in kept} == {api.data / "thumbnails" / "cats-dogs"}


def test_only_those_with_the_token_predict_and_vote(api: Api) -> None:
    for path in ("/predict", "/feedback"):
        answer = requests.post(api.url + path, data=picture_files.sample(), timeout=300)
        assert answer.status_code == 401


def test_the_openapi_document_describes_both_bodies_and_the_answer(api: Api) -> None:
    document = api.get("/openapi.json").json()
    predict = document["paths"]["/predict"]["post"]
    content = predict["requestBody"]["content"]
    assert set(content) == {"multipart/form-data", "image/jpeg", "image/png", "image/webp"}
    file = content["multipart/form-data"]["schema"]["properties"]["file"]
    assert file == content["image/png"]["schema"] == {"type": "string", "format": "binary"}
    schema = document["components"]["schemas"]["PredictionOutput"]
    assert set(schema["properties"]) == set(send(api, picture_files.sample()).json())
    assert schema["properties"]["prediction"]["enum"] == ["cat", "dog", "neither"]
    assert "/predict/batch" not in document["paths"]
    text = json.dumps(document)
    for name in ("ModelInput", "BatchInput", "FeedbackInput"):
        assert f"schemas/{name}" not in text
