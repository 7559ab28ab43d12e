"""Read the picture of a request: a form with `file`, or the body itself."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header
from starlette.requests import ClientDisconnect

from model_service.errors import BadRequest, Overloaded, TooLarge, UploadTimedOut, WrongImage

# the response says what is wrong with a form
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)

FORM = "multipart/form-data"
PART = b"file"
# for the lines between the parts of a form, and its other parts
FORM_BYTES = 64 * 1024
MAX_PARTS = 16
MAX_SECONDS = 120.0
# the bodies of all requests together take at most this many times the largest picture
BODIES_IN_MEMORY = 4


class ImageBody:
    """The body of a request, and its content type if that is a form."""

    def __init__(self, content: bytes, form: str | None) -> None:
        self._content, self._form = content, form
        self.size = len(content)

    def take_picture(self, max_bytes: int) -> bytes:
        """Return the bytes of the picture, and let go of the body: decoding needs the memory.

        Raises BadRequest, TooLarge and WrongImage.
        """
        content, self._content = self._content, b""
        if self._form is not None:
            content = _file_of(content, self._form)
        if len(content) > max_bytes:
            raise _too_large(max_bytes)
        if not content:
            raise WrongImage("The picture is empty (0 bytes): send a JPEG, PNG or WebP file.")
        return content


class ImageBodies:
    """Reads bodies into memory, of which all requests together take a limited amount."""

    def __init__(self, max_image_bytes: int) -> None:
        self._max_bytes = max_image_bytes
        self._free_bytes = BODIES_IN_MEMORY * (max_image_bytes + FORM_BYTES)

    @asynccontextmanager
    async def read(self, request: Request) -> AsyncIterator[ImageBody]:
        """Give the body of a request, whose memory counts until the block ends.

        Raises TooLarge as soon as the limit is exceeded, Overloaded, UploadTimedOut, and
        BadRequest if the client disconnects.
        """
        content_type = request.headers.get("content-type", "")
        is_form = content_type.partition(";")[0].strip().lower() == FORM
        limit = self._max_bytes + (FORM_BYTES if is_form else 0)
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            raise _too_large(self._max_bytes)
        content = await self._collect(request, limit)
        body = ImageBody(content, content_type if is_form else None)
        del content
        try:
            yield body
        finally:
            self._free_bytes += body.size

    async def _collect(self, request: Request, limit: int) -> bytes:
        """Return the body; its size is taken from the free memory, unless an error is raised."""
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(MAX_SECONDS):
                async for chunk in request.stream():
                    if size + len(chunk) > limit:
                        raise _too_large(self._max_bytes)
                    if len(chunk) > self._free_bytes:
                        raise Overloaded("Too many large pictures arrive at once. Retry shortly.")
                    self._free_bytes -= len(chunk)
                    size += len(chunk)
                    chunks.append(chunk)
        except BaseException as error:
            self._free_bytes += size
            if isinstance(error, ClientDisconnect):
                text = "The connection was closed before the picture was complete."
                raise BadRequest(text) from None
            if isinstance(error, TimeoutError):
                text = f"The picture did not arrive within {MAX_SECONDS:g} s: send it again."
                raise UploadTimedOut(text) from None
            raise
        return b"".join(chunks)


def _file_of(body: bytes, content_type: str) -> bytes:
    """Return the content of the part `file`. Raises BadRequest and WrongImage."""
    parts: list[tuple[bytes | None, bytes]] = []

    def add(name: bytes | None, content: bytes) -> None:
        parts.append((name, content))
        if len(parts) > MAX_PARTS:
            raise FormParserError(f"it has more than {MAX_PARTS} parts")

    def on_file(file: File) -> None:
        assert isinstance(file.file_object, BytesIO)
        add(file.field_name, file.file_object.getvalue())

    def on_field(field: Field) -> None:
        add(field.field_name, field.value or b"")

    # nothing of a picture goes to a temporary file
    config = {"MAX_MEMORY_FILE_SIZE": len(body) + 1}
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    try:
        parser = FormParser(FORM, on_field, on_file, boundary=boundary, config=config)
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise BadRequest(f"The form can't be read: {error}.") from None
    pictures = [content for name, content in parts if name == PART]
    if len(pictures) != 1:
        number = len(pictures) or "no complete"
        raise WrongImage(
            f'The form has {number} parts named "file": send exactly one picture as "file", or '
            "the picture itself as the body."
        )
    return pictures[0]


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(
        f"The picture is larger than the limit of {max_bytes:,} bytes "
        "(BELVEDERE_MAX_IMAGE_BYTES): send a smaller one."
    )
