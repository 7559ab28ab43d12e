"""Reads alerts and silences from Alertmanager over HTTP, and creates and expires silences."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import requests

from console.errors import RequestRejected, SourceFailed, SourceTimedOut, SourceUnreachable

NAME, SETTING = "Alertmanager", "BELVEDERE_ALERTMANAGER_URL"


class Matcher(msgspec.Struct, frozen=True):
    """A matcher of a silence: a condition on one label, with the field names of the API."""

    name: str
    value: str
    isRegex: bool = False
    isEqual: bool = True

    @property
    def text(self) -> str:
        """The matcher as PromQL writes it: team=~"a|b" without the quotes."""
        sign = ("=~" if self.isRegex else "=") if self.isEqual else ("!~" if self.isRegex else "!=")
        return f"{self.name}{sign}{self.value}"


class SilenceState(msgspec.Struct, frozen=True):
    state: str


class Silence(msgspec.Struct, frozen=True):
    """A silence with the field names of the API; times are ISO 8601."""

    id: str
    matchers: list[Matcher]
    startsAt: datetime
    endsAt: datetime
    createdBy: str
    comment: str
    status: SilenceState


class Alertmanager:
    """A client for one Alertmanager. Thread-safe.

    Every method raises SourceError, and RequestRejected if Alertmanager rejects the request.
    """

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._session = requests.Session()

    def alerts(self) -> list[dict[str, Any]]:
        """Return active alerts as API v2 sends them, including silenced and inhibited ones.

        Alerts of severity none, such as a dead man's switch, always fire and are left out.
        """
        alerts: list[dict[str, Any]] = self._get("/api/v2/alerts", list[dict[str, Any]])
        return [alert for alert in alerts if alert.get("labels", {}).get("severity") != "none"]

    def silences(self) -> list[Silence]:
        """Return active and pending silences, and those that expired recently."""
        silences: list[Silence] = self._get("/api/v2/silences", list[Silence])
        return silences

    def silence(self, matchers: list[Matcher], hours: float, author: str, comment: str) -> str:
        """Silence alerts that match all of `matchers` from now on; return the silence's id."""
        now = datetime.now(UTC)
        body = {
            "matchers": msgspec.to_builtins(matchers),
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(hours=hours)).isoformat(),
            "createdBy": author,
            "comment": comment,
        }
        response = self._request("POST", "/api/v2/silences", json=body)
        return str(response.json()["silenceID"])

    def expire(self, silence_id: str) -> None:
        """End a silence now."""
        self._request("DELETE", f"/api/v2/silence/{silence_id}")

    def _get(self, path: str, type_: Any) -> Any:
        response = self._request("GET", path)
        try:
            return msgspec.json.decode(response.content, type=type_)
        except msgspec.MsgspecError as error:
            problem = f"{response.status_code} with an unexpected body ({error})"
            raise SourceFailed(NAME, self.url, problem, path) from error

    def _request(self, method: str, path: str, **options: Any) -> requests.Response:
        request = f"{method} {path}"
        try:
            response = self._session.request(
                method, self.url + path, timeout=self._timeout, **options
            )
        except requests.Timeout as error:
            raise SourceTimedOut(NAME, self.url, self._timeout, request) from error
        except requests.RequestException as error:
            raise SourceUnreachable(NAME, self.url, SETTING) from error
        if response.status_code >= 500 or (method == "GET" and response.status_code >= 400):
            raise SourceFailed(NAME, self.url, str(response.status_code), request)
        if response.status_code >= 400:
            raise RequestRejected(response.status_code, response.text[:300], NAME)
        return response
