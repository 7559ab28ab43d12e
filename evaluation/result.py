"""The document of an evaluation: what the store keeps, the API answers and the pages draw."""

import itertools
import math
from typing import Literal

import msgspec
import numpy as np

from evaluation.inputs.schema import Kind, Task

Verdict = Literal["drift", "no drift", "not enough data"]
Decision = Literal["NO_ACTION", "WATCH", "RETRAIN"]
Change = Literal["values", "missing values", "new categories"]


class Sides(msgspec.Struct, frozen=True):
    """The same count on both sides."""

    reference: int
    current: int


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of each data set; the others count rows of the current one: rows that the model was
    trained on, rows with truth, and rows whose truth has not come."""

    reference: int
    current: int
    training: int = 0
    with_target: int = 0
    without_target: int = 0


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """Scores in the target's units; mape in percent; None where a score has no value."""

    rmse: float | None = None
    mae: float | None = None
    r2: float | None = None
    mape: float | None = None
    accuracy: float | None = None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    roc_auc: float | None = None
    log_loss: float | None = None


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of both data sets in the same bins (k + 1 edges) or categories (k)."""

    reference: list[int]
    current: list[int]
    edges: list[float] | None = None
    categories: list[str] | None = None


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
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
    reference: Statistics
    current: Statistics


class EvidentlyDrift(msgspec.Struct, frozen=True):
    """What Evidently's own test says of one column."""

    score: float | None
    method: str
    threshold: float
    drifted: bool


class FeatureDrift(msgspec.Struct, frozen=True, kw_only=True):
    """One column, reference against current.

    `drifted` is the calibrated result, None where there are too few values. `p_value` is corrected
    for the number of features, `raw_p_value` is not. `effect` is in the unit that `effect_unit`
    names, `effect_size` what `minimum_effect` is held against (standard deviations, or a share of
    rows). score >= threshold is the same as a change of the values; missing values and new
    categories are changes of their own, named in `changes`. `block_rows` is set where blocks of
    rows in time order were resampled. `null_band` holds 95 percent of the scores without drift.
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
    new_categories: list[str] = []
    evidently: EvidentlyDrift | None = None


class Group(msgspec.Struct, frozen=True):
    """Residuals of the rows in which a column has this value."""

    value: str
    rows: int
    mean: float
    mae: float


class CalibrationBin(msgspec.Struct, frozen=True):
    """Rows of alike probabilities: their mean, and the share of the positive class among them."""

    rows: int
    probability: float
    rate: float


class ClassSegment(msgspec.Struct, frozen=True):
    """Rows of one category: the rate of the positive class, and what the model gave it."""

    value: str
    rows: int
    rate: float
    probability: float
    roc_auc: float | None


class Classification(msgspec.Struct, frozen=True, kw_only=True):
    """A classifier of two classes on rows with truth. `true_positives[i]` and `false_positives[i]`
    count the rows whose probability is at least `thresholds[i]`; `brier` is the Brier score."""

    positive: str
    positives: int
    negatives: int
    thresholds: list[float]
    true_positives: list[int]
    false_positives: list[int]
    calibration: list[CalibrationBin]
    brier: float
    by: dict[str, list[ClassSegment]] = {}


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


class Grid(msgspec.Struct, frozen=True):
    """Counts of true (rows of `counts`) against predicted values (columns), on shared edges."""

    edges: list[float]
    counts: list[list[int]]


class Residuals(msgspec.Struct, frozen=True):
    """Prediction minus target, in the target's units."""

    mean: float
    std: float
    edges: list[float]
    counts: list[int]
    by: dict[str, list[Group]]
    predicted_against_true: Grid


class EvidentlySummary(msgspec.Struct, frozen=True, kw_only=True):
    """Evidently's own result for the data set; drift_detected is its share rule."""

    drift_detected: bool | None
    drift_share: float | None
    drifted_columns: int | None
    columns: int
    share_threshold: float


class EstimatedScore(msgspec.Struct, frozen=True, kw_only=True):
    """A score estimated without truth, with the 95 percent interval of its uncertainty."""

    name: str
    value: float
    lower: float
    upper: float


class EstimatedQuality(msgspec.Struct, frozen=True, kw_only=True):
    """`outside`: the share of current rows with a number or a label that it was not learnt on."""

    method: Literal["DLE", "CBPE"]
    scores: list[EstimatedScore]
    reference_rows: int
    rows: int
    outside: float

    def score(self, name: str) -> EstimatedScore | None:
        return next((score for score in self.scores if score.name == name), None)


class Evaluation(msgspec.Struct, kw_only=True):
    """Reference against current: the whole result. The service fills in what only it knows."""

    name: str
    task: Task
    created_at: str
    duration_seconds: float
    rows: Rows
    verdict: Verdict
    rule: str
    decision: Decision
    decision_reason: str
    drift_share: float | None
    drifted_features: list[str]
    features: list[FeatureDrift]
    weighted_drift_share: float | None = None
    target_drift: FeatureDrift | None = None
    prediction_drift: FeatureDrift | None = None
    target_rates: TargetRates | None = None
    correlations: Correlations | None = None
    quality: Quality | None = None
    quality_reference: Quality | None = None
    estimated: EstimatedQuality | None = None
    residuals: Residuals | None = None
    classification: Classification | None = None
    evidently: EvidentlySummary | None = None
    difference: str | None = None
    warnings: list[str] = []
    ignored_fields: list[str] = []
    versions: dict[str, str] = {}
    evaluation_id: str | None = None
    model: str | None = None
    model_version: str | None = None
    source: str = ""
    reference_source: str = ""
    synthetic: bool = False
    published: bool = False

    def encode(self) -> bytes:
        """JSON in which every number is finite: what has no value is null."""
        return msgspec.json.encode(self)

    @classmethod
    def decode(cls, document: bytes | str) -> "Evaluation":
        return msgspec.json.decode(document, type=cls)


def number(value: float | np.floating | None) -> float | None:
    """A plain finite float, or None."""
    return None if value is None or not math.isfinite(value) else float(value)
