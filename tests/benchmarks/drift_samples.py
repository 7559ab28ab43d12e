"""Samples of known truth, judged by us and by Evidently's default tests."""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.drift.binning import BinnedColumn, bin_numbers
from evaluation.drift.column_summary import CodedLabels
from evaluation.drift.judge import judge
from evaluation.drift.label_bins import bin_labels
from evaluation.drift.rule import Rule

SHARE = 0.5  # Evidently's default share of drifted columns

Column = npt.NDArray[Any]
Sample = dict[str, Column]


def sample(random: np.random.Generator, rows: int) -> Sample:
    """Ten columns of several shapes: seven of numbers, three of labels."""
    labels = {
        "even": random.choice(list("abcd"), rows),
        "skewed": random.choice(list("abcde"), rows, p=[0.6, 0.2, 0.1, 0.07, 0.03]),
        "many": random.integers(0, 24, rows).astype(str),
    }
    return {
        "normal": random.normal(size=rows),
        "lognormal": random.lognormal(size=rows),
        "uniform": random.uniform(size=rows),
        "heavy tails": random.standard_t(3, size=rows),
        "two humps": random.normal(size=rows) + 4.0 * random.integers(0, 2, rows),
        "counts": random.poisson(5, rows).astype(np.float64),
        "mostly zero": random.exponential(size=rows) * (random.uniform(size=rows) < 0.3),
        **{name: values.astype(object) for name, values in labels.items()},
    }


def binned(reference: Sample, current: Sample) -> list[BinnedColumn]:
    columns = []
    for name, first in reference.items():
        second = current[name]
        columns.append(
            bin_labels(
                name,
                CodedLabels.from_values(first).summary(),
                CodedLabels.from_values(second).summary(),
            )
            if first.dtype == object
            else bin_numbers(name, first, second)
        )
    return columns


def ours(reference: Sample, current: Sample, rule: Rule | None = None) -> bool:
    """Is the verdict drift?"""
    return judge(binned(reference, current), rule or Rule()).verdict == "drift"


def evidently(reference: Sample, current: Sample) -> list[tuple[float, float]]:
    """What Evidently's default tests, called without a report, make of each column.

    A pair a column: by how much it is past its threshold, as a ratio (1 is drift), and whether the
    score is a distance (1) or a p-value (0). The larger the ratio, the more drift.
    """
    with warnings.catch_warnings(action="ignore"):
        from evidently.core.datasets import ColumnType
        from evidently.legacy.calculations.stattests import get_stattest

        found = []
        for name in reference:
            first, second = pd.Series(reference[name]), pd.Series(current[name])
            kind = (
                ColumnType.Categorical if reference[name].dtype == object else ColumnType.Numerical
            )
            test = get_stattest(first, second, kind.value, None)
            result = test(first, second, kind, None)
            distance = (result.drift_score >= result.actual_threshold) == bool(result.drifted)
            if distance:
                found.append((result.drift_score / result.actual_threshold, 1.0))
            else:
                found.append((result.actual_threshold / max(result.drift_score, 1e-300), 0.0))
        return found
