"""How good the predictions of an evaluation are: scores, residuals, estimates."""

from typing import Literal

import msgspec


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """Scores: rmse and mae in the target's units, mape in percent; None without a value."""

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


class Group(msgspec.Struct, frozen=True):
    """Residuals of the rows with one value of a column."""

    value: str
    rows: int
    mean: float
    mae: float


class CalibrationBin(msgspec.Struct, frozen=True):
    """Rows with similar probabilities: their mean, and the share of rows that are positive.

    Of several classes the probability is the confidence, and `rate` the share predicted right.
    """

    rows: int
    probability: float
    rate: float


class ClassSegment(msgspec.Struct, frozen=True):
    """Rows of one category: the rate of the positive class, and the mean probability for it."""

    value: str
    rows: int
    rate: float
    probability: float
    roc_auc: float | None


class Classification(msgspec.Struct, frozen=True, kw_only=True):
    """The results of a binary classifier on rows with ground truth.

    `true_positives[i]` and `false_positives[i]` count the rows whose probability is at least
    `thresholds[i]`; `brier` is the Brier score.
    """

    positive: str
    positives: int
    negatives: int
    thresholds: list[float]
    true_positives: list[int]
    false_positives: list[int]
    calibration: list[CalibrationBin]
    brier: float
    by: dict[str, list[ClassSegment]] = {}


class ClassScores(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of one class against all others; a score is None where its denominator is 0.

    `rows` have this ground truth, `predicted` this prediction.
    """

    name: str
    rows: int
    predicted: int
    precision: float | None
    recall: float | None
    f1: float | None


class Multiclass(msgspec.Struct, frozen=True, kw_only=True):
    """The results of a classifier of several classes on rows with ground truth.

    `confusion[i][j]` counts the rows of the actual class `classes[i]` that are predicted as
    `classes[j]`. `calibration` compares the confidence (the largest probability of a row) with the
    accuracy (`rate`); it is empty, and its error None, without probabilities. The scores of the
    whole, which are means over the classes, are in `quality`.
    """

    classes: list[str]
    confusion: list[list[int]]
    scores: list[ClassScores]
    calibration: list[CalibrationBin] = []
    calibration_error: float | None = None


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """Votes of users on predictions whose ground truth they did not name.

    `share` is the share of positive votes with its Wilson interval of 95 percent.
    """

    votes: int
    positive: int
    share: float
    lower: float
    upper: float


class Grid(msgspec.Struct, frozen=True):
    """Counts by actual (rows of `counts`) and predicted values (columns), on the same edges."""

    edges: list[float]
    counts: list[list[int]]


class Residuals(msgspec.Struct, frozen=True):
    """Residuals (prediction minus target), in the target's units."""

    mean: float
    std: float
    edges: list[float]
    counts: list[int]
    by: dict[str, list[Group]]
    predicted_against_true: Grid


class EstimatedScore(msgspec.Struct, frozen=True, kw_only=True):
    """A score estimated without ground truth, with its 95 percent interval."""

    name: str
    value: float
    lower: float
    upper: float


class EstimatedQuality(msgspec.Struct, frozen=True, kw_only=True):
    """Scores estimated without ground truth, and what they were estimated from.

    `outside` is the share of current rows with values that the estimator was not trained on.
    """

    method: Literal["DLE", "CBPE"]
    scores: list[EstimatedScore]
    reference_rows: int
    rows: int
    outside: float

    def score(self, name: str) -> EstimatedScore | None:
        """Return the score of this name, or None."""
        return next((score for score in self.scores if score.name == name), None)
