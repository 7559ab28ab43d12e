"""Query Prometheus, Alertmanager and the notification log."""

from typing import Any

import requests

from demo.client import ClientError

TIMEOUT_SECONDS = 30.0


class Sources:
    """Read-only queries that follow an alert from its rule to its notification."""

    def __init__(self, prometheus: str, alertmanager: str, inbox: str) -> None:
        self._prometheus = prometheus.rstrip("/")
        self._alertmanager = alertmanager.rstrip("/")
        self._inbox = inbox.rstrip("/")
        self._session = requests.Session()

    def query(self, promql: str) -> list[tuple[dict[str, str], float]]:
        """Run an instant query; return (labels, value) of each series."""
        answer = self._get(f"{self._prometheus}/api/v1/query", "Prometheus", {"query": promql})
        return [
            (sample["metric"], float(sample["value"][1])) for sample in answer["data"]["result"]
        ]

    def alert_state(self, alertname: str) -> str:
        """Return `inactive`, `pending` or `firing`. Raises ClientError if there is no such rule."""
        answer = self._get(f"{self._prometheus}/api/v1/rules", "Prometheus", {"type": "alert"})
        for group in answer["data"]["groups"]:
            for rule in group["rules"]:
                if rule["name"] == alertname:
                    return str(rule["state"])
        raise ClientError(
            f"Prometheus at {self._prometheus} has no alert {alertname}: does it read "
            "deployment/prometheus/rules?"
        )

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire in Prometheus."""
        answer = self._get(f"{self._prometheus}/api/v1/alerts", "Prometheus", {})
        alerts = answer["data"]["alerts"]
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}

    def receivers(self, alertname: str) -> list[str]:
        """Return the receivers that Alertmanager routes the active alert to."""
        query = {"filter": f'alertname="{alertname}"'}
        alerts = self._get(f"{self._alertmanager}/api/v2/alerts", "Alertmanager", query)
        return sorted({item["name"] for alert in alerts for item in alert["receivers"]})

    def notified(self, alertname: str, status: str, since: float) -> dict[str, Any] | None:
        """Return the first notification of the alert since an epoch second, or None."""
        return next(
            (
                entry
                for entry in self._notifications(status, since)
                if entry["labels"].get("alertname") == alertname
            ),
            None,
        )

    def notified_names(self, since: float) -> set[str]:
        """Return the names of the alerts whose firing was notified since an epoch second."""
        return {
            entry["labels"].get("alertname", "?") for entry in self._notifications("firing", since)
        }

    def _notifications(self, status: str, since: float) -> list[dict[str, Any]]:
        answer = self._get(f"{self._inbox}/notifications", "The notification log", {})
        return [
            dict(entry)
            for entry in answer["notifications"]
            if entry["status"] == status and entry["received_at"] >= since
        ]

    def _get(self, url: str, who: str, query: dict[str, str]) -> Any:
        try:
            response = self._session.get(url, params=query, timeout=TIMEOUT_SECONDS)
            response.raise_for_status()
            return response.json()
        except (requests.RequestException, ValueError) as error:
            raise ClientError(
                f"{who} did not answer at {url} ({type(error).__name__}). "
                "Is the stack running? Check with `make status`."
            ) from error
