"""The errors of an evaluation.

EvaluationError
├── SchemaError            the schema itself is wrong
├── InputError             the data do not fit the schema
│   ├── EmptyData          no rows
│   ├── MissingColumns     columns that the schema names are not there
│   ├── DuplicateColumns   a column name stands twice
│   ├── NoValues           a column of the reference has no value at all
│   ├── NotANumber         a numerical column holds something else
│   ├── NotATime           the time column holds something that is no time
│   ├── ValueTooLarge      a number too large to be binned
│   ├── UnusableType       values that are neither numbers nor labels
│   └── UnreadableFile     a file of rows that can't be read
├── EngineMissing          what was asked to count the rows is not installed
├── UnknownMessage         a message of a document that this version can't write
├── ReportFailed           Evidently could not make the report
├── NewerStore             the database was written by a later version
├── StoreUnavailable       an evaluation could not be stored
├── RequestUnreadable      the stored request of an evaluation is damaged
└── JobError               a job could not run or finish
    ├── QueueFull          come back later
    ├── JobTimedOut        the time limit passed
    ├── JobTooLarge        the memory limit passed
    ├── JobCancelled       somebody cancelled it
    ├── WorkerDied         the worker process ended without an answer
    ├── JobFailed          an error that could not cross from the worker
    └── PoolClosed         the worker processes are shutting down
"""

from typing import Any


class EvaluationError(Exception):
    """Whatever keeps an evaluation from giving a result. The text is for the user."""

    def __reduce__(self) -> tuple[Any, ...]:
        # the default calls the class with the finished text, which is not what __init__ takes:
        # errors cross from the worker process as they are
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
        super().__init__(f"The {side} data have no rows: give at least one row to evaluate.")


class MissingColumns(InputError):
    def __init__(self, side: str, missing: list[str], present: list[str]) -> None:
        super().__init__(
            f"The {side} data lack {', '.join(missing)}. They have {', '.join(present) or 'none'}: "
            "add the columns, or take them out of the schema."
        )


class DuplicateColumns(InputError):
    def __init__(self, side: str, names: list[str]) -> None:
        super().__init__(
            f"The {side} data name {', '.join(names)} more than once: keep one column of each name."
        )


class NoValues(InputError):
    def __init__(self, side: str, column: str) -> None:
        super().__init__(
            f"Column {column} of the {side} data has no value at all: there is nothing to compare "
            "with. Fill it, or take it out of the schema."
        )


class NotANumber(InputError):
    def __init__(self, side: str, column: str, row: int | None, value: object) -> None:
        where = "a row" if row is None else f"row {row}"
        super().__init__(
            f"Column {column} of the {side} data is numerical, but {where} holds {value!r}: "
            "write a number, leave it empty, or declare the column categorical."
        )


class NotATime(InputError):
    def __init__(self, side: str, column: str, row: int | None, value: object) -> None:
        where = "a row" if row is None else f"row {row}"
        super().__init__(
            f"Column {column} of the {side} data is the time, but {where} holds {value!r}: write "
            "an ISO 8601 time such as 2011-02-08T14:00:00Z, or a number of seconds."
        )


class ValueTooLarge(InputError):
    def __init__(self, side: str, column: str, row: int | None, value: float) -> None:
        where = "" if row is None else f" in row {row}"
        super().__init__(
            f"Column {column} of the {side} data holds {value:g}{where}, past the largest "
            "value that can be binned (1e150): is it a mark for a missing value? Leave it empty."
        )


class UnusableType(InputError):
    def __init__(self, side: str, column: str, kind: str) -> None:
        super().__init__(
            f"Column {column} of the {side} data holds {kind} values, which are neither "
            "numbers nor labels: give one plain value a row, or take the column out of the schema."
        )


class UnreadableFile(InputError):
    def __init__(self, path: object, reason: str) -> None:
        super().__init__(
            f"{path} can't be read as rows: {reason}. Give a .csv, .csv.gz or .parquet file."
        )


class EngineMissing(EvaluationError):
    def __init__(self, engine: str, needed: str) -> None:
        super().__init__(f"{engine} can't be used here: it needs {needed}.")


class UnknownMessage(EvaluationError):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"This version has no text for the message {code!r}: use the text of the document."
        )


class ReportFailed(EvaluationError):
    pass


class NewerStore(EvaluationError):
    def __init__(self, database: str, name: str, found: int, known: int) -> None:
        super().__init__(
            f"The tables of {name} in {database} have version {found}; this version of Belvedere "
            f"knows {known} at most. Install the later Belvedere that wrote them, or give another "
            "database in BELVEDERE_DATABASE_URL. Nothing was changed."
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
            f"{limit} evaluations are waiting, which is the limit. "
            f"Try again in about {retry_after_seconds} s."
        )


class JobTimedOut(JobError):
    def __init__(self, limit_seconds: float) -> None:
        super().__init__(
            f"The evaluation took longer than its limit of {limit_seconds:g} s and was stopped. "
            "Evaluate fewer rows, or raise the limit."
        )


class JobTooLarge(JobError):
    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"The evaluation took more memory than its limit of {limit_bytes / 2**20:,.0f} MiB and "
            "was stopped. Evaluate fewer rows, or raise the limit."
        )


class JobCancelled(JobError):
    def __init__(self) -> None:
        super().__init__("The evaluation was cancelled.")


class WorkerDied(JobError):
    def __init__(self) -> None:
        super().__init__(
            "The worker process ended without an answer (out of memory, or killed). "
            "Nothing was published; evaluate again, with fewer rows if it happens again."
        )


class JobFailed(JobError):
    def __init__(self, job_id: str, reason: str) -> None:
        super().__init__(
            f"Evaluation {job_id} failed in an unforeseen way ({reason}). "
            "Evaluate again; if it happens again, report it with this text."
        )


class PoolClosed(JobError):
    def __init__(self) -> None:
        super().__init__("The service is shutting down and starts no more evaluations.")
