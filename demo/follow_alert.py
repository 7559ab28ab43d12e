"""Follows an alert from its rule to the notification and back to normal."""

import time
from collections.abc import Callable

from demo.client import ClientError
from demo.journal import Journal
from demo.sources import Sources


class FollowedAlert:
    """One alert in Prometheus, Alertmanager and the notification log, from now on."""

    def __init__(self, sources: Sources, alertname: str) -> None:
        self.name = alertname
        self._sources = sources
        self._since = time.time()

    def check_inactive(self, advice: str) -> None:
        """Raise ClientError if the alert is already active: the drill would then prove nothing."""
        self._sources.notified(self.name, "firing", time.time())
        state = self._sources.alert_state(self.name)
        if state != "inactive":
            raise ClientError(
                f"{self.name} is already {state}, so firing it would prove nothing. {advice}"
            )

    def follow(
        self,
        journal: Journal,
        pending: float,
        firing: float,
        notified: float,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """Wait until the alert is pending, fires and notifies, each at most so many seconds.

        `check` is called again and again. Raises NotArrived, ClientError, and what `check` raises.
        """

        def reached(*states: str) -> Callable[[], str | None]:
            def look() -> str | None:
                check()
                state = self._sources.alert_state(self.name)
                return f"{self.name} is {state} in Prometheus" if state in states else None

            return look

        journal.wait("pending", pending, reached("pending", "firing"))
        journal.wait("firing", firing, reached("firing"))
        journal.wait("notified", notified, self._notified)

    def follow_end(self, journal: Journal, quiet: float, resolved: float) -> None:
        """Wait until the alert is inactive and its end is notified. Raises NotArrived."""
        journal.wait("quiet", quiet, self._quiet)
        journal.wait("resolved", resolved, self._resolved)

    def where_to_look(self) -> str:
        return f"see deployment/runbook.md#{self.name.lower()} and docs/troubleshooting.md."

    def _notified(self) -> str | None:
        entry = self._sources.notified(self.name, "firing", self._since)
        if entry is None:
            return None
        receivers = ", ".join(self._sources.receivers(self.name))
        return f"{entry['annotations']['description']} (routed to {receivers})"

    def _quiet(self) -> str | None:
        state = self._sources.alert_state(self.name)
        return f"{self.name} is {state} again" if state == "inactive" else None

    def _resolved(self) -> str | None:
        entry = self._sources.notified(self.name, "resolved", self._since)
        return "the receiver was notified" if entry else None
