"""The terms that a schema and a result document share."""

from typing import Literal

Task = Literal["regression", "binary", "multiclass"]
Kind = Literal["numerical", "categorical"]
Role = Literal["feature", "calendar", "target", "prediction"]
