"""Sends HTTP requests to a model service, and translates their failures."""

from collections.abc import Iterator
from typing import Any

import requests

from console.errors import RequestRejected, SourceFailed, SourceTimedOut, SourceUnreachable

NAME, SETTING = "The model service", "BELVEDERE_MODEL_SERVICE_URLS"
MAX_PROBLEMS = 100


class ServiceHttp:
    """A client for one service. Thread-safe."""

    def __init__(self, url: str, timeout_seconds: float, token: str | None) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._session = requests.Session()
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def request(
        self, method: str, path: str, *, timeout: float | None = None, **options: Any
    ) -> requests.Response:
        """Send a request once and return its answer below 400.

        Raises SourceError if the service can't answer, and RequestRejected if it rejects the
        request.
        """
        request = f"{method} {path}"
        timeout = timeout or self._timeout
        try:
            response = self._session.request(method, self.url + path, timeout=timeout, **options)
        except requests.Timeout as error:
            raise SourceTimedOut(NAME, self.url, timeout, request) from error
        except requests.RequestException as error:
            raise SourceUnreachable(NAME, self.url, SETTING) from error
        status = response.status_code
        if status < 400:
            return response
        text, problems = _explain(response)
        if status >= 500:
            raise SourceFailed(NAME, self.url, f"{status}: {text}", request, status)
        raise RequestRejected(status, text, problems=problems)


def _explain(response: requests.Response) -> tuple[str, tuple[str, ...]]:
    """Return the message of an error, and its single problems if it lists them."""
    try:
        body = response.json()
    except ValueError:
        return response.text[:300], ()
    if not isinstance(body, dict):
        return str(body)[:600], ()
    problems = tuple(_problems(body.get("detail")))
    text = body.get("message") or ("; ".join(problems[:3]) or body.get("detail")) or body
    return str(text)[:600], problems


def _problems(detail: Any) -> Iterator[str]:
    """Yield the entries of `detail` as text: those of the model service, or FastAPI's own."""
    entries = detail if isinstance(detail, list) else []
    for entry in entries[:MAX_PROBLEMS]:
        if isinstance(entry, dict) and isinstance(entry.get("msg"), str):
            place = [str(part) for part in entry.get("loc") or [] if part != "body"]
            named = entry["msg"] if "allowed" in entry or not place else (
                f"{'.'.join(place)}: {entry['msg']}"
            )  # fmt: skip
            yield named
