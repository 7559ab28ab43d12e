"""Computes burn rates and error budgets of service level objectives. Pure."""

import math
from dataclasses import dataclass

# a long window measures how much is spent, a short one whether it still goes on. The limits are
# from Google's SRE workbook, "Alerting on SLOs", for a month: 14.4 spends 2 % of it in an hour
WINDOWS = ("5m", "1h", "6h", "3d")
LIMITS = {"5m": 14.4, "1h": 14.4, "6h": 6.0, "3d": 1.0}


@dataclass(frozen=True)
class Burn:
    """The burn of a window: the share of bad requests and its multiple of the allowed share."""

    window: str
    bad_ratio: float
    rate: float
    requests: float

    @property
    def too_fast(self) -> bool:
        """Return whether the budget would be spent early; False without requests."""
        return math.isfinite(self.rate) and self.rate > LIMITS.get(self.window, math.inf)


def compute_burn(window: str, bad_ratio: float, requests: float, target: float) -> Burn:
    """Return the burn of a window; `target` is the promised share of good requests, below 1."""
    return Burn(window, bad_ratio, bad_ratio / (1 - target), requests)


def compute_budget_left(bad_ratio: float, target: float) -> float:
    """Return the remaining share of the error budget: 1 is all, below 0 is overspent."""
    return 1 - bad_ratio / (1 - target)
