"""What the columns of a data set mean, and the thresholds of an evaluation."""

import math
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from evaluation.errors import SchemaError
from evaluation.terms import Kind, Role, Task

Correction = Literal["holm", "bh"]
NumericalScore = Literal["ks", "wasserstein", "psi", "jensen-shannon"]
CategoricalScore = Literal["chi-square", "jensen-shannon", "psi"]

RATIOS = ("minimum_share", "minimum_missing")


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The limits of what counts as fine. Ratios are between 0 and 1.

    `drift_share` is the share of the counted features that must drift before the data set does; by
    default one feature is enough (Evidently's rule keeps its default of a half). A feature drifts
    when its corrected p-value is below `alpha` and its effect is at least `minimum_effect`
    standard deviations (numerical) or `minimum_share` of the rows in other categories;
    `minimum_missing` is the least change of the share of missing values, or of rows in categories
    that the reference does not have.
    """

    drift_share: float | None = None
    alpha: float = 0.05
    correction: Correction = "holm"
    numerical_score: NumericalScore = "ks"
    categorical_score: CategoricalScore = "chi-square"
    minimum_rows: int = 30
    minimum_effect: float = 0.05
    minimum_share: float = 0.02
    minimum_missing: float = 0.01
    rmse: float | None = None
    mae: float | None = None
    mape: float | None = None
    r2: float | None = None
    accuracy: float | None = None
    roc_auc: float | None = None


class Schema(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The columns by their meaning; `calendar` names features that always change with the date.

    `probabilities` names the column of each class of a multiclass task; what they leave of 1 is
    the probability of the class `remainder`.
    """

    task: Task = "regression"
    numerical: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    calendar: tuple[str, ...] = ()
    target: str | None = None
    prediction: str | None = None
    probability: str | None = None
    probabilities: dict[str, str] = {}
    remainder: str | None = None
    time: str | None = None
    id: str | None = None
    thresholds: Thresholds = msgspec.field(default_factory=Thresholds)

    def __post_init__(self) -> None:
        self._check_columns()
        self._check_thresholds()

    def _check_columns(self) -> None:
        ambiguous = sorted(set(self.numerical) & set(self.categorical))
        if ambiguous:
            raise SchemaError(
                f"{', '.join(ambiguous)} are both numerical and categorical: choose one."
            )
        repeated = _repeated(self.features)
        if repeated:
            raise SchemaError(
                f"{', '.join(repeated)} are listed twice among the features: name each once."
            )
        if not self.features:
            raise SchemaError("The schema names no feature: list some as numerical or categorical.")
        outcome = [self.target, self.prediction, *self.probability_columns]
        outcome_columns = [name for name in outcome if name is not None]
        shared = sorted({*_repeated(outcome_columns), *(set(outcome_columns) & set(self.features))})
        if shared:
            raise SchemaError(
                f"{', '.join(shared)}: target, prediction, probability and the features must be "
                "different columns."
            )
        if self.probabilities and self.task != "multiclass":
            raise SchemaError("probabilities are of a multiclass task: name one probability.")
        if self.remainder is not None and self.remainder in {"", *self.probabilities}:
            raise SchemaError("remainder must be a class that has no column of probabilities.")
        unknown = sorted(set(self.calendar) - set(self.features))
        if unknown:
            raise SchemaError(
                f"calendar names {', '.join(unknown)}, which are not among the features."
            )

    def _check_thresholds(self) -> None:
        out_of_range = [
            f"{name} = {value:g}"
            for name in ("drift_share", "alpha", *RATIOS)
            if (value := getattr(self.thresholds, name)) is not None and not 0 <= value <= 1
        ]
        if out_of_range:
            raise SchemaError(f"{', '.join(out_of_range)} of [thresholds] must be between 0 and 1.")
        infinite = [
            name
            for name in self.thresholds.__struct_fields__
            if isinstance(value := getattr(self.thresholds, name), float)
            and not math.isfinite(value)
        ]
        if infinite:
            raise SchemaError(f"{', '.join(infinite)} of [thresholds] must be finite numbers.")
        if not 0 < self.thresholds.alpha < 1:
            raise SchemaError("alpha of [thresholds] must be above 0 and below 1: 0.05 is usual.")
        if self.thresholds.minimum_rows < 2 or self.thresholds.minimum_effect < 0:
            raise SchemaError(
                "minimum_rows of [thresholds] must be at least 2, minimum_effect at least 0."
            )

    @property
    def features(self) -> tuple[str, ...]:
        """The numerical features, then the categorical ones."""
        return self.numerical + self.categorical

    @property
    def compared_columns(self) -> tuple[str, ...]:
        """The features, then the target and the prediction where the schema names them."""
        outcome = (self.target, self.prediction)
        return (*self.features, *(name for name in outcome if name is not None))

    @property
    def probability_columns(self) -> tuple[str, ...]:
        """The column of the probability, or those of the classes."""
        single = () if self.probability is None else (self.probability,)
        return (*single, *self.probabilities.values())

    def kind(self, column: str) -> Kind:
        """Return the kind of a feature, of the target or of the prediction."""
        if column in self.features:
            return "numerical" if column in self.numerical else "categorical"
        return "numerical" if self.task == "regression" else "categorical"

    def role(self, column: str) -> Role:
        """Return the role of one of the compared columns."""
        if column in self.features:
            return "calendar" if column in self.calendar else "feature"
        return "target" if column == self.target else "prediction"

    @classmethod
    def from_toml(cls, path: str | Path) -> "Schema":
        """Read a schema file. Raises SchemaError that names the file and the wrong key."""
        try:
            return msgspec.convert(tomllib.loads(Path(path).read_text("utf-8")), cls)
        except OSError as error:
            raise SchemaError(f"{path} can't be read: {error.strerror}.") from error
        except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            raise SchemaError(f"{path} is not a schema file: {error}.") from error


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
