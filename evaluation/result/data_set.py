"""What an evaluation has of the data set as a whole: rows, target rates, correlations."""

import itertools

import msgspec

from evaluation.result.columns import Sides


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of each data set.

    The other counts are of the current data: rows that the model was trained on, rows with ground
    truth, and rows whose ground truth has not arrived.
    """

    reference: int
    current: int
    training: int = 0
    with_target: int = 0
    without_target: int = 0


class TargetRates(msgspec.Struct, frozen=True, kw_only=True):
    """The rate of the positive class in both data sets, and the difference with its 95 % interval.

    `pairs` counts the identifiers that are in both data sets where the difference is that of pairs;
    None where the samples are treated as independent. `p_value` tests that there is no difference.
    """

    positive: str
    reference: float
    current: float
    difference: float
    lower: float
    upper: float
    p_value: float
    method: str
    pairs: int | None = None


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Spearman's correlation of two columns in both data sets; `moved` when it changed."""

    first: str
    second: str
    reference: float
    current: float
    p_value: float
    moved: bool

    @property
    def change(self) -> float:
        return self.current - self.reference


class Correlations(msgspec.Struct, frozen=True, kw_only=True):
    """Spearman's correlation of every pair of `columns`, as (0, 1), (0, 2), ... (1, 2), ...

    `p_value` is corrected for the number of pairs; None where a column is constant. A pair moved
    when its p-value is below `alpha` and its change at least `minimum_change`. `block_rows` is set
    where blocks of rows in time order were permuted. `left_out` counts the columns over the limit.
    """

    columns: list[str]
    reference: list[float | None]
    current: list[float | None]
    p_value: list[float | None]
    rows: Sides
    alpha: float
    minimum_change: float
    block_rows: int | None = None
    left_out: int = 0

    def pairs(self) -> list[Pair]:
        """Return the pairs with a correlation on both sides: those that moved first, by change."""
        names = itertools.combinations(self.columns, 2)
        values = zip(self.reference, self.current, self.p_value, strict=True)
        pairs = [
            Pair(
                first=first,
                second=second,
                reference=reference,
                current=current,
                p_value=p_value,
                moved=p_value < self.alpha and abs(current - reference) >= self.minimum_change,
            )
            for (first, second), (reference, current, p_value) in zip(names, values, strict=True)
            if reference is not None and current is not None and p_value is not None
        ]
        return sorted(pairs, key=lambda pair: (not pair.moved, -abs(pair.change)))


class EvidentlySummary(msgspec.Struct, frozen=True, kw_only=True):
    """Evidently's own result for the data set; `drift_detected` follows its share rule."""

    drift_detected: bool | None
    drift_share: float | None
    drifted_columns: int | None
    columns: int
    share_threshold: float
