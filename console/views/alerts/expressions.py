"""Finds the comparison in an alert expression and its distance to the threshold. Pure."""

import math
import re
from dataclasses import dataclass
from typing import Any

import promql_parser

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
COMPARISONS = (">", ">=", "<", "<=", "==", "!=")


@dataclass(frozen=True)
class Comparison:
    """The two sides of a comparison. Each is PromQL that can be queried separately."""

    left: str
    operator: str
    right: str


def find_comparison(expression: str) -> Comparison | None:
    """Return the first comparison that decides whether the expression returns anything, or None."""
    try:
        parsed = promql_parser.parse(expression)
    except ValueError:
        return None
    return _find_first(parsed)


def _find_first(node: Any) -> Comparison | None:
    if isinstance(node, promql_parser.ParenExpr):
        return _find_first(node.expr)
    if not isinstance(node, promql_parser.BinaryExpr):
        return None
    operator = str(node.op)
    if operator in COMPARISONS:
        return Comparison(str(node.lhs), operator, str(node.rhs))
    if operator == "unless":
        # the right side only removes series, so it does not decide
        return _find_first(node.lhs)
    # an operation on a comparison returns nothing where the comparison returns nothing
    return _find_first(node.lhs) or _find_first(node.rhs)


def is_number(expression: str) -> bool:
    """Return whether the expression is a plain number."""
    try:
        float(expression)
    except ValueError:
        return False
    return True


def guess_unit(expression: str) -> str:
    """Return the unit of one side of a comparison, from its metric names.

    One of "bytes", "seconds" and "moment" (seconds since the epoch); "" for ratios, counts and
    unknown units.
    """
    names = NAME.findall(expression)
    if "/" in expression or any(name.endswith(("_total", "_count", "_sum")) for name in names):
        return ""
    if any(name.endswith("timestamp_seconds") for name in names):
        return "seconds" if "time()" in expression.replace(" ", "") else "moment"
    if any(name.endswith("_bytes") for name in names):
        return "bytes"
    in_seconds = ("_seconds", "_seconds_bucket", "_seconds_bucket:rate5m")
    return "seconds" if any(name.endswith(in_seconds) for name in names) else ""


def compute_margin(value: float, operator: str, threshold: float) -> float:
    """Return how near a value is to the threshold: 0 is far away, 1 is at it, more is past it.

    NaN where a distance makes no sense, as for equality.
    """
    if not (math.isfinite(value) and math.isfinite(threshold)) or operator in ("==", "!="):
        return math.nan
    if operator == "<" and threshold == 1 and value.is_integer():
        # a count below one is zero, so this tests for equality
        return math.nan
    if operator in ("<", "<="):
        value, threshold = threshold, value
    if threshold <= 0:
        return math.nan
    return max(0.0, value / threshold)
