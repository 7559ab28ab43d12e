"""Corrections of p-values for the number of tests. Pure."""

from collections.abc import Sequence

import numpy as np

from evaluation.inputs.schema import Correction


def adjusted(p_values: Sequence[float], correction: Correction) -> list[float]:
    """The corrected p-values: below alpha exactly where the procedure rejects the test.

    Holm (1979) or Benjamini and Hochberg (1995).
    """
    if not p_values:
        return []
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    if correction == "bh":
        grown = p[order] * len(p) / np.arange(1, len(p) + 1)
        stepped = np.minimum.accumulate(grown[::-1])[::-1]
    else:
        stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(stepped, 1.0)
    return [float(value) for value in corrected]


def levels(p_values: Sequence[float], alpha: float, correction: Correction) -> list[float]:
    """For each test the level that its own p-value must be below to be rejected.

    Holds the other tests' p-values as they are, so p < level is the same as Holm's (1979) or
    Benjamini and Hochberg's (1995) procedure rejecting the test.
    """
    tests = len(p_values)
    found = []
    for own in range(tests):
        others = sorted(p for place, p in enumerate(p_values) if place != own)
        if correction == "holm":
            rejected = 0
            while rejected < len(others) and others[rejected] < alpha / (tests - rejected):
                rejected += 1
            found.append(alpha / (tests - rejected))
        else:
            last = max(
                (place + 2 for place, p in enumerate(others) if p < alpha * (place + 2) / tests),
                default=1,
            )
            found.append(alpha * last / tests)
    return found
