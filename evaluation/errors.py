"""The errors of an evaluation.

EvaluationError
├── SchemaError            the schema is wrong
├── InputError             the data do not fit the schema
│   ├── EmptyData          there are no rows
│   ├── MissingColumns     columns of the schema are missing
│   ├── DuplicateColumns   two columns have the same name
│   ├── NoValues           a column of the reference has no values
│   ├── NotANumber         a numerical column has another value
│   ├── NotATime           the time column has a value that is not a time
│   ├── ValueTooLarge      a number is too large to be binned
│   ├── UnusableType       values are neither numbers nor labels
│   └── UnreadableFile     a file can't be read as rows
├── EngineMissing          the engine that counts the rows is not installed
├── UnknownMessage         a document has a message of a later version
├── ReportFailed           Evidently could not build the report
├── NewerStore             the database was written by a later version
├── StoreUnavailable       an evaluation could not be stored
├── RequestUnreadable      the stored request of an evaluation is damaged
└── JobError               a job could not run or finish
    ├── QueueFull          too many jobs are waiting
    ├── JobTimedOut        the job exceeded its time limit
    ├── JobTooLarge        the job exceeded its memory limit
    ├── JobCancelled       a user cancelled the job
    ├── WorkerDied         the worker process ended without a result
    ├── JobFailed          the worker raised an error that can't be pickled
    └── PoolClosed         the service is shutting down
"""

from typing import Any


class EvaluationError(Exception):
    """The base of all errors of an evaluation. The text is for the user."""

    def __reduce__(self) -> tuple[Any, ...]:
        # the default calls the class with the finished text, which is not what __init__ takes;
        # errors are pickled in the worker process
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[EvaluationError], args: tuple[Any, ...], state: dict[str, Any]) -> Any:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class SchemaError(EvaluationError):
    pass


class InputError(EvaluationError):
    pass


class EmptyData(InputError):
    def __init__(self, side: str) -> None:
        super().__init__(f"The {side} data have no rows: at least one row is needed.")


class MissingColumns(InputError):
    def __init__(self, side: str, missing: list[str], present: list[str]) -> None:
        super().__init__(
            f"The {side} data lack {', '.join(missing)}. They have {', '.join(present) or 'none'}. "
            "Add the columns, or remove them from the schema."
        )


class DuplicateColumns(InputError):
    def __init__(self, side: str, names: list[str]) -> None:
        super().__init__(
            f"The {side} data have more than one column {', '.join(names)}: keep one of each name."
        )


class NoValues(InputError):
    def __init__(self, side: str, column: str) -> None:
        super().__init__(
            f"Column {column} of the {side} data has no values, so nothing can be compared with "
            "it. Fill it in, or remove it from the schema."
        )


class NotANumber(InputError):
    def __init__(self, side: str, column: str, row: int | None, value: object) -> None:
        place = "a row" if row is None else f"row {row}"
        super().__init__(
            f"Column {column} of the {side} data is numerical, but {place} holds {value!r}. "
            "Enter a number, leave it empty, or declare the column categorical."
        )


class NotATime(InputError):
    def __init__(self, side: str, column: str, row: int | None, value: object) -> None:
        place = "a row" if row is None else f"row {row}"
        super().__init__(
            f"Column {column} of the {side} data is the time column, but {place} holds {value!r}. "
            "Enter an ISO 8601 time such as 2011-02-08T14:00:00Z, or a number of seconds."
        )


class ValueTooLarge(InputError):
    def __init__(self, side: str, column: str, row: int | None, value: float) -> None:
        place = "" if row is None else f" in row {row}"
        super().__init__(
            f"Column {column} of the {side} data holds {value:g}{place}; the largest value that "
            "can be binned is 1e150. If it marks a missing value, leave it empty."
        )


class UnusableType(InputError):
    def __init__(self, side: str, column: str, kind: str) -> None:
        super().__init__(
            f"Column {column} of the {side} data holds {kind} values, which are neither numbers "
            "nor labels. Use one plain value per row, or remove the column from the schema."
        )


class UnreadableFile(InputError):
    def __init__(self, path: object, reason: str) -> None:
        super().__init__(
            f"{path} can't be read as rows: {reason}. Use a .csv, .csv.gz or .parquet file."
        )


class EngineMissing(EvaluationError):
    def __init__(self, engine: str, requirement: str) -> None:
        super().__init__(f"{engine} can't be used here: it needs {requirement}.")


class UnknownMessage(EvaluationError):
    def __init__(self, code: str) -> None:
        super().__init__(f"There is no text for the message {code!r}: show the document's text.")


class ReportFailed(EvaluationError):
    pass


class NewerStore(EvaluationError):
    def __init__(self, database: str, name: str, stored: int, supported: int) -> None:
        super().__init__(
            f"The tables of {name} in {database} have version {stored}; this version of Belvedere "
            f"supports at most {supported}. Install a later Belvedere, or set another database in "
            "BELVEDERE_DATABASE_URL. Nothing was changed."
        )


class StoreUnavailable(EvaluationError):
    def __init__(self, error: Exception) -> None:
        # SQLAlchemy wraps the reason of the driver
        reason = getattr(error, "orig", None) or error
        super().__init__(
            f"The evaluation could not be stored ({reason}), so it was not published. "
            "Free space or repair the database, then evaluate again."
        )


class RequestUnreadable(EvaluationError):
    def __init__(self, reason: object) -> None:
        super().__init__(
            f"The stored request of this evaluation can't be read back ({reason}). "
            "Start a new evaluation."
        )


class JobError(EvaluationError):
    pass


class QueueFull(JobError):
    def __init__(self, limit: int, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(
            f"The queue is full ({limit} evaluations). Try again in {retry_after_seconds} s."
        )


class JobTimedOut(JobError):
    def __init__(self, limit_seconds: float) -> None:
        super().__init__(
            f"The evaluation exceeded its time limit of {limit_seconds:g} s and was stopped. "
            "Evaluate fewer rows, or raise the limit."
        )


class JobTooLarge(JobError):
    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"The evaluation exceeded its memory limit of {limit_bytes / 2**20:,.0f} MiB and was "
            "stopped. Evaluate fewer rows, or raise the limit."
        )


class JobCancelled(JobError):
    def __init__(self) -> None:
        super().__init__("The evaluation was cancelled.")


class WorkerDied(JobError):
    def __init__(self) -> None:
        super().__init__(
            "The worker process ended without a result (out of memory, or killed). Nothing was "
            "published. Evaluate again, with fewer rows if it happens again."
        )


class JobFailed(JobError):
    def __init__(self, job_id: str, reason: str) -> None:
        super().__init__(
            f"Evaluation {job_id} failed with an unexpected error ({reason}). Evaluate again; if "
            "it happens again, report this text."
        )


class PoolClosed(JobError):
    def __init__(self) -> None:
        super().__init__("The service is shutting down and starts no new evaluations.")
