"""The file of a form (multipart/form-data): its content is written as it arrives."""

from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from model_service.errors import BadRequest

FORM = "multipart/form-data"
PART = b"file"


class FormFile:
    """Writes the part `file` of a form to a file; a form with other parts is rejected."""

    def __init__(self, content_type: str) -> None:
        """Take the content type of the request. Raises BadRequest without a boundary."""
        self._file: BinaryIO | None = None
        self._header, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._parts, self._ended = 0, False
        # of the part `file`
        self.content_type = self.filename = ""
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        if not boundary:
            raise BadRequest("The form's content type has no boundary.")
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._add_to_name,
                    "on_header_value": self._add_to_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._write_data,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise BadRequest(f"The form can't be read: {error}.") from None

    def write(self, chunk: bytes, file: BinaryIO) -> None:
        """Parse the next bytes of the body, and write those of the file. Raises BadRequest."""
        self._file = file
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise BadRequest(f"The form can't be read: {error}.") from None

    def finish(self) -> None:
        """Raise BadRequest if the form ended early, or had no part `file`."""
        if not self._ended or not self._parts:
            raise BadRequest('The form is incomplete: send one part "file", and nothing else.')

    def _begin_part(self) -> None:
        self._parts += 1
        self._headers = {}

    def _add_to_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header, self._value = b"", b""

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"")
        if name != PART or self._parts > 1:
            raise BadRequest(
                f'The form has a part {name.decode("utf-8", "replace")!r}: send one part "file", '
                "and the options in the query string."
            )
        kind, _ = parse_options_header(self._headers.get(b"content-type", b""))
        self.content_type = kind.decode("latin-1").lower()
        self.filename = options.get(b"filename", b"").decode("utf-8", "replace")

    def _write_data(self, data: bytes, start: int, end: int) -> None:
        assert self._file is not None
        self._file.write(data[start:end])

    def _end(self) -> None:
        self._ended = True
