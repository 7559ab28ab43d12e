"""The change of the rate of the positive class, in pairs where identifiers match. Pure."""

import math

import numpy as np
import pandas as pd

from evaluation.inputs.convert import label
from evaluation.inputs.schema import Schema
from evaluation.result import TargetRates

FEWEST = 2


def target_rates(
    reference: pd.DataFrame, current: pd.DataFrame, schema: Schema
) -> TargetRates | None:
    """Return the difference of the rates (current minus reference) of the label that sorts last.

    The frames (n and m rows) are the input of the evaluation. Where the schema names an `id` and
    both sides have the same identifiers, each once, the rows are pairs: McNemar's exact test and
    Newcombe's interval for paired proportions. Else the sides are independent: Fisher's exact test
    and Newcombe's interval for two proportions. None unless the task is binary and both sides have
    a target.
    """
    target = schema.target
    if schema.task != "binary" or target is None:
        return None
    if any(target not in frame.columns for frame in (reference, current)):
        return None
    sides = [frame.dropna(subset=[target]) for frame in (reference, current)]
    labels = sorted({label(value) for side in sides for value in side[target].unique()})
    if min(len(side) for side in sides) < FEWEST or len(labels) > 2 or not labels:
        return None
    positive = labels[-1]
    first, second = ((side[target].map(label) == positive).to_numpy() for side in sides)
    if schema.id is not None and _have_same_identifiers(sides, schema.id):
        names = [side[schema.id].map(label) for side in sides]
        pairs = pd.DataFrame({"reference": first}, index=names[0]).join(
            pd.DataFrame({"current": second}, index=names[1])
        )
        return compare_pairs(
            positive,
            both=int((pairs["reference"] & pairs["current"]).sum()),
            only_reference=int((pairs["reference"] & ~pairs["current"]).sum()),
            only_current=int((~pairs["reference"] & pairs["current"]).sum()),
            neither=int((~pairs["reference"] & ~pairs["current"]).sum()),
        )
    return compare_samples(positive, int(first.sum()), len(first), int(second.sum()), len(second))


def compare_pairs(
    positive: str, *, both: int, only_reference: int, only_current: int, neither: int
) -> TargetRates:
    """Compare the rates of pairs, from the counts of pairs with the positive class on each side.

    Test: McNemar (1947), exact (two-sided binomial). Interval: Newcombe, Statistics in Medicine 17
    (1998) 2635, method 10: Wilson's intervals joined with the correlation of the pairs.
    """
    from scipy.stats import binomtest

    n = both + only_reference + only_current + neither
    discordant = only_reference + only_current
    totals = (both + only_reference, both + only_current)
    product: float = both * neither - only_reference * only_current
    if product > 0:
        # a correction for continuity, of positive correlations only
        product = max(product - n / 2, 0.0)
    squares = totals[0] * (n - totals[0]) * totals[1] * (n - totals[1])
    return _rates(
        positive,
        totals,
        (n, n),
        correlation=product / math.sqrt(squares) if squares > 0 else 0.0,
        p_value=float(binomtest(only_reference, discordant).pvalue) if discordant else 1.0,
        method="pairs: McNemar exact, Newcombe's interval",
        pairs=n,
    )


def compare_samples(positive: str, first: int, n: int, second: int, m: int) -> TargetRates:
    """Compare the rates of `first` of n and `second` of m independent rows.

    Test: Fisher's exact. Interval: Newcombe, Statistics in Medicine 17 (1998) 873, method 10.
    """
    from scipy.stats import fisher_exact

    test = fisher_exact(np.array([[first, n - first], [second, m - second]]))
    return _rates(
        positive,
        (first, second),
        (n, m),
        correlation=0.0,
        p_value=float(test.pvalue),
        method="independent samples: Fisher exact, Newcombe's interval",
        pairs=None,
    )


def wilson_interval(count: int, n: int) -> tuple[float, float]:
    """Return Wilson's 95 percent interval (1927) of the rate `count` / n, by scipy.stats."""
    from scipy.stats import binomtest

    interval = binomtest(count, n).proportion_ci(confidence_level=0.95, method="wilson")
    return float(interval.low), float(interval.high)


def _rates(
    positive: str,
    counts: tuple[int, int],
    rows: tuple[int, int],
    *,
    correlation: float,
    p_value: float,
    method: str,
    pairs: int | None,
) -> TargetRates:
    """Join Wilson's intervals of both rates to Newcombe's interval of their difference."""
    first, second = (count / n for count, n in zip(counts, rows, strict=True))
    (low_1, high_1), (low_2, high_2) = map(wilson_interval, counts, rows)
    difference = second - first
    return TargetRates(
        positive=positive,
        reference=first,
        current=second,
        difference=difference,
        lower=difference - _join_margins(second - low_2, high_1 - first, correlation),
        upper=difference + _join_margins(high_2 - second, first - low_1, correlation),
        p_value=p_value,
        method=method,
        pairs=pairs,
    )


def _join_margins(first: float, second: float, correlation: float) -> float:
    return math.sqrt(max(first**2 - 2 * correlation * first * second + second**2, 0.0))


def _have_same_identifiers(sides: list[pd.DataFrame], column: str) -> bool:
    if any(column not in side.columns or side[column].isna().any() for side in sides):
        return False
    if len(sides[0]) != len(sides[1]):
        return False
    first, second = (side[column].map(label) for side in sides)
    return bool(first.is_unique and second.is_unique and set(first) == set(second))
