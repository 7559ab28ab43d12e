"""Reading a picture from a request: forms, limits, and bodies that never end."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.requests import Request

from model_service.api import image_body
from model_service.api.image_body import BODIES_IN_MEMORY, ImageBodies
from model_service.errors import (
    BadRequest,
    Overloaded,
    ServiceError,
    TooLarge,
    UploadTimedOut,
    WrongImage,
)

LIMIT = 100_000
FORM = "multipart/form-data; boundary=xyz"


def request(chunks: Iterable[bytes], ends: str = "body", **headers: str) -> Request:
    """Return a request whose body arrives in chunks; `ends` is body, disconnect or never."""
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks
    ]
    if ends == "body":
        messages.append({"type": "http.request", "body": b"", "more_body": False})
    if ends == "disconnect":
        messages.append({"type": "http.disconnect"})
    remaining = iter(messages)

    async def receive() -> dict[str, Any]:
        message = next(remaining, None)
        if message is None:
            await asyncio.sleep(3600)
        assert message is not None
        return message

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw}, receive)


def part(name: str, content: bytes, file_name: str | None = "cat.jpg") -> bytes:
    file = "" if file_name is None else f'; filename="{file_name}"'
    head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


async def read(bodies: ImageBodies, sent: Request) -> bytes:
    async with bodies.read(sent) as body:
        return body.take_picture(LIMIT)


def picture(sent: Request) -> bytes:
    return asyncio.run(read(ImageBodies(LIMIT), sent))


def test_a_raw_body_and_a_form_give_the_same_picture() -> None:
    content = bytes(range(256)) * 300
    assert picture(request([content[:1000], content[1000:]])) == content
    fields = part("comment", b"my dog", None) + part("file", content) + b"--xyz--\r\n"
    assert picture(request([fields[:70], fields[70:]], content_type=FORM)) == content
    without_name = part("file", content, None) + b"--xyz--\r\n"
    assert picture(request([without_name], content_type=FORM)) == content


@pytest.mark.parametrize(
    ("body", "error", "text"),
    [
        (part("picture", b"x") + b"--xyz--\r\n", WrongImage, 'no complete parts named "file"'),
        (part("file", b"x") * 2 + b"--xyz--\r\n", WrongImage, '2 parts named "file"'),
        (part("file", b"cut off")[:-4], WrongImage, "no complete parts"),
        (part("file", b"") + b"--xyz--\r\n", WrongImage, "empty"),
        (part("x", b"") * 40 + b"--xyz--\r\n", BadRequest, "more than 16 parts"),
        (b"no form at all", BadRequest, "can't be read"),
        (part("file", b"x" * (LIMIT + 1)) + b"--xyz--\r\n", TooLarge, "100,000 bytes"),
    ],
)  # fmt: skip
def test_a_wrong_form_is_rejected_with_its_reason(
    body: bytes, error: type[ServiceError], text: str
) -> None:
    with pytest.raises(error, match=text):
        picture(request([body], content_type=FORM))


def test_a_body_is_rejected_by_its_announced_length_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        picture(request([], ends="never", content_length=str(200 * 2**20)))


def test_a_body_is_rejected_as_soon_as_it_exceeds_the_limit() -> None:
    with pytest.raises(TooLarge):
        picture(request([b"x" * 60_000] * 2, ends="never"))


def test_large_bodies_share_a_limited_memory_which_they_give_back() -> None:
    bodies = ImageBodies(LIMIT)

    async def scenario() -> None:
        readings = [
            asyncio.create_task(read(bodies, request([b"x" * LIMIT], ends="never")))
            for _ in range(BODIES_IN_MEMORY + 2)
        ]
        await asyncio.sleep(0.01)
        with pytest.raises(Overloaded):
            await read(bodies, request([b"x" * LIMIT * 1]))
        for reading in readings:
            reading.cancel()
        await asyncio.gather(*readings, return_exceptions=True)
        for _ in range(3 * BODIES_IN_MEMORY):
            assert len(await read(bodies, request([b"x" * LIMIT]))) == LIMIT

    asyncio.run(scenario())


def test_a_client_that_disconnects_or_stalls_is_not_a_fault_of_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(BadRequest, match="closed before"):
        picture(request([b"x"], ends="disconnect"))
    monkeypatch.setattr(image_body, "MAX_SECONDS", 0.01)
    with pytest.raises(UploadTimedOut, match="did not arrive"):
        picture(request([b"x"], ends="never"))
