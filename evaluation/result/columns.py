"""One column of an evaluation: counts, statistics and drift."""

from typing import Literal

import msgspec

from evaluation.result.message import Message
from evaluation.terms import Kind

Change = Literal["values", "missing values", "new categories"]


class Sides(msgspec.Struct, frozen=True):
    """The same count in both data sets."""

    reference: int
    current: int


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of both data sets in the same bins (k + 1 edges) or categories (k)."""

    reference: list[int]
    current: list[int]
    edges: list[float] | None = None
    categories: list[str] | None = None


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """Statistics of one numerical column, in its own units; None for a column without values."""

    mean: float | None
    std: float | None
    min: float | None
    q05: float | None
    q25: float | None
    q50: float | None
    q75: float | None
    q95: float | None
    max: float | None


class StatisticsOfBoth(msgspec.Struct, frozen=True):
    """The statistics of one column in both data sets."""

    reference: Statistics
    current: Statistics


class EvidentlyDrift(msgspec.Struct, frozen=True):
    """The result of Evidently's own test of one column."""

    score: float | None
    method: str
    threshold: float
    drifted: bool


class FeatureDrift(msgspec.Struct, frozen=True, kw_only=True):
    """The drift of one column, current data compared with the reference.

    `drifted` is the calibrated result, None with too few values. `p_value` is corrected for the
    number of features, `raw_p_value` is not. `effect` is in the unit that `effect_unit` names;
    `effect_size` (standard deviations, or a share of rows) is compared with `minimum_effect`.
    score >= threshold means that the values changed; missing values and new categories are separate
    changes, named in `changes`. `block_rows` is set where blocks of rows in time order were
    permuted. `null_band` holds 95 percent of the scores without drift. `reason` is the English text
    of `reason_parts`.
    """

    name: str
    kind: Kind
    role: Literal["feature", "calendar", "target", "prediction"]
    score: float | None
    method: str
    threshold: float | None
    drifted: bool | None
    missing: Sides
    distribution: Distribution
    statistics: StatisticsOfBoth | None = None
    importance: float | None = None
    p_value: float | None = None
    raw_p_value: float | None = None
    effect: float | None = None
    effect_unit: str | None = None
    effect_size: float | None = None
    minimum_effect: float | None = None
    changes: list[Change] = []
    block_rows: int | None = None
    null_band: tuple[float, float] | None = None
    reason: str | None = None
    reason_parts: list[Message] = []
    new_categories: list[str] = []
    evidently: EvidentlyDrift | None = None
