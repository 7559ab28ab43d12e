"""A small HTTP client of a model service, with its failures in words."""

import os
from typing import Any

import requests

UNREACHABLE = "{url} did not answer ({error}). Is the service running? `make status` tells."


class ClientError(Exception):
    """The service did not do what was asked; the text is for the user."""


class Unreachable(ClientError):
    """It did not answer at all: it may be restarting."""


class Rejected(ClientError):
    """It answered with an error status."""

    def __init__(self, url: str, status: int, text: str) -> None:
        self.status = status
        super().__init__(f"{url} answered {status}: {text[:500]}")


class ServiceClient:
    """Calls with a timeout in seconds; a token is sent if BELVEDERE_API_TOKEN holds one."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._session = requests.Session()
        token = os.environ.get("BELVEDERE_API_TOKEN")
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def post(self, path: str, body: Any) -> Any:
        """POST JSON and return the JSON of the answer. Raises Unreachable and Rejected."""
        return self._ask("POST", path, body)

    def get(self, path: str) -> Any:
        """GET and return the JSON of the answer. Raises Unreachable and Rejected."""
        return self._ask("GET", path, None)

    def _ask(self, method: str, path: str, body: Any) -> Any:
        url = self._url + path
        try:
            response = self._session.request(method, url, json=body, timeout=self._timeout)
        except requests.Timeout as error:
            raise Unreachable(f"{url} did not answer within {self._timeout:g} s.") from error
        except requests.RequestException as error:
            reason = type(error).__name__
            raise Unreachable(UNREACHABLE.format(url=url, error=reason)) from error
        if not response.ok:
            raise Rejected(url, response.status_code, response.text)
        try:
            return response.json()
        except ValueError as error:
            raise Rejected(url, response.status_code, f"no JSON: {response.text}") from error
