"""Errors of the stack: each is one sentence that says what failed and what to do."""


class StackError(Exception):
    """The stack can't do what was asked; the message is meant for the person at the terminal."""


class ToolMissing(StackError):
    """Prometheus, Alertmanager or node-exporter is neither on PATH nor to be had as a package."""


class PortTaken(StackError):
    """Another program listens where one of ours should."""

    def __init__(self, port: int, program: str, variable: str) -> None:
        super().__init__(
            f"Port {port} is taken, and {program} needs it: stop what listens there, or set "
            f"{variable} to another port in .env."
        )


class StartFailed(StackError):
    """A program of the stack stopped, or did not become ready in time."""

    def __init__(
        self, program: str, why: str, log: str, rest: str = "Everything was stopped again."
    ) -> None:
        super().__init__(f"{program} did not start: {why}. {rest}\n{log}")
