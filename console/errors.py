"""The errors of the console: each says what failed, where, and what to do next.

ConsoleError
├── SourceError                    a source could not be reached, or returned an error
│   ├── SourceUnreachable          nothing answers at its address
│   ├── SourceTimedOut             it did not answer in time
│   └── SourceFailed               it returned an error, or something unexpected
├── QueryRejected                  Prometheus rejected the query; with its reason
├── RequestRejected                a service rejected a request; with its reason
├── SavedQueriesUnavailable        saved queries can't be read or written
├── EvaluationStoreUnavailable     the console's own evaluations can't be read or written
├── InputUnknown                   a service does not describe its input by OpenAPI
└── ModelServiceUnknown            no address is known for the service of a model
"""


class ConsoleError(Exception):
    """The base of all errors that the console explains on its pages."""


class SourceError(ConsoleError):
    """A source could not be reached, or returned an error."""


class SourceUnreachable(SourceError):
    def __init__(self, source: str, url: str, setting: str) -> None:
        super().__init__(
            f"{source} does not answer at {url}. Is it running? "
            f"Set {setting} if it has another address."
        )


class SourceTimedOut(SourceError):
    def __init__(self, source: str, url: str, seconds: float, request: str) -> None:
        super().__init__(f"{source} at {url} did not answer within {seconds:g} s to: {request}")


class SourceFailed(SourceError):
    """`status` is the HTTP status where one was returned, `reason` the text of the answer."""

    def __init__(
        self, source: str, url: str, response: str, request: str, status: int | None = None
    ) -> None:
        self.status = status
        self.reason = response
        super().__init__(f"{source} at {url} returned {response} to: {request}")


class QueryRejected(ConsoleError):
    def __init__(self, query: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"Prometheus rejected this query: {reason}\n\nQuery: {query}")


class RequestRejected(ConsoleError):
    """`problems` are the single faults of the request, where the service names them."""

    def __init__(
        self,
        status: int,
        reason: str,
        source: str = "The model service",
        problems: tuple[str, ...] = (),
    ) -> None:
        self.status = status
        self.reason = reason
        self.problems = problems
        super().__init__(f"{source} returned {status}: {reason}")


class SavedQueriesUnavailable(ConsoleError):
    def __init__(self, path: object, reason: object) -> None:
        super().__init__(
            f"Saved queries and the board can't be read or written in {path} ({reason}). Set "
            "BELVEDERE_CONSOLE_DIR to a folder that the console may write to."
        )


class EvaluationStoreUnavailable(ConsoleError):
    def __init__(self, folder: object, reason: object) -> None:
        super().__init__(
            f"The console's evaluations can't be read or written in {folder} ({reason}). Free "
            "space there, or set BELVEDERE_CONSOLE_DIR to a folder that the console may write to."
        )


class InputUnknown(ConsoleError):
    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}/openapi.json {reason}")


class ModelServiceUnknown(ConsoleError):
    def __init__(self, model: str) -> None:
        super().__init__(
            f"No address is known for the service of {model}: it has no `model_info` series now. "
            'Set BELVEDERE_MODEL_SERVICE_URLS={"' + model + '": "http://..."} to name one.'
        )
