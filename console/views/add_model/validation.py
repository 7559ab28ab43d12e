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
    "requests": "Choose a metric that counts them, or write PromQL.",
    "errors": "Choose one that tells the status by a label, or write PromQL.",
    "latency": "Choose a histogram, summary or gauge of a time, or write PromQL.",
    "quality": "Evaluate it on the Evaluate page: from files, or from a database.",
    "drift": "Evaluate it on the Evaluate page: from files, or from a database.",
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
                f'{text[at:].strip()!r} is no matcher: write label="value", with commas between.'
            )
        value = re.sub(r"\\.", lambda mark: UNESCAPED.get(mark[0], mark[0]), part[2])
        found[part[1]] = value
        at = part.end()
    if not found:
        raise ValueError('Without a matcher every service would be meant: write job="...".')
    return found


def text_of(labels: Mapping[str, str]) -> str:
    """Matchers as a person writes them."""
    return ", ".join(f'{name}="{escaped(value)}"' for name, value in labels.items())


def name_trouble(name: str, taken: Collection[str]) -> str | None:
    """Why a model can't be called so; None when it can."""
    if not name.strip():
        return "Give the model a name."
    if len(name) > LONGEST_NAME or any(not letter.isprintable() for letter in name):
        return f"A name has at most {LONGEST_NAME} letters, all of them printable."
    if name in taken:
        return f"There is a model {name!r} on the console already: choose another name."
    return None


def url_trouble(url: str) -> str | None:
    """Why an address can't be asked; None when it can, or when there is none."""
    if not url or re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
        return None
    return f"{url!r} is no address: write for example http://127.0.0.1:8080, or leave it empty."


def now(answer: Answer, unit: str) -> Now:
    """What one mapped query returns."""
    if isinstance(answer.error, QueryRejected):
        return Now(display.NONE, f"Prometheus does not take it: {answer.error.words}")
    if answer.error is not None:
        return Now(display.NONE, f"Could not ask: {answer.error}")
    if not answer.series:
        return Now(
            display.NONE,
            "No sample: the service has counted none yet (ask it something and wait for two "
            "scrapes), or the matchers leave all out.",
        )
    value = answer.series[0].last
    more = len(answer.series) - 1
    several = f"and {more} more series: only the first is shown" if more else ""
    if math.isnan(value):
        return Now(display.NONE, "Not a number: nothing was asked of the service in the window.")
    return Now(display.quantity(unit, value), several)
