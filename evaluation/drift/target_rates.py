"""How the rate of the positive class moved: in pairs where identifiers match. Pure."""

import math

import numpy as np
import pandas as pd

from evaluation.inputs.convert import label
from evaluation.inputs.schema import Schema
from evaluation.result import TargetRates

NORMAL_95 = 1.959964
FEWEST = 2


def target_rates(
    reference: pd.DataFrame, current: pd.DataFrame, schema: Schema
) -> TargetRates | None:
    """The difference of the rates (current minus reference) of the label that sorts last.

    Frames of n and m rows as they were given. Where the schema names an `id` and the same
    identifiers, each once, stand on both sides, the rows are pairs: McNemar's exact test and
    Newcombe's interval for paired proportions. Else the sides are independent: Fisher's exact test
    and Newcombe's interval for two proportions. None unless the task is binary with truth on both.
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
    first, second = (side[target].map(label) == positive for side in sides)
    if schema.id is not None and _same_identifiers(sides, schema.id):
        names = [side[schema.id].map(label) for side in sides]
        pairs = pd.DataFrame({"before": first.to_numpy()}, index=names[0]).join(
            pd.DataFrame({"after": second.to_numpy()}, index=names[1])
        )
        table = [
            [int(((pairs["before"] == before) & (pairs["after"] == after)).sum())
             for after in (True, False)]
            for before in (True, False)
        ]  # fmt: skip
        return of_pairs(positive, table)
    return of_samples(positive, int(first.sum()), len(first), int(second.sum()), len(second))


def of_pairs(positive: str, table: list[list[int]]) -> TargetRates:
    """Rates from the counts [[both, only before], [only after, neither]].

    Test: McNemar 1947, exact (two-sided binomial). Interval: Newcombe, Statistics in Medicine 17
    (1998) 2635, method 10: Wilson's intervals joined with the correlation of the pairs.
    """
    from scipy.stats import binomtest

    (both, before), (after, neither) = table
    n = both + before + after + neither
    rates = ((both + before) / n, (both + after) / n)
    (low_1, high_1), (low_2, high_2) = (wilson(round(rate * n), n) for rate in rates)
    spread = (both + before) * (after + neither) * (both + after) * (before + neither)
    phi = 0.0
    if spread > 0:
        product: float = both * neither - before * after
        # a correction for continuity, of positive correlations only
        product = max(product - n / 2, 0.0) if product > 0 else product
        phi = product / math.sqrt(spread)
    difference = rates[1] - rates[0]
    down_2, up_1 = rates[1] - low_2, high_1 - rates[0]
    up_2, down_1 = high_2 - rates[1], rates[0] - low_1
    return TargetRates(
        positive=positive,
        reference=rates[0],
        current=rates[1],
        difference=difference,
        lower=difference - math.sqrt(max(down_2**2 - 2 * phi * down_2 * up_1 + up_1**2, 0.0)),
        upper=difference + math.sqrt(max(up_2**2 - 2 * phi * up_2 * down_1 + down_1**2, 0.0)),
        p_value=float(binomtest(before, before + after).pvalue) if before + after else 1.0,
        method="pairs: McNemar exact, Newcombe's interval",
        pairs=n,
    )


def of_samples(positive: str, first: int, n: int, second: int, m: int) -> TargetRates:
    """Rates of `first` of n and `second` of m independent rows.

    Test: Fisher's exact. Interval: Newcombe, Statistics in Medicine 17 (1998) 873, method 10.
    """
    from scipy.stats import fisher_exact

    rates = (first / n, second / m)
    (low_1, high_1), (low_2, high_2) = wilson(first, n), wilson(second, m)
    difference = rates[1] - rates[0]
    found = fisher_exact(np.array([[first, n - first], [second, m - second]]))
    return TargetRates(
        positive=positive,
        reference=rates[0],
        current=rates[1],
        difference=difference,
        lower=difference - math.hypot(rates[1] - low_2, high_1 - rates[0]),
        upper=difference + math.hypot(high_2 - rates[1], rates[0] - low_1),
        p_value=float(found.pvalue),
        method="independent samples: Fisher exact, Newcombe's interval",
    )


def wilson(count: int, n: int) -> tuple[float, float]:
    """Wilson's 95 percent interval of a rate. Source: Wilson 1927."""
    z, rate = NORMAL_95, count / n
    center = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(center - half, 0.0), min(center + half, 1.0)


def _same_identifiers(sides: list[pd.DataFrame], column: str) -> bool:
    if any(column not in side.columns or side[column].isna().any() for side in sides):
        return False
    if len(sides[0]) != len(sides[1]):
        return False
    first, second = (side[column].map(label) for side in sides)
    return bool(first.is_unique and second.is_unique and set(first) == set(second))
