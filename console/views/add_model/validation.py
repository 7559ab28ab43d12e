"""What a person gives to add a model, checked, and what is said where nothing comes. Pure."""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from console.adapters.query_cache import Answer
from console.errors import QueryRejected
from console.formatting import display
from console.mapping.propose import Role
from promql.selectors import escaped

LABELLED = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*(?:,|$)')
UNESCAPED = {r"\"": '"', r"\\": "\\", r"\n": "\n"}
LONGEST_NAME = 100
WHAT_TO_DO: dict[Role, str] = {
    "requests": "Choose a metric that counts requests, or write PromQL.",
    "errors": "Choose a metric with a status label, or write PromQL.",
    "latency": "Choose a histogram, summary or gauge of durations, or write PromQL.",
    "quality": "Evaluate it on the page Evaluate, from files or from a database.",
    "drift": "Evaluate it on the page Evaluate, from files or from a database.",
}


@dataclass(frozen=True)
class Now:
    """What a query gives at the moment: a value, or why there is none."""

    value: str
    remark: str = ""


def matchers(text: str) -> dict[str, str]:
    """Labels from `job="shop", env="prod"`. Raises ValueError that shows how to write them."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text.rstrip()):
        part = LABELLED.match(text, at)
        if part is None:
            raise ValueError(
                f'{text[at:].strip()!r} is not a matcher. Write label="value", separated by commas.'
            )
        value = re.sub(r"\\.", lambda mark: UNESCAPED.get(mark[0], mark[0]), part[2])
        found[part[1]] = value
        at = part.end()
    if not found:
        raise ValueError(
            'Enter at least one matcher, such as job="shop". Without one, every service matches.'
        )
    return found


def text_of(labels: Mapping[str, str]) -> str:
    """Matchers as a person writes them."""
    return ", ".join(f'{name}="{escaped(value)}"' for name, value in labels.items())


def name_trouble(name: str, taken: Collection[str]) -> str | None:
    """Why a model can't be called so; None when it can."""
    if not name.strip():
        return "Enter a name."
    if len(name) > LONGEST_NAME or any(not letter.isprintable() for letter in name):
        return f"A name can have at most {LONGEST_NAME} printable characters."
    if name in taken:
        return f"A model named {name!r} already exists. Choose another name."
    return None


def url_trouble(url: str) -> str | None:
    """Why an address can't be asked; None when it can, or when there is none."""
    if not url or re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
        return None
    return f"{url!r} is not a URL. Write for example http://127.0.0.1:8080, or leave it empty."


def now(answer: Answer, unit: str) -> Now:
    """What one mapped query returns."""
    if isinstance(answer.error, QueryRejected):
        return Now(display.NONE, f"Prometheus rejected the query: {answer.error.words}")
    if answer.error is not None:
        return Now(display.NONE, f"Query failed: {answer.error}")
    if not answer.series:
        return Now(
            display.NONE,
            "No samples. Send the service a request and wait for two scrapes, or check the "
            "matchers.",
        )
    value = answer.series[0].last
    more = len(answer.series) - 1
    several = f"and {more} more series; only the first is shown" if more else ""
    if math.isnan(value):
        return Now(display.NONE, "Not a number: the service had no requests in this time.")
    return Now(display.quantity(unit, value), several)
