"""Alertmanager over HTTP: the alerts that fire, and whether somebody silenced them."""

from typing import Any

import requests

from console.errors import SourceFailed, SourceTimedOut, SourceUnreachable

NAME, SETTING = "Alertmanager", "BELVEDERE_ALERTMANAGER_URL"


class Alertmanager:
    """Thread-safe; raises SourceError."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._session = requests.Session()

    def alerts(self) -> list[dict[str, Any]]:
        """Active alerts as Alertmanager's API v2 gives them, silenced and inhibited ones too."""
        asked = "/api/v2/alerts"
        try:
            response = self._session.get(self.url + asked, timeout=self._timeout)
            response.raise_for_status()
            found: list[dict[str, Any]] = response.json()
        except requests.Timeout as error:
            raise SourceTimedOut(NAME, self.url, self._timeout, asked) from error
        except (requests.ConnectionError, requests.exceptions.InvalidURL) as error:
            raise SourceUnreachable(NAME, self.url, SETTING) from error
        except requests.RequestException as error:
            raise SourceFailed(NAME, self.url, str(error)[:200], asked) from error
        return found
