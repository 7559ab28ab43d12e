"""Fires an alert on the traffic of cats and dogs: runs a scenario until the alert is notified."""

import sys
import time
from collections.abc import Sequence

from demo.background import background
from demo.drills import TrafficDrill
from demo.follow_alert import FollowedAlert
from demo.journal import Journal, NotArrived
from demo.scenarios import SCENARIOS
from demo.sources import Sources

ACTIVE = "Wait until it is inactive; after a drill that takes up to 15 minutes."


def fire(
    sources: Sources, drill: TrafficDrill, scenario: str, pets: Sequence[str], patience: float
) -> int:
    """Run the drill; `pets` is the command of the traffic. Return the exit code.

    Raises ClientError.
    """
    fires, ends = drill.minutes
    print(f"Scenario: {scenario}, {SCENARIOS[scenario].meaning}.")
    if drill.needs:
        print(f"Needs: {drill.needs}.")
    print(f"It fires within {fires:.0f} minutes, and is over within {ends:.0f}. Ctrl-C ends it.")
    alert = FollowedAlert(sources, drill.alertname)
    alert.check_inactive(ACTIVE)
    watched = OtherAlerts(sources, drill.alertname)
    journal = Journal()
    try:
        with background([*pets, "--scenario", scenario, "--while-open"]) as traffic:
            journal.step("started", f"the scenario {scenario}")
            alert.follow(
                journal, drill.pending_seconds, drill.firing_seconds, patience, traffic.check
            )
        journal.step("ended", f"the scenario {scenario}")
        journal.step("others", watched.text())
        alert.follow_end(journal, drill.quiet_seconds, patience)
    except NotArrived as error:
        needs = f" It needs {drill.needs}." if drill.needs else ""
        print(f"error: {alert.name} was {error}.{needs} {alert.where_to_look()}", file=sys.stderr)
        return 1
    return 0


class OtherAlerts:
    """The alerts that began to fire since the drill began, beside the one that it fires."""

    def __init__(self, sources: Sources, alertname: str) -> None:
        self._sources = sources
        self._since = time.time()
        self._earlier = {alertname, *sources.firing()}

    def text(self) -> str:
        """Return which were notified."""
        names = sorted(self._sources.notified_names(self._since) - self._earlier)
        return f"also notified: {', '.join(names)}" if names else "no other alert was notified"
