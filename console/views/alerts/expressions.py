"""Takes the expression of an alert apart: what is compared with what, and how far it is. Pure."""

import math
import re
from dataclasses import dataclass
from typing import Any

import promql_parser

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
COMPARISONS = (">", ">=", "<", "<=", "==", "!=")


@dataclass(frozen=True)
class Comparison:
    """`left` and `right` are PromQL of their own, so that both can be asked."""

    left: str
    operator: str
    right: str


def comparison(expression: str) -> Comparison | None:
    """The first comparison that decides whether an expression gives anything; None without one."""
    try:
        parsed = promql_parser.parse(expression)
    except ValueError:
        return None
    return _first(parsed)


def _first(node: Any) -> Comparison | None:
    if isinstance(node, promql_parser.ParenExpr):
        return _first(node.expr)
    if not isinstance(node, promql_parser.BinaryExpr):
        return None
    operator = str(node.op)
    if operator in COMPARISONS:
        return Comparison(str(node.lhs), operator, str(node.rhs))
    if operator == "unless":
        # its right side takes away what holds there, so that it alone decides nothing
        return _first(node.lhs)
    # a sum of a comparison and something else gives nothing either where the comparison does not
    return _first(node.lhs) or _first(node.rhs)


def is_number(expression: str) -> bool:
    try:
        float(expression)
    except ValueError:
        return False
    return True


def unit(expression: str) -> str:
    """The unit of one side of a comparison, as its metric's name says: "bytes", "seconds", "moment"
    for a time since the epoch; "" for what is divided, counted or not known."""
    names = NAME.findall(expression)
    if "/" in expression or any(name.endswith(("_total", "_count", "_sum")) for name in names):
        return ""
    if any(name.endswith("timestamp_seconds") for name in names):
        return "seconds" if "time()" in expression.replace(" ", "") else "moment"
    if any(name.endswith("_bytes") for name in names):
        return "bytes"
    in_seconds = ("_seconds", "_seconds_bucket", "_seconds_bucket:rate5m")
    return "seconds" if any(name.endswith(in_seconds) for name in names) else ""


def margin(value: float, operator: str, threshold: float) -> float:
    """How far a value is from the threshold: 0 is far away, 1 is at it, more is past it.

    NaN where the two can't be held against each other so, as for equality.
    """
    if not (math.isfinite(value) and math.isfinite(threshold)) or operator in ("==", "!="):
        return math.nan
    if operator == "<" and threshold == 1 and value.is_integer():
        # fewer than one is none: of a count that is equality
        return math.nan
    if operator in ("<", "<="):
        value, threshold = threshold, value
    if threshold <= 0:
        return math.nan
    return max(0.0, value / threshold)
