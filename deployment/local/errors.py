"""Errors of the stack: each is one sentence that says what failed and what to do."""


class StackError(Exception):
    """The stack can't do what was asked; the message is meant for the person at the terminal."""


class ToolMissing(StackError):
    """Prometheus, Alertmanager or node-exporter is neither on PATH nor to be had as a package."""


class PortTaken(StackError):
    """Another program listens where one of ours should."""


class StartFailed(StackError):
    """A program of the stack stopped, or did not become ready in time."""
