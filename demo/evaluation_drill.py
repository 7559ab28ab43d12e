"""Fires an alert on a model's evaluation: evaluates shifted data, marked synthetic."""

import sys
from typing import Any

from demo.client import ClientError, ServiceClient
from demo.drills import SHIFTS, EvaluationDrill
from demo.follow_alert import FollowedAlert
from demo.journal import Journal, NotArrived
from demo.sources import Sources

# after this time the gauges return to the published evaluation, even if this process is killed
EXPIRES_SECONDS = 180.0
ACTIVE = (
    "Publish an evaluation without drift, wait until the last drill has expired, or fire the "
    "other alert with --alert."
)


def fire(
    api: ServiceClient, sources: Sources, drill: EvaluationDrill, shift: str, patience: float
) -> int:
    """Run the drill; each step takes at most `patience` seconds. Return the exit code.

    Raises ClientError.
    """
    print(f"Shift: {SHIFTS[shift]}; real rows, evaluated and marked synthetic.")
    alert = FollowedAlert(sources, drill.alertname)
    alert.check_inactive(ACTIVE)
    journal = Journal()
    try:
        answer = api.post("/trigger-drift", {"kind": shift, "expires_seconds": EXPIRES_SECONDS})
        journal.step("injected", _evaluated(answer))
        if not drill.met(answer):
            raise NotArrived(f"not expected: this shift is too small ({_evaluated(answer)})")
        journal.wait("scraped", patience, lambda: _scraped(sources, drill))
        alert.follow(journal, patience, patience, patience)
    except NotArrived as error:
        print(f"error: {alert.name} was {error}; {alert.where_to_look()}", file=sys.stderr)
        _clean_up(api, journal, shift)
        return 1
    except BaseException:
        # Ctrl-C, or a source that stopped answering: end the drill in any case
        _clean_up(api, journal, shift)
        raise
    _clean_up(api, journal, shift)
    try:
        alert.follow_end(journal, patience, patience)
    except NotArrived as error:
        print(f"error: after the drill it was {error}; {alert.where_to_look()}", file=sys.stderr)
        return 1
    return 0


def _scraped(sources: Sources, drill: EvaluationDrill) -> str | None:
    gauge = f"{drill.gauge} {drill.condition}"
    series = sources.query(f"{gauge} and on (job, instance) model_evaluation_synthetic == 1")
    if not series:
        return None
    return f"{drill.gauge} is {series[0][1]:.4g}, the alert needs {drill.condition}"


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
