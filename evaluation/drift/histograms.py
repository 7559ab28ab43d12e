"""Counts of both data sets in the same bins, for charts; exact for small samples. Pure."""

import math

import numpy as np

from evaluation.arrays import Floats
from evaluation.drift.column_summary import OTHER, Labels, Numbers
from evaluation.result import Distribution, Statistics, number

BINS = 30
MAX_CATEGORIES = 50


def bin_edges(pooled: Floats, bins: int = BINS) -> Floats:
    """Return edges over the whole range: a bin per value for few integers, else equal widths."""
    values = pooled[~np.isnan(pooled)]
    if values.size == 0:
        return np.array([0.0, 1.0])
    low, high = float(values.min()), float(values.max())
    if high - low < bins and np.all(values == np.round(values)):
        return np.arange(low - 0.5, high + 1.0)
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    return np.linspace(low, high, bins + 1)


def histogram_of_samples(reference: Floats, current: Floats) -> Distribution:
    """Count two samples (n,) and (m,) between shared edges; missing values (NaN) are left out."""
    edges = bin_edges(np.concatenate([reference, current]))
    counts = [
        np.histogram(sample[~np.isnan(sample)], edges)[0].tolist()
        for sample in (reference, current)
    ]
    return Distribution(edges=edges.tolist(), reference=counts[0], current=counts[1])


def histogram_of_cells(reference: Numbers, current: Numbers) -> Distribution:
    """Join the cells of both sides to at most 30 bins, and one for the values beyond either end."""
    sides = (reference, current)
    grid = reference.grid
    step = max(1, math.ceil(grid.cells / BINS))
    starts = np.arange(0, grid.cells, step)
    edges = grid.edges()
    bounds = np.append(edges[:-1][starts], edges[-1])
    counts = [np.add.reduceat(side.counts[1:-1], starts) for side in sides]
    if any(side.counts[0] for side in sides):
        lowest = min(side.low for side in sides if side.low is not None)
        bounds = np.concatenate([[lowest], bounds])
        counts = [
            np.append(side.counts[0], inside) for side, inside in zip(sides, counts, strict=True)
        ]
    if any(side.counts[-1] for side in sides):
        bounds = np.append(bounds, max(side.high for side in sides if side.high is not None))
        counts = [
            np.append(inside, side.counts[-1]) for side, inside in zip(sides, counts, strict=True)
        ]
    return Distribution(
        edges=[float(edge) for edge in bounds],
        reference=[int(count) for count in counts[0]],
        current=[int(count) for count in counts[1]],
    )


def histogram_of_labels(reference: Labels, current: Labels) -> Distribution:
    """Count the categories, sorted by label; past 50 the rarest are summed as "(other)"."""
    sides = (reference.counts, current.counts)
    labels = sorted({*reference.counts, *current.counts})
    rare: list[str] = []
    if len(labels) > MAX_CATEGORIES:
        frequent = sorted(labels, key=lambda label: -sum(side.get(label, 0) for side in sides))
        rare = frequent[MAX_CATEGORIES:]
        labels = sorted(frequent[:MAX_CATEGORIES])
    counts = [[side.get(label, 0) for label in labels] for side in sides]
    if rare:
        for side, row in zip(sides, counts, strict=True):
            row.append(sum(side.get(label, 0) for label in rare))
        labels = [*labels, OTHER]
    return Distribution(categories=labels, reference=counts[0], current=counts[1])


def describe_sample(sample: Floats) -> Statistics:
    """Return the moments and quantiles of a sample (n,), NaN for missing."""
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
