"""Fire a real alert, follow it to the notification, and clean up."""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from demo.client import ClientError, ServiceClient
from demo.drills import DRILLS, SHIFTS, Drill
from demo.sources import Sources

POLL_SECONDS = 0.5
# after this time the gauges return to the published evaluation, even if this process is killed
EXPIRES_SECONDS = 180.0
EVALUATION_TIMEOUT_SECONDS = 120.0


class NotArrived(Exception):
    """The alert did not reach a step in time; the text names the step."""


class Journal:
    """Prints each step with the time of day and the seconds since the injection."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def step(self, name: str, text: str) -> None:
        passed = time.monotonic() - self.started
        print(f"{time.strftime('%H:%M:%S')}  {passed:6.1f} s  {name:<9} {text}", flush=True)

    def wait(self, name: str, patience_seconds: float, look: Callable[[], str | None]) -> None:
        """Print the step as soon as `look` returns a text. Raises NotArrived."""
        deadline = time.monotonic() + patience_seconds
        while (text := look()) is None:
            if time.monotonic() > deadline:
                raise NotArrived(f"not {name} within {patience_seconds:g} s")
            time.sleep(POLL_SECONDS)
        self.step(name, text)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alert", choices=tuple(DRILLS), default="rmse")
    parser.add_argument("--shift", choices=tuple(SHIFTS), help="default: the shift of the alert")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the service")
    parser.add_argument("--prometheus", default="http://127.0.0.1:9090")
    parser.add_argument("--alertmanager", default="http://127.0.0.1:9093")
    parser.add_argument("--inbox", default="http://127.0.0.1:9095", help="the notification log")
    parser.add_argument("--patience-seconds", type=float, default=60.0, help="limit of each step")
    options = parser.parse_args(arguments)
    drill = DRILLS[options.alert]
    api = ServiceClient(options.url, EVALUATION_TIMEOUT_SECONDS)
    sources = Sources(options.prometheus, options.alertmanager, options.inbox)
    print(f"Alert: {drill.alertname}. Reason: {drill.why}.")
    shift = options.shift or drill.shift
    print(f"Shift: {SHIFTS[shift]}; real rows, evaluated and marked synthetic.")
    try:
        _check_inactive(sources, drill)
        return _fire(api, sources, drill, shift, options.patience_seconds)
    except ClientError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


def _check_inactive(sources: Sources, drill: Drill) -> None:
    """Raise ClientError if the alert is already active, as the drill would then prove nothing."""
    sources.notified(drill.alertname, "firing", time.time())
    state = sources.alert_state(drill.alertname)
    if state != "inactive":
        raise ClientError(
            f"{drill.alertname} is already {state}, so firing it would prove nothing. Publish an "
            "evaluation without drift, wait until the last drill has expired, or fire the other "
            "alert with --alert."
        )


def _fire(api: ServiceClient, sources: Sources, drill: Drill, shift: str, patience: float) -> int:
    since = time.time()
    journal = Journal()
    try:
        body = {"kind": shift, "expires_seconds": EXPIRES_SECONDS}
        answer = api.post("/trigger-drift", body)
        journal.step("injected", _evaluated(answer))
        if not drill.met(answer):
            raise NotArrived(f"not expected: this shift is too small ({_evaluated(answer)})")
        _follow(journal, sources, drill, since, patience)
    except NotArrived as error:
        print(f"error: {drill.alertname} was {error}; {_where_to_look(drill)}", file=sys.stderr)
        _clean_up(api, journal, shift)
        return 1
    except BaseException:
        # Ctrl-C, or a source that stopped answering: end the drill in any case
        _clean_up(api, journal, shift)
        raise
    _clean_up(api, journal, shift)
    return _follow_end(journal, sources, drill, since, patience)


def _follow(
    journal: Journal, sources: Sources, drill: Drill, since: float, patience: float
) -> None:
    gauge = (
        f"{drill.gauge} {drill.condition} and on (job, instance) model_evaluation_synthetic == 1"
    )

    def scraped() -> str | None:
        series = sources.query(gauge)
        if not series:
            return None
        return f"{drill.gauge} is {series[0][1]:.4g}, the alert needs {drill.condition}"

    def reached(*states: str) -> Callable[[], str | None]:
        def look() -> str | None:
            state = sources.alert_state(drill.alertname)
            return f"{drill.alertname} is {state} in Prometheus" if state in states else None

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


def _follow_end(
    journal: Journal, sources: Sources, drill: Drill, since: float, patience: float
) -> int:
    def quiet() -> str | None:
        state = sources.alert_state(drill.alertname)
        return f"{drill.alertname} is {state} again" if state == "inactive" else None

    def resolved() -> str | None:
        entry = sources.notified(drill.alertname, "resolved", since)
        return "the receiver was notified" if entry else None

    try:
        journal.wait("quiet", patience, quiet)
        journal.wait("resolved", patience, resolved)
    except NotArrived as error:
        print(f"error: after the drill it was {error}; {_where_to_look(drill)}", file=sys.stderr)
        return 1
    return 0


def _clean_up(api: ServiceClient, journal: Journal, shift: str) -> None:
    """Replace the drill by a second one that expires immediately."""
    try:
        api.post("/trigger-drift", {"kind": shift, "expires_seconds": 1})
    except ClientError as error:
        print(
            f"error: the drill could not be ended ({error}). It expires within "
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
            f"the response of /trigger-drift does not have the expected fields ({error!r})"
        ) from error


def _where_to_look(drill: Drill) -> str:
    return f"see deployment/runbook.md#{drill.alertname.lower()} and docs/troubleshooting.md."


if __name__ == "__main__":
    sys.exit(main())
