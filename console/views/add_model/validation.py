"""Checks the fields of an added model and describes the current values of its queries. Pure."""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from console.adapters.query_cache import QueryResult
from console.errors import QueryRejected
from console.formatting import display
from console.mapping.role_queries import Role
from promql.selectors import escaped

MATCHER = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*(?:,|$)')
ESCAPES = {r"\"": '"', r"\\": "\\", r"\n": "\n"}
MAX_NAME_CHARACTERS = 100
ADVICE: dict[Role, str] = {
    "requests": "Choose a metric that counts requests, or write PromQL.",
    "errors": "Choose a metric with a status label, or write PromQL.",
    "latency": "Choose a histogram, summary or gauge of durations, or write PromQL.",
    "quality": "Evaluate the model on the Evaluate page, from files or a database.",
    "drift": "Evaluate the model on the Evaluate page, from files or a database.",
}


@dataclass(frozen=True)
class CurrentValue:
    """The current value of a query, or a note why it has none."""

    value: str
    note: str = ""


def parse_matchers(text: str) -> dict[str, str]:
    """Parse `job="shop", env="prod"` to labels. Raises ValueError with the correct syntax."""
    labels: dict[str, str] = {}
    at = 0
    while at < len(text.rstrip()):
        part = MATCHER.match(text, at)
        if part is None:
            raise ValueError(
                f'{text[at:].strip()!r} is not a matcher. Write label="value", separated by commas.'
            )
        value = re.sub(r"\\.", lambda mark: ESCAPES.get(mark[0], mark[0]), part[2])
        labels[part[1]] = value
        at = part.end()
    if not labels:
        raise ValueError(
            'Enter at least one matcher, such as job="shop". Without one, every service matches.'
        )
    return labels


def write_matchers(labels: Mapping[str, str]) -> str:
    """Return labels as text that `parse_matchers` reads."""
    return ", ".join(f'{name}="{escaped(value)}"' for name, value in labels.items())


def check_name(name: str, used_names: Collection[str]) -> str | None:
    """Return why a name can't be used, or None."""
    if not name.strip():
        return "Enter a name."
    if len(name) > MAX_NAME_CHARACTERS or any(not letter.isprintable() for letter in name):
        return f"A name can have at most {MAX_NAME_CHARACTERS} printable characters."
    if name in used_names:
        return f"A model named {name!r} already exists. Choose another name."
    return None


def check_url(url: str) -> str | None:
    """Return why a URL can't be used, or None. An empty URL is valid."""
    if not url or re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
        return None
    return f"{url!r} is not a URL. Write for example http://127.0.0.1:8080, or leave it empty."


def describe_answer(result: QueryResult, unit: str) -> CurrentValue:
    """Return the current value of a mapped query."""
    if isinstance(result.error, QueryRejected):
        return CurrentValue(display.NONE, f"Query rejected. Prometheus says: {result.error.reason}")
    if result.error is not None:
        return CurrentValue(display.NONE, f"Request failed: {result.error}")
    if not result.series:
        return CurrentValue(
            display.NONE,
            "No samples. Send the service a request and wait for two scrapes, or check the "
            "matchers.",
        )
    value = result.series[0].last
    more = len(result.series) - 1
    several = f"and {more} more series; only the first is shown" if more else ""
    if math.isnan(value):
        return CurrentValue(display.NONE, "Not a number: the service had no requests in this time.")
    return CurrentValue(display.with_unit(unit, value), several)
