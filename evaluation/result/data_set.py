"""What an evaluation has of the data set as a whole: rows, target rates, correlations."""

import itertools

import msgspec

from evaluation.result.columns import Sides


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of each data set; the others count rows of the current one: rows that the model was
    trained on, rows with truth, and rows whose truth has not come."""

    reference: int
    current: int
    training: int = 0
    with_target: int = 0
    without_target: int = 0


class TargetRates(msgspec.Struct, frozen=True, kw_only=True):
    """The rate of the positive class on both sides, and their difference with its interval.

    `pairs` counts the identifiers that stand on both sides, where the difference is that of pairs;
    None where the sides are taken as independent. `p_value` is that of no difference.
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
    """Spearman's correlation of two columns on both sides; `moved` by more than chance does."""

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

    `p_value` is corrected for the number of pairs; None where a column does not vary. A pair moved
    where its p-value is below `alpha` and its change at least `minimum_change`. `block_rows` is set
    where blocks of rows in time order were permuted. `left_out` columns were too many.
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
        """The pairs with a correlation on both sides: what moved before the rest, by how much."""
        names = itertools.combinations(self.columns, 2)
        numbers = zip(self.reference, self.current, self.p_value, strict=True)
        found = []
        for (first, second), (before, after, p_value) in zip(names, numbers, strict=True):
            if before is None or after is None or p_value is None:
                continue
            moved = p_value < self.alpha and abs(after - before) >= self.minimum_change
            found.append(
                Pair(first=first, second=second, reference=before, current=after,
                     p_value=p_value, moved=moved)
            )  # fmt: skip
        return sorted(found, key=lambda pair: (not pair.moved, -abs(pair.change)))


class EvidentlySummary(msgspec.Struct, frozen=True, kw_only=True):
    """Evidently's own result for the data set; drift_detected is its share rule."""

    drift_detected: bool | None
    drift_share: float | None
    drifted_columns: int | None
    columns: int
    share_threshold: float
