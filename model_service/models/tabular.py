"""A model of somebody's own: what scores rows, a schema, and the rows it was trained on."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import msgspec
import pandas as pd

from evaluation.inputs.schema import Schema
from model_service.errors import StartError
from model_service.models.base import SCORE_BUCKETS, Field, Floats, MonitoredModel
from model_service.models.scorers import Scorer

NAME = re.compile(r"[a-z][a-z0-9-]{0,60}")
# the prediction log's own columns
RESERVED = {
    "id", "prediction_id", "model_version", "received_at", "prediction", "truth", "truth_at",
    "event_at",
}  # fmt: skip


class Tabular(MonitoredModel):
    """Serves a scorer; the fields of a request follow the reference's columns."""

    def __init__(
        self,
        name: str,
        scorer: Scorer,
        schema: Schema,
        reference: pd.DataFrame,
        *,
        title: str = "",
        version: str = "",
        held_out: pd.DataFrame | None = None,
        importance: Mapping[str, float] | None = None,
    ) -> None:
        """`reference` (n rows) has features and target; `held_out` rows of the same columns, that
        trained nothing, let quality be estimated where no truth has come. Raises StartError."""
        if not NAME.fullmatch(name):
            raise StartError(
                f"{name!r} is no name of a model: small letters, digits and -, from a letter on."
            )
        self.name, self.title, self.task = name, title or name, schema.task
        self.schema = complete(schema)
        self._scorer = scorer
        self._target = _check(self.schema, reference)
        self._reference, self._held_out = reference, held_out
        self.inputs = fields_of(self.schema, reference)
        self.truth = _truth(self.schema, reference)
        self.answer_field = self.output
        self.importance = importance or {}
        self._names = [field.name for field in self.inputs]
        scores = self._scored(reference)
        self.version = version or _version(self.schema, scores)
        if self.schema.probability is None:
            self.prediction_buckets = _buckets(scores)

    def predict_one(self, values: tuple[Any, ...]) -> float:
        return self._scorer.one(dict(zip(self._names, values, strict=True)))

    def predict_many(self, frame: pd.DataFrame) -> Floats:
        return self._scorer.many(frame)

    def reference(self) -> pd.DataFrame:
        return self._predicted(self._reference)

    def honest_rows(self) -> pd.DataFrame:
        return pd.DataFrame() if self._held_out is None else self._predicted(self._held_out)

    def details(self) -> dict[str, Any]:
        return {"algorithm": type(self._scorer).__name__, "training_rows": len(self._reference)}

    def _predicted(self, rows: pd.DataFrame) -> pd.DataFrame:
        scores = self._scored(rows)
        rows = rows.assign(**{self.output: scores})
        return rows.assign(**{str(self.schema.prediction): self.decide(scores)})

    def _scored(self, rows: pd.DataFrame) -> Floats:
        try:
            scores = self._scorer.many(rows)
        except Exception as error:
            # whatever somebody's own pipeline raises
            raise StartError(
                f"{self.name} can't predict the rows of its own reference: {error}. Give it the "
                "columns that it was fitted on, as features of the schema."
            ) from error
        if len(scores) != len(rows):
            raise StartError(
                f"{self.name} gave {len(scores)} predictions of {len(rows)} rows: one a row."
            )
        return scores


def fields_of(schema: Schema, reference: pd.DataFrame) -> tuple[Field, ...]:
    """A field a feature, typed as its column is, and the identifier, which a request may lack."""
    found = []
    for name in schema.features:
        column = reference[name].dropna()
        example = column.iloc[0] if len(column) else 0
        whole = pd.api.types.is_integer_dtype(column) or pd.api.types.is_bool_dtype(column)
        if schema.kind(name) == "numerical":
            made = Field(name, "int" if whole else "float", name, float(example))
        elif pd.api.types.is_numeric_dtype(column):
            made = Field(name, "int", name, int(example))
        else:
            made = Field(name, "text", name, str(example))
        found.append(made)
    if schema.id is not None:
        found.append(Field(schema.id, "text", "Identifier; no feature", "1", optional=True))
    return tuple(found)


def complete(schema: Schema) -> Schema:
    """With names for the prediction, and the probability of a classifier of two classes."""
    prediction = schema.prediction or "predicted"
    probability = schema.probability
    if schema.task == "binary" and probability is None:
        probability = "probability"
    return msgspec.structs.replace(schema, prediction=prediction, probability=probability)


def _check(schema: Schema, reference: pd.DataFrame) -> str:
    """The target. Raises StartError for what can't be served, each with what to do."""
    if schema.target is None:
        raise StartError("The schema names no target: evaluations need to know the truth's column.")
    wanted = [*schema.features, schema.target]
    missing = [name for name in wanted if name not in reference.columns]
    if missing:
        raise StartError(f"The reference lacks the columns {', '.join(missing)} of the schema.")
    if reference.empty:
        raise StartError("The reference has no rows: give the rows that the model was trained on.")
    odd = [name for name in wanted if not name.isidentifier()]
    if odd:
        raise StartError(
            f"{', '.join(odd)} can't be the name of a field: letters, digits and _ only. Rename "
            "the columns before the model is fitted."
        )
    taken = sorted(RESERVED & set(schema.features))
    if taken:
        raise StartError(f"The log has columns of its own by the names {', '.join(taken)}: rename.")
    labels = reference[schema.target].dropna()
    if not pd.api.types.is_numeric_dtype(labels):
        raise StartError(
            f"The target {schema.target} is no number: truths are logged as numbers. Code the "
            "classes as 0, 1, 2."
        )
    if schema.task == "binary" and not set(labels.unique()) <= {0, 1}:
        raise StartError(f"The target {schema.target} of a classifier of two is to be 0 or 1.")
    return schema.target


def _truth(schema: Schema, reference: pd.DataFrame) -> Field:
    target = str(schema.target)
    example = reference[target].dropna().iloc[0]
    if schema.task == "binary":
        return Field(target, "int", "The truth: 0 or 1", int(example), 0, 1)
    return Field(target, "float", "The truth", float(example))


def _version(schema: Schema, scores: Floats) -> str:
    """By what the model does: a hash of its predictions of the reference, and of the schema."""
    digest = hashlib.sha256(scores.astype("<f8").tobytes() + msgspec.json.encode(schema))
    return digest.hexdigest()[:12]


def _buckets(scores: Floats) -> tuple[float, ...]:
    """Round bounds for the histogram of the predictions, from their quantiles."""
    quantiles = pd.Series(scores).quantile([0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0])
    bounds = sorted({float(f"{value:.3g}") for value in quantiles})
    return tuple(bounds) or SCORE_BUCKETS
