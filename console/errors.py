"""The errors of the console: each says what failed, where, and what to do.

ConsoleError
├── SourceError                a source could not be asked, or could not answer
│   ├── SourceUnreachable      nothing answers at its address
│   ├── SourceTimedOut         it did not answer in time
│   └── SourceFailed           it answered with an error, or with something else than expected
├── QueryRejected              Prometheus did not take the query; its own words
├── RequestRejected            a service refused what was asked; its own words
├── NotKept                    what was to be kept on this server could not be written or read
├── EvaluationsNotKept         the console's own evaluations can't be kept or read
└── NoModelService             nobody knows where the service of a model is
"""


class ConsoleError(Exception):
    pass


class SourceError(ConsoleError):
    pass


class SourceUnreachable(SourceError):
    def __init__(self, source: str, url: str, setting: str) -> None:
        super().__init__(
            f"{source} does not answer at {url}. Is it running? "
            f"Set {setting} if it lives elsewhere."
        )


class SourceTimedOut(SourceError):
    def __init__(self, source: str, url: str, seconds: float, asked: str) -> None:
        super().__init__(f"{source} at {url} did not answer within {seconds:g} s to: {asked}")


class SourceFailed(SourceError):
    def __init__(self, source: str, url: str, what: str, asked: str) -> None:
        super().__init__(f"{source} at {url} answered {what} to: {asked}")


class QueryRejected(ConsoleError):
    def __init__(self, query: str, words: str) -> None:
        self.words = words
        super().__init__(f"Prometheus does not take this query: {words}\n\nQuery: {query}")


class RequestRejected(ConsoleError):
    def __init__(self, status: int, words: str, source: str = "The model service") -> None:
        self.status = status
        super().__init__(f"{source} answered {status}: {words}")


class SavedQueriesUnavailable(ConsoleError):
    def __init__(self, path: object, reason: object) -> None:
        super().__init__(
            f"{path} can't be used ({reason}): saved queries and the board need a folder that the "
            "console may write to. Set BELVEDERE_CONSOLE_DIR to one."
        )


class EvaluationStoreUnavailable(ConsoleError):
    def __init__(self, folder: object, reason: object) -> None:
        super().__init__(
            f"The console's evaluations in {folder} can't be kept or read ({reason}): they need a "
            "folder that the console may write to, with space. Set BELVEDERE_CONSOLE_DIR to one."
        )


class ModelServiceUnknown(ConsoleError):
    def __init__(self, model: str) -> None:
        super().__init__(
            f"No address is known for the service of {model}: it has no `model_info` series now. "
            'Set BELVEDERE_MODEL_SERVICE_URLS={"' + model + '": "http://..."} to name one.'
        )
