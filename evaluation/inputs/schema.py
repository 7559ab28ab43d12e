"""What the columns of a data set mean, and the thresholds that an evaluation is held against."""

import math
import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from evaluation.errors import SchemaError

Task = Literal["regression", "binary", "multiclass"]
Kind = Literal["numerical", "categorical"]
Correction = Literal["holm", "bh"]
NumericalScore = Literal["ks", "wasserstein", "psi", "jensen-shannon"]
CategoricalScore = Literal["chi-square", "jensen-shannon", "psi"]

RATIOS = ("minimum_share", "minimum_missing")


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where an evaluation turns from fine to not. Ratios are between 0 and 1.

    `drift_share`: the share of the counted features that must drift before the data set does; by
    default one feature is enough, and Evidently's own rule keeps its default of a half. A feature
    drifts when its corrected p-value is below `alpha` and its effect is at least `minimum_effect`
    standard deviations (numerical) or `minimum_share` of the rows in other categories;
    `minimum_missing` is the least change of the share of missing values, or of rows in categories
    that the reference never had.
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
    """The columns by their meaning. `calendar` names features that always move with the date."""

    task: Task = "regression"
    numerical: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    calendar: tuple[str, ...] = ()
    target: str | None = None
    prediction: str | None = None
    probability: str | None = None
    time: str | None = None
    id: str | None = None
    thresholds: Thresholds = msgspec.field(default_factory=Thresholds)

    def __post_init__(self) -> None:
        twice = sorted(set(self.numerical) & set(self.categorical))
        if twice:
            raise SchemaError(f"{', '.join(twice)} stand as numerical and categorical: choose one.")
        listed = [*self.numerical, *self.categorical]
        again = sorted({name for name in listed if listed.count(name) > 1})
        if again:
            raise SchemaError(f"{', '.join(again)} stand twice among the features: name each once.")
        outcome = [self.target, self.prediction, self.probability]
        given = [name for name in outcome if name is not None]
        both = sorted(set(given) & set(listed) | {name for name in given if given.count(name) > 1})
        if both:
            raise SchemaError(
                f"{', '.join(both)}: target, prediction, probability and the features are to be "
                "different columns."
            )
        wrong = [
            f"{name} = {value:g}"
            for name in ("drift_share", "alpha", *RATIOS)
            if (value := getattr(self.thresholds, name)) is not None and not 0 <= value <= 1
        ]
        if wrong:
            raise SchemaError(f"{', '.join(wrong)} of [thresholds] must be between 0 and 1.")
        odd = [
            name
            for name in self.thresholds.__struct_fields__
            if isinstance(value := getattr(self.thresholds, name), float)
            and not math.isfinite(value)
        ]
        if odd:
            raise SchemaError(f"{', '.join(odd)} of [thresholds] must be finite numbers.")
        if not 0 < self.thresholds.alpha < 1:
            raise SchemaError("alpha of [thresholds] must be above 0 and below 1: 0.05 is usual.")
        if self.thresholds.minimum_rows < 2 or self.thresholds.minimum_effect < 0:
            raise SchemaError(
                "minimum_rows of [thresholds] must be at least 2, minimum_effect at least 0."
            )
        if not self.features:
            raise SchemaError("The schema names no feature: list some as numerical or categorical.")
        unknown = sorted(set(self.calendar) - set(self.features))
        if unknown:
            raise SchemaError(
                f"calendar names {', '.join(unknown)}, which are not among the features."
            )

    @property
    def features(self) -> tuple[str, ...]:
        return self.numerical + self.categorical

    def kind(self, feature: str) -> Kind:
        return "numerical" if feature in self.numerical else "categorical"

    @classmethod
    def from_toml(cls, path: str | Path) -> "Schema":
        """Read a schema file. Raises SchemaError that names the file and the wrong key."""
        try:
            return msgspec.convert(tomllib.loads(Path(path).read_text("utf-8")), cls)
        except OSError as error:
            raise SchemaError(f"{path} can't be read: {error.strerror}.") from error
        except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            raise SchemaError(f"{path} is not a schema file: {error}.") from error
