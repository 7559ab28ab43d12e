"""Alertmanager over HTTP: the alerts that it holds, and silences."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import requests

from console.errors import RequestRejected, SourceFailed, SourceTimedOut, SourceUnreachable

NAME, SETTING = "Alertmanager", "BELVEDERE_ALERTMANAGER_URL"


class Matcher(msgspec.Struct, frozen=True):
    """One condition of a silence on a label."""

    name: str
    value: str
    isRegex: bool = False
    isEqual: bool = True

    @property
    def text(self) -> str:
        sign = ("=~" if self.isRegex else "=") if self.isEqual else ("!~" if self.isRegex else "!=")
        return f"{self.name}{sign}{self.value}"


class SilenceState(msgspec.Struct, frozen=True):
    state: str


class Silence(msgspec.Struct, frozen=True):
    """A silence as Alertmanager keeps it; times are ISO 8601."""

    id: str
    matchers: list[Matcher]
    startsAt: datetime
    endsAt: datetime
    createdBy: str
    comment: str
    status: SilenceState


class Alertmanager:
    """Thread-safe; raises SourceError, and RequestRejected for what Alertmanager refuses."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._session = requests.Session()

    def alerts(self) -> list[dict[str, Any]]:
        """Active alerts as Alertmanager's API v2 gives them, silenced and inhibited ones too.

        Those of severity none, such as a dead man's switch, are no news and are left out.
        """
        found: list[dict[str, Any]] = self._decoded("/api/v2/alerts", list[dict[str, Any]])
        return [alert for alert in found if alert.get("labels", {}).get("severity") != "none"]

    def silences(self) -> list[Silence]:
        """Active and pending silences, and those that ended lately."""
        found: list[Silence] = self._decoded("/api/v2/silences", list[Silence])
        return found

    def silence(self, matchers: list[Matcher], hours: float, author: str, comment: str) -> str:
        """Silence what matches all of `matchers` from now on; the id of the silence."""
        now = datetime.now(UTC)
        body = {
            "matchers": msgspec.to_builtins(matchers),
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(hours=hours)).isoformat(),
            "createdBy": author,
            "comment": comment,
        }
        response = self._ask("POST", "/api/v2/silences", json=body)
        return str(response.json()["silenceID"])

    def expire(self, silence_id: str) -> None:
        self._ask("DELETE", f"/api/v2/silence/{silence_id}")

    def _decoded(self, path: str, kind: Any) -> Any:
        response = self._ask("GET", path)
        try:
            return msgspec.json.decode(response.content, type=kind)
        except msgspec.MsgspecError as error:
            what = f"{response.status_code} and something else than expected ({error})"
            raise SourceFailed(NAME, self.url, what, path) from error

    def _ask(self, method: str, path: str, **options: Any) -> requests.Response:
        asked = f"{method} {path}"
        try:
            response = self._session.request(
                method, self.url + path, timeout=self._timeout, **options
            )
        except requests.Timeout as error:
            raise SourceTimedOut(NAME, self.url, self._timeout, asked) from error
        except requests.RequestException as error:
            raise SourceUnreachable(NAME, self.url, SETTING) from error
        if response.status_code >= 500 or (method == "GET" and response.status_code >= 400):
            raise SourceFailed(NAME, self.url, str(response.status_code), asked)
        if response.status_code >= 400:
            raise RequestRejected(response.status_code, response.text[:300], NAME)
        return response
