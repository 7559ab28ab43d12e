"""What the columns of a data set mean, and the thresholds that an evaluation is held against."""

import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from evaluation.errors import SchemaError

Task = Literal["regression", "binary", "multiclass"]
Kind = Literal["numerical", "categorical"]


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where an evaluation turns from fine to not. Ratios are between 0 and 1."""

    drift_share: float = 0.5
    alpha: float = 0.05
    minimum_rows: int = 30
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
