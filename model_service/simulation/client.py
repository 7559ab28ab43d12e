"""A small HTTP client of the bike API, with its failures in words."""

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


class BikeApi:
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
        url = self._url + path
        try:
            response = self._session.post(url, json=body, timeout=self._timeout)
        except requests.Timeout as error:
            raise Unreachable(f"{url} did not answer within {self._timeout:g} s.") from error
        except requests.RequestException as error:
            reason = type(error).__name__
            raise Unreachable(UNREACHABLE.format(url=url, error=reason)) from error
        if response.status_code != requests.codes.ok:
            raise Rejected(url, response.status_code, response.text)
        try:
            return response.json()
        except ValueError as error:
            raise Rejected(url, response.status_code, f"no JSON: {response.text}") from error
