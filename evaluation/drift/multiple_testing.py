"""Corrections of p-values for the number of tests. Pure."""

from collections.abc import Sequence

import numpy as np

from evaluation.inputs.schema import Correction


def adjust_p_values(p_values: Sequence[float], correction: Correction) -> list[float]:
    """Return the corrected p-values: below alpha exactly where the procedure rejects the test.

    Holm (1979), or Benjamini and Hochberg (1995) by scipy.stats.false_discovery_control.
    """
    if not p_values:
        return []
    p = np.asarray(p_values, dtype=np.float64)
    if correction == "bh":
        # scipy.stats takes longer to import than a verdict takes; Holm is the default
        from scipy.stats import false_discovery_control

        return [float(value) for value in false_discovery_control(p, method="bh")]
    order = np.argsort(p, kind="stable")
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return [float(value) for value in corrected]


def rejection_levels(
    p_values: Sequence[float], alpha: float, correction: Correction
) -> list[float]:
    """Return for each test the level that its own p-value must be below to be rejected.

    The p-values of the other tests stay as they are, so that p < level is the same as Holm's (1979)
    or Benjamini and Hochberg's (1995) procedure rejecting the test.
    """
    level = _holm_level if correction == "holm" else _bh_level
    return [
        level(sorted(p for other, p in enumerate(p_values) if other != test), alpha)
        for test in range(len(p_values))
    ]


def _holm_level(others: list[float], alpha: float) -> float:
    tests = len(others) + 1
    rejected = 0
    while rejected < len(others) and others[rejected] < alpha / (tests - rejected):
        rejected += 1
    return alpha / (tests - rejected)


def _bh_level(others: list[float], alpha: float) -> float:
    tests = len(others) + 1
    ranks = (rank for rank, p in enumerate(others, start=2) if p < alpha * rank / tests)
    return alpha * max(ranks, default=1) / tests
