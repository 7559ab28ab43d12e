"""Counts of both data sets in the same bins: what the pages draw, exact for small samples. Pure."""

import numpy as np

from evaluation.arrays import Floats
from evaluation.drift.column_summary import BINS
from evaluation.result import Distribution, Statistics, number


def edges_for(pooled: Floats, bins: int = BINS) -> Floats:
    """Bin edges over the whole range: one bin a value for few integers, else equal widths."""
    values = pooled[~np.isnan(pooled)]
    if values.size == 0:
        return np.array([0.0, 1.0])
    low, high = float(values.min()), float(values.max())
    if high - low < bins and np.all(values == np.round(values)):
        return np.arange(low - 0.5, high + 1.0)
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    return np.linspace(low, high, bins + 1)


def numerical(reference: Floats, current: Floats) -> Distribution:
    """Histogram of two samples (n,) and (m,) on shared edges; missing values are left out."""
    edges = edges_for(np.concatenate([reference, current]))
    counts = [
        np.histogram(side[~np.isnan(side)], edges)[0].tolist() for side in (reference, current)
    ]
    return Distribution(edges=edges.tolist(), reference=counts[0], current=counts[1])


def statistics(sample: Floats) -> Statistics:
    values = sample[~np.isnan(sample)]
    if values.size == 0:
        return Statistics(**dict.fromkeys(Statistics.__struct_fields__))
    q05, q25, q50, q75, q95 = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
    return Statistics(
        mean=number(values.mean()),
        std=number(values.std(ddof=1)) if values.size > 1 else None,
        min=number(values.min()),
        q05=number(q05),
        q25=number(q25),
        q50=number(q50),
        q75=number(q75),
        q95=number(q95),
        max=number(values.max()),
    )
