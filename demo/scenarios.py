"""The kinds of traffic: which pictures, how users vote, and what else is done to the stack."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from demo.client import ServiceClient
from demo.pictures import (
    Source,
    blurred_samples,
    dark_samples,
    large_samples,
    other_species,
    samples,
)


@dataclass(frozen=True)
class Scenario:
    """A kind of traffic; `fault` is what `python -m deployment.faults` does meanwhile."""

    meaning: str
    sources: Callable[[ServiceClient], list[Source]] = samples
    per_second: float = 1.0
    clients: int = 1
    votes: Literal["truthful", "negative"] = "truthful"
    fault: str | None = None


SCENARIOS = {
    "usual": Scenario("cats and dogs as they are"),
    "dark": Scenario("cats and dogs that can hardly be seen in the dark", dark_samples, 3.0),
    "blur": Scenario("cats and dogs out of focus", blurred_samples, 3.0),
    "other-species": Scenario(
        "animals that are neither cats nor dogs", lambda _: other_species(), 3.0
    ),
    "negative-feedback": Scenario(
        "users who disagree with every answer", per_second=5.0, votes="negative"
    ),
    "slow": Scenario(
        "eight users with pictures of 4 megapixels, and little processor time for the service",
        large_samples,
        clients=8,
        fault="slow",
    ),
    "database-down": Scenario("the database is stopped", fault="database-down"),
    "no-traffic": Scenario("the usual traffic is stopped", lambda _: [], fault="no-traffic"),
}
