"""Errors of the service: the text is for the user, `status` is the HTTP status of the response.

ServiceError
├── StartError            the service can't start with these settings
├── BadRequest            400: the request is malformed
├── NotFound              404: the object does not exist
├── UploadTimedOut        408: the body did not arrive in time
├── Conflict              409: not possible in the object's present state
├── TooLarge              413: over a limit, which the text names
├── WrongFormat           415: the content is not a picture that the model takes
├── WrongImage            422: a picture that is too large or can't be read
├── InvalidImages         422: no picture of an archive or folder can be evaluated
├── InvalidRows           422: rows with wrong fields, each named
├── Overloaded            503: too many requests wait
├── LogUnavailable        503: a prediction could not be committed to the log
├── BodyNotStored         503: a request body could not be written to the data folder
└── EndedElsewhere        an evaluation ended without a result on another replica
"""

from dataclasses import asdict, dataclass
from typing import Any

from evaluation import errors as evaluation_errors

MAX_ERRORS_SHOWN = 100


class ServiceError(Exception):
    status = 500
    retry_after_seconds: int | None = None

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


class UploadTimedOut(ServiceError):
    status = 408


class Conflict(ServiceError):
    status = 409


class TooLarge(ServiceError):
    status = 413


class WrongFormat(ServiceError):
    status = 415


class WrongImage(ServiceError):
    status = 422


class InvalidImages(ServiceError):
    status = 422


class Overloaded(ServiceError):
    status = 503
    retry_after_seconds = 1


class LogUnavailable(ServiceError):
    status = 503
    retry_after_seconds = 5


class BodyNotStored(ServiceError):
    status = 503

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"The request body could not be stored ({error.strerror}): free space in the data "
            "folder, then send it again."
        )


@dataclass(frozen=True)
class FieldError:
    """The error of one field; `row` counts from 0 and is None outside a list of rows."""

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


class EndedElsewhere(ServiceError):
    """Has the message that the other replica stored."""

    def __init__(self, evaluation_id: str, state: str, error: dict[str, Any]) -> None:
        super().__init__(error.get("message") or f"Evaluation {evaluation_id} is {state}.")
        self.status = int(error.get("status") or (409 if state != "failed" else 500))
        self._detail = error.get("detail")

    @property
    def detail(self) -> Any:
        return self._detail or str(self)


_STATUS: dict[type[evaluation_errors.EvaluationError], int] = {
    evaluation_errors.InputError: 422,
    evaluation_errors.ReportFailed: 422,
    evaluation_errors.QueueFull: 429,
    evaluation_errors.JobCancelled: 409,
    evaluation_errors.JobTooLarge: 413,
    evaluation_errors.PoolClosed: 503,
    evaluation_errors.StoreUnavailable: 503,
    evaluation_errors.JobTimedOut: 504,
}


def status_of(error: Exception) -> int:
    """Return the HTTP status of an error."""
    if isinstance(error, ServiceError):
        return error.status
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
