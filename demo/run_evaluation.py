"""Evaluate the three weeks of February 2011 with POST /evaluate, as a client does."""

import argparse
import sys
from typing import Any

from demo import hours
from demo.client import ClientError, ServiceClient

WEEKS = (
    ("week1_february", "2011-01-29", "2011-02-07"),
    ("week2_february", "2011-02-08", "2011-02-14"),
    ("week3_february", "2011-02-15", "2011-02-21"),
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="default: %(default)s")
    parser.add_argument("--timeout-seconds", type=float, default=120.0)
    options = parser.parse_args(arguments)
    api = ServiceClient(options.url, options.timeout_seconds)
    for name, start, end in WEEKS:
        rows = list(hours.records(start, end))
        try:
            answer = api.post("/evaluate", {"data": rows, "evaluation_period_name": name})
            print(_line(name, start, end, answer))
        except ClientError as error:
            print(f"error: {name} was not evaluated: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("\nstopped; the service still finishes the evaluation", file=sys.stderr)
            return 130
        except (KeyError, TypeError, ValueError) as error:
            print(
                f"error: {name}: the response of {options.url}/evaluate does not have the expected "
                f"fields ({type(error).__name__}: {error}). Is it the bike API?",
                file=sys.stderr,
            )
            return 1
    return 0


def _line(name: str, start: str, end: str, answer: dict[str, Any]) -> str:
    evidently = "drift" if answer["drift_detected"] else "no drift"
    # other services with this API may have no verdict
    verdict = f"verdict {answer['verdict']}  " if "verdict" in answer else ""
    return (
        f"{name} ({start} to {end})\n"
        f"  {answer['message']}\n"
        f"  RMSE {_score(answer['rmse'])}  MAPE {_score(answer['mape'])} %  "
        f"{verdict}Evidently: {evidently}  items {answer['evaluated_items']}"
    )


def _score(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())
