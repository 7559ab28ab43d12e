"""When a column and a data set drift. Pure."""

from dataclasses import dataclass

from evaluation.drift.scores import Method
from evaluation.inputs.schema import Correction


@dataclass(frozen=True)
class Rule:
    """When a column drifts: corrected p < alpha AND the effect at least its minimum.

    The minimum effect is in pooled standard deviations (numbers) or a share of rows (labels).
    The data set drifts when at least one counted feature does, and at least
    `minimum_drift_share` of them.
    """

    alpha: float = 0.05
    correction: Correction = "holm"
    minimum_rows: int = 30
    minimum_effect: float = 0.05
    minimum_share: float = 0.02
    minimum_missing: float = 0.01
    minimum_drift_share: float = 0.0
    numerical: Method = "ks"
    categorical: Method = "chi-square"
    draws: int = 2000
    seed: int = 0
