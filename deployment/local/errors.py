"""Errors of the stack: one sentence each on what failed and what to do."""


class StackError(Exception):
    """The stack can't run a command; the message is for the person at the terminal."""


class ToolMissing(StackError):
    """Prometheus, Alertmanager or node-exporter is not on PATH and can't be fetched."""


class PortTaken(StackError):
    """Another program listens on a port of the stack."""

    def __init__(self, port: int, program: str, variable: str) -> None:
        super().__init__(
            f"Port {port} is taken, and {program} needs it: stop what listens there, or set "
            f"{variable} to another port in .env."
        )


class StartFailed(StackError):
    """A program of the stack stopped, or did not become ready in time."""

    def __init__(
        self, program: str, why: str, log: str, rest: str = "All programs were stopped."
    ) -> None:
        super().__init__(f"{program} did not start: {why}. {rest}\n{log}")
