"""Evaluate a named window of a model service, publish the result and print it."""

import argparse
import sys
import time
from typing import Any

from demo.client import ClientError, ServiceClient

POLL_SECONDS = 0.2
SCORES = (
    ("roc_auc", "ROC AUC"), ("log_loss", "log loss"), ("precision", "precision"),
    ("recall", "recall"), ("f1", "F1"), ("accuracy", "accuracy"), ("rmse", "RMSE"), ("mae", "MAE"),
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="default: %(default)s")
    parser.add_argument(
        "--window", action="append", help="a name from GET /windows; default: month_001"
    )
    parser.add_argument("--timeout-seconds", type=float, default=300.0, help="for each window")
    options = parser.parse_args(arguments)
    client = ServiceClient(options.url, 30.0)
    for window in options.window or ["month_001"]:
        try:
            result = _evaluate(client, window, options.timeout_seconds)
            print("\n".join(_lines(window, result)))
        except ClientError as error:
            print(f"error: {window} was not evaluated: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("\nstopped; the service still finishes the evaluation", file=sys.stderr)
            return 130
        except (KeyError, TypeError, ValueError) as error:
            print(
                f"error: {window}: the response of {options.url}/evaluations does not have the "
                f"expected fields ({type(error).__name__}: {error}). Is it a model service?",
                file=sys.stderr,
            )
            return 1
    return 0


def _evaluate(client: ServiceClient, window: str, seconds: float) -> dict[str, Any]:
    request = {"window": window, "evaluation_period_name": window, "publish": True}
    started = client.post("/evaluations", request)
    deadline = time.monotonic() + seconds
    while True:
        status = client.get(f"/evaluations/{started['evaluation_id']}")
        if status["state"] == "succeeded":
            result: dict[str, Any] = status["result"]
            return result
        if status["state"] not in ("queued", "running"):
            why = status.get("error") or "no reason given"
            raise ClientError(f"the evaluation {status['state']}: {why}")
        if time.monotonic() > deadline:
            raise ClientError(f"it is still {status['state']} after {seconds:g} s.")
        time.sleep(POLL_SECONDS)


def _lines(window: str, result: dict[str, Any]) -> list[str]:
    quality, rates, evidently = result["quality"] or {}, result["target_rates"], result["evidently"]
    scores = [
        f"{title} {quality[name]:.4f}" for name, title in SCORES if quality.get(name) is not None
    ]
    drifted = ", ".join(result["drifted_features"]) or "none"
    drift = "unknown"
    if evidently is not None:
        drift = "drift" if evidently["drift_detected"] else "no drift"
    lines = [
        f"{window}: {result['rows']['current']} rows, verdict {result['verdict']}, "
        f"{result['decision']} (Evidently: {drift})",
        f"  {'  '.join(scores) or 'no row has a truth'}",
        f"  drifted features: {drifted}",
    ]
    if rates is not None:
        lines.append(
            f"  target rate {rates['reference']:.4f} -> {rates['current']:.4f}: "
            f"{rates['difference']:+.4f}, 95 % interval {rates['lower']:+.4f} to "
            f"{rates['upper']:+.4f}"
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())
