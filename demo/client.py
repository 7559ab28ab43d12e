"""A small HTTP client of a model service. Its errors say what failed and what to do."""

import os
from typing import Any

import requests

UNREACHABLE = "{url} did not answer ({error}). Is the service running? Check with `make status`."


class ClientError(Exception):
    """A request to the service failed; the text is for the user."""


class Unreachable(ClientError):
    """The service did not answer; it may be restarting."""


class Rejected(ClientError):
    """The service answered with an error status."""

    def __init__(self, url: str, status: int, text: str) -> None:
        self.status = status
        super().__init__(f"{url} answered {status}: {text[:500]}")


class ServiceClient:
    """Sends requests with a timeout, and with the token in BELVEDERE_API_TOKEN if it is set."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._session = requests.Session()
        token = os.environ.get("BELVEDERE_API_TOKEN")
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def post(self, path: str, body: Any) -> Any:
        """POST JSON and return the JSON of the response. Raises Unreachable and Rejected."""
        return _json(self._request("POST", path, json=body))

    def post_picture(self, path: str, picture: bytes, user_agent: str) -> Any:
        """POST a JPEG and return the JSON of the response. Raises Unreachable and Rejected."""
        headers = {"Content-Type": "image/jpeg", "User-Agent": user_agent}
        return _json(self._request("POST", path, data=picture, headers=headers))

    def get(self, path: str) -> Any:
        """GET a path and return the JSON of the response. Raises Unreachable and Rejected."""
        return _json(self._request("GET", path))

    def get_bytes(self, path: str) -> bytes:
        """GET a path and return the response as it is. Raises Unreachable and Rejected."""
        return self._request("GET", path).content

    def _request(self, method: str, path: str, **content: Any) -> requests.Response:
        url = self._url + path
        try:
            response = self._session.request(method, url, timeout=self._timeout, **content)
        except requests.Timeout as error:
            raise Unreachable(f"{url} did not answer within {self._timeout:g} s.") from error
        except requests.RequestException as error:
            reason = type(error).__name__
            raise Unreachable(UNREACHABLE.format(url=url, error=reason)) from error
        if not response.ok:
            raise Rejected(url, response.status_code, response.text)
        return response


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        text = f"not JSON: {response.text}"
        raise Rejected(str(response.url), response.status_code, text) from error
