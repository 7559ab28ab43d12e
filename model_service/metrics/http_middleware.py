"""Count and time every request by the template of its route."""

import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from model_service.metrics.serving import ServingMetrics

UNMATCHED = "unmatched"


class RequestMetrics:
    """ASGI middleware. The endpoint label is the route's template: its values are bounded."""

    def __init__(self, app: ASGIApp, metrics: ServingMetrics) -> None:
        self._app = app
        self._metrics = metrics
        self._children: dict[tuple[str, str, int], list[Any]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def send_and_note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note_status)
        finally:
            self._count(scope, status, time.perf_counter() - started)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("route")
        endpoint = getattr(route, "path", UNMATCHED)
        method = _method(scope["method"])
        key = (endpoint, method, status)
        children = self._children.get(key)
        if children is None:
            labels = (endpoint, method, str(status))
            children = [
                self._metrics.requests.labels(*labels),
                *(histogram.labels(*labels) for histogram in self._metrics.durations),
            ]
            if endpoint != UNMATCHED:
                self._children[key] = children
        children[0].inc()
        for histogram in children[1:]:
            histogram.observe(seconds)


def _method(method: str) -> str:
    standard = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
    return method if method in standard else "other"
