"""The file of a form is written as it arrives, in any pieces; other forms are rejected."""

import io

import pytest
import requests

from model_service.api.form_file import FormFile
from model_service.errors import BadRequest

CONTENT = bytes(range(256)) * 20 + b"\r\n--not-the-boundary\r\n"


def form(files: dict[str, tuple[str, bytes, str]]) -> tuple[str, bytes]:
    request = requests.Request("POST", "http://localhost", files=files).prepare()
    assert isinstance(request.body, bytes)
    return request.headers["content-type"], request.body


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_the_file_is_written_whatever_the_pieces_of_the_body(step: int) -> None:
    content_type, body = form({"file": ("päts.zip", CONTENT, "application/zip")})
    parser, file = FormFile(content_type), io.BytesIO()
    for start in range(0, len(body), step):
        parser.write(body[start : start + step], file)
    parser.finish()
    assert file.getvalue() == CONTENT
    assert (parser.content_type, parser.filename) == ("application/zip", "päts.zip")


@pytest.mark.parametrize("missing", [10, 60, len(CONTENT)])
def test_a_form_that_ends_early_is_rejected(missing: int) -> None:
    content_type, body = form({"file": ("a.zip", CONTENT, "application/zip")})
    parser = FormFile(content_type)
    parser.write(body[:-missing], io.BytesIO())
    with pytest.raises(BadRequest, match="incomplete"):
        parser.finish()


@pytest.mark.parametrize(
    "files",
    [
        {"picture": ("a.zip", CONTENT, "application/zip")},
        {"file": ("a.zip", CONTENT, "application/zip"), "comment": ("b", b"c", "text/plain")},
    ],
)
def test_a_form_with_another_part_is_rejected(files: dict[str, tuple[str, bytes, str]]) -> None:
    content_type, body = form(files)
    with pytest.raises(BadRequest, match='one part "file"'):
        FormFile(content_type).write(body, io.BytesIO())


def test_a_body_that_is_not_a_form_is_rejected() -> None:
    with pytest.raises(BadRequest, match="no boundary"):
        FormFile("multipart/form-data")
    with pytest.raises(BadRequest, match="can't be read"):
        FormFile("multipart/form-data; boundary=x").write(CONTENT, io.BytesIO())
    with pytest.raises(BadRequest, match="can't be read"):
        FormFile(f"multipart/form-data; boundary={'x' * 300}")


def test_the_headers_of_a_form_are_limited() -> None:
    parser = FormFile("multipart/form-data; boundary=x")
    with pytest.raises(BadRequest, match="can't be read"):
        parser.write(b"--x\r\nA: " + b"b" * 9_000, io.BytesIO())
