"""The errors of the service. The text is for the user; `status` is what the API answers with.

ServiceError
├── StartError            the service can't start as it is set up
├── BadRequest            400: the request is not understood
├── NotFound              404: no such thing
├── TooLarge              413: a limit was passed; the text names it
├── InvalidRows           422: rows with wrong fields, each named
└── LogUnavailable        503: a prediction could not be committed to the log
"""

from dataclasses import asdict, dataclass
from typing import Any

MOST_ERRORS_SHOWN = 100


class ServiceError(Exception):
    status = 500

    @property
    def detail(self) -> Any:
        return str(self)

    def body(self) -> dict[str, Any]:
        return {"detail": self.detail}


class StartError(ServiceError):
    pass


class BadRequest(ServiceError):
    status = 400


class NotFound(ServiceError):
    status = 404


class TooLarge(ServiceError):
    status = 413


class LogUnavailable(ServiceError):
    status = 503


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; `row` is counted from 0, None outside a list of rows."""

    row: int | None
    field: str
    value: Any
    allowed: str
    msg: str

    def entry(self, path: tuple[str, ...]) -> dict[str, Any]:
        where = [*path, *([] if self.row is None else [self.row]), self.field]
        return {"loc": where, **asdict(self)}


class InvalidRows(ServiceError):
    status = 422

    def __init__(self, errors: list[FieldError], total: int, path: tuple[str, ...]) -> None:
        super().__init__(errors, total, path)
        self.errors, self.total, self.path = errors, total, path

    def __str__(self) -> str:
        return "; ".join(error.msg for error in self.errors[:3])

    @property
    def detail(self) -> Any:
        return [error.entry(self.path) for error in self.errors]

    def body(self) -> dict[str, Any]:
        return {"detail": self.detail, "errors": self.total, "message": str(self)}
