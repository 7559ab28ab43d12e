"""Fires an alert for real, follows it to the notification, and cleans up after itself."""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from demo.client import ClientError, ServiceClient
from demo.drills import DRILLS, SHIFTS, Drill
from demo.sources import Sources

POLL_SECONDS = 0.5
# the gauges return by themselves after this, whatever becomes of us
EXPIRES_SECONDS = 180.0
EVALUATION_TIMEOUT_SECONDS = 120.0


class NotArrived(Exception):
    """The alert did not come so far in time; the text says where it stopped."""


class Journal:
    """Prints each step with the time of day and the seconds since the injection."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def step(self, name: str, text: str) -> None:
        passed = time.monotonic() - self.started
        print(f"{time.strftime('%H:%M:%S')}  {passed:6.1f} s  {name:<9} {text}", flush=True)

    def wait(self, name: str, patience_seconds: float, look: Callable[[], str | None]) -> None:
        """Print the step once `look` has something to say. Raises NotArrived."""
        deadline = time.monotonic() + patience_seconds
        while (text := look()) is None:
            if time.monotonic() > deadline:
                raise NotArrived(f"not {name} within {patience_seconds:g} s")
            time.sleep(POLL_SECONDS)
        self.step(name, text)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alert", choices=tuple(DRILLS), default="rmse")
    parser.add_argument("--shift", choices=tuple(SHIFTS), help="default: the alert's own")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the service")
    parser.add_argument("--prometheus", default="http://127.0.0.1:9090")
    parser.add_argument("--alertmanager", default="http://127.0.0.1:9093")
    parser.add_argument("--inbox", default="http://127.0.0.1:9095", help="the notification log")
    parser.add_argument("--patience-seconds", type=float, default=60.0, help="for each step")
    options = parser.parse_args(arguments)
    drill = DRILLS[options.alert]
    api = ServiceClient(options.url, EVALUATION_TIMEOUT_SECONDS)
    sources = Sources(options.prometheus, options.alertmanager, options.inbox)
    print(f"Alert: {drill.alertname}. Why this one: {drill.why}.")
    shift = options.shift or drill.shift
    print(f"Shift: {SHIFTS[shift]}; real rows, evaluated and marked synthetic.")
    try:
        _refuse_noise(sources, drill)
        return _fire(api, sources, drill, shift, options.patience_seconds)
    except ClientError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


def _refuse_noise(sources: Sources, drill: Drill) -> None:
    """An alert that fires already would prove nothing. Raises ClientError."""
    sources.notified(drill.alertname, "firing", time.time())
    state = sources.alert_state(drill.alertname)
    if state != "inactive":
        raise ClientError(
            f"{drill.alertname} is {state} already, so that firing it would show nothing. The "
            "gauges show the last published evaluation: publish one that is calm, wait until a "
            "drill has expired, or fire the other alert (--alert)."
        )


def _fire(api: ServiceClient, sources: Sources, drill: Drill, shift: str, patience: float) -> int:
    since = time.time()
    journal = Journal()
    try:
        body = {"kind": shift, "expires_seconds": EXPIRES_SECONDS}
        answer = api.post("/trigger-drift", body)
        journal.step("injected", _evaluated(answer))
        if not drill.met(answer):
            raise NotArrived(f"not to be expected: this shift is too small ({_evaluated(answer)})")
        _follow(journal, sources, drill, since, patience)
    except NotArrived as error:
        print(f"error: {drill.alertname} was {error}; {_where_to_look(drill)}", file=sys.stderr)
        _clean_up(api, journal, shift)
        return 1
    except BaseException:
        # the person's Ctrl-C, or a source that went away: the drill must not outlive us
        _clean_up(api, journal, shift)
        raise
    _clean_up(api, journal, shift)
    return _see_it_end(journal, sources, drill, since, patience)


def _follow(
    journal: Journal, sources: Sources, drill: Drill, since: float, patience: float
) -> None:
    gauge = (
        f"{drill.gauge} {drill.condition} and on (job, instance) model_evaluation_synthetic == 1"
    )

    def scraped() -> str | None:
        found = sources.query(gauge)
        return (
            f"{drill.gauge} is {found[0][1]:.4g}, the alert asks for {drill.condition}"
            if found
            else None
        )

    def reached(*states: str) -> Callable[[], str | None]:
        def look() -> str | None:
            state = sources.alert_state(drill.alertname)
            return f"Prometheus holds {drill.alertname} as {state}" if state in states else None

        return look

    def notified() -> str | None:
        entry = sources.notified(drill.alertname, "firing", since)
        if entry is None:
            return None
        others = ", ".join(sources.receivers(drill.alertname))
        return f"{entry['annotations']['description']} (routed to {others})"

    journal.wait("scraped", patience, scraped)
    journal.wait("pending", patience, reached("pending", "firing"))
    journal.wait("firing", patience, reached("firing"))
    journal.wait("notified", patience, notified)


def _see_it_end(
    journal: Journal, sources: Sources, drill: Drill, since: float, patience: float
) -> int:
    def quiet() -> str | None:
        state = sources.alert_state(drill.alertname)
        return f"{drill.alertname} is {state} again" if state == "inactive" else None

    def resolved() -> str | None:
        entry = sources.notified(drill.alertname, "resolved", since)
        return "and so the receiver was told" if entry else None

    try:
        journal.wait("quiet", patience, quiet)
        journal.wait("resolved", patience, resolved)
    except NotArrived as error:
        print(f"error: after the drill it was {error}; {_where_to_look(drill)}", file=sys.stderr)
        return 1
    return 0


def _clean_up(api: ServiceClient, journal: Journal, shift: str) -> None:
    """A second drill that expires at once takes the first one's place, and both are gone."""
    try:
        api.post("/trigger-drift", {"kind": shift, "expires_seconds": 1})
    except ClientError as error:
        print(
            f"error: the drill was not ended ({error}); it expires by itself within "
            f"{EXPIRES_SECONDS:g} s, or when the service restarts.",
            file=sys.stderr,
        )
        return
    journal.step("cleaned", "the gauges show the last published evaluation again")


def _evaluated(answer: dict[str, Any]) -> str:
    try:
        return (
            f"{answer['evaluated_items']} rows: RMSE {answer['rmse']:.4g}, "
            f"verdict {answer['verdict']}"
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ClientError(
            f"the answer of /trigger-drift is not that of the contract ({error!r})"
        ) from error


def _where_to_look(drill: Drill) -> str:
    return (
        f"deployment/runbook.md#{drill.alertname.lower()} and docs/troubleshooting.md say where to "
        "look."
    )


if __name__ == "__main__":
    sys.exit(main())
