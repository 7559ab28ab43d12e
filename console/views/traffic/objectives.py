"""Service level objectives: how fast the error budget burns, and what is left of it. Pure."""

import math
from dataclasses import dataclass

# a long window shows how much, its short one that it still goes on; the numbers are those of
# Google's SRE workbook, "Alerting on SLOs", for a month: 14.4 spends 2 % of the budget in an hour
WINDOWS = ("5m", "1h", "6h", "3d")
LIMITS = {"5m": 14.4, "1h": 14.4, "6h": 6.0, "3d": 1.0}


@dataclass(frozen=True)
class Burn:
    """Over a window: the share of bad requests, how many times the allowed share, of n requests."""

    window: str
    bad_ratio: float
    rate: float
    requests: float

    @property
    def too_fast(self) -> bool:
        """Whether the budget would be gone early; a window without requests never is."""
        return math.isfinite(self.rate) and self.rate > LIMITS.get(self.window, math.inf)


def burn(window: str, bad_ratio: float, requests: float, target: float) -> Burn:
    """`target` is the share of good requests that is promised, below 1."""
    return Burn(window, bad_ratio, bad_ratio / (1 - target), requests)


def budget_left(bad_ratio: float, target: float) -> float:
    """What is left of the allowed bad requests: 1 is all, below 0 more than all was spent."""
    return 1 - bad_ratio / (1 - target)
