"""A user's model: a scorer, a schema, and the rows that it was trained on."""

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

ADDED_TO_SCHEMA = ("probabilities", "remainder")


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
        """Take the training rows as `reference` (n rows with features and target).

        `held_out` are rows of the same columns that the model was not trained on: with them,
        quality is estimated for rows without truth. Raises StartError.
        """
        if not NAME.fullmatch(name):
            raise StartError(
                f"{name!r} is not a valid model name: use lowercase letters, digits and -, "
                "starting with a letter."
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
            # a user's pipeline may raise anything
            raise StartError(
                f"{self.name} can't predict its reference rows: {error}. The schema's features "
                "must be the columns that it was fitted on."
            ) from error
        if len(scores) != len(rows):
            raise StartError(
                f"{self.name} returned {len(scores)} predictions for {len(rows)} rows; it must "
                "return one for each row."
            )
        return scores


def fields_of(schema: Schema, reference: pd.DataFrame) -> tuple[Field, ...]:
    """Return a field for each feature, typed like its column, and the optional identifier."""
    fields = []
    for name in schema.features:
        column = reference[name].dropna()
        example = column.iloc[0] if len(column) else 0
        is_whole = pd.api.types.is_integer_dtype(column) or pd.api.types.is_bool_dtype(column)
        if schema.kind(name) == "numerical":
            field = Field(name, "int" if is_whole else "float", name, float(example))
        elif pd.api.types.is_numeric_dtype(column):
            field = Field(name, "int", name, int(example))
        else:
            field = Field(name, "text", name, str(example))
        fields.append(field)
    if schema.id is not None:
        fields.append(Field(schema.id, "text", "Identifier; not a feature", "1", optional=True))
    return tuple(fields)


def complete(schema: Schema) -> Schema:
    """Return the schema with names for the prediction and a binary classifier's probability."""
    prediction = schema.prediction or "predicted"
    probability = schema.probability
    if schema.task == "binary" and probability is None:
        probability = "probability"
    return msgspec.structs.replace(schema, prediction=prediction, probability=probability)


def _check(schema: Schema, reference: pd.DataFrame) -> str:
    """Return the target column. Raises StartError, with what to do, for what can't be served."""
    if schema.target is None:
        raise StartError("The schema has no target: name the column of the truth.")
    columns = [*schema.features, schema.target]
    missing = [name for name in columns if name not in reference.columns]
    if missing:
        raise StartError(f"The reference lacks columns of the schema: {', '.join(missing)}.")
    if reference.empty:
        raise StartError("The reference has no rows: pass the rows that the model was trained on.")
    invalid = [name for name in columns if not name.isidentifier()]
    if invalid:
        raise StartError(
            f"{', '.join(invalid)} can't be field names: use letters, digits and _. Rename the "
            "columns before fitting the model."
        )
    reserved = sorted(RESERVED & set(schema.features))
    if reserved:
        raise StartError(f"Rename {', '.join(reserved)}: the log has columns of these names.")
    labels = reference[schema.target].dropna()
    if not pd.api.types.is_numeric_dtype(labels):
        raise StartError(
            f"The target {schema.target} is not a number: truths are logged as numbers. Encode "
            "the classes as 0, 1, 2."
        )
    if schema.task == "binary" and not set(labels.unique()) <= {0, 1}:
        raise StartError(f"The target {schema.target} of a binary classifier must be 0 or 1.")
    return schema.target


def _truth(schema: Schema, reference: pd.DataFrame) -> Field:
    target = str(schema.target)
    example = reference[target].dropna().iloc[0]
    if schema.task == "binary":
        return Field(target, "int", "The truth: 0 or 1", int(example), 0, 1)
    return Field(target, "float", "The truth", float(example))


def _version(schema: Schema, scores: Floats) -> str:
    """Return a hash of the predictions of the reference and of the schema."""
    # a field that a later Belvedere has added must not change the versions of all models
    described = {
        name: value
        for name, value in msgspec.to_builtins(schema).items()
        if value or name not in ADDED_TO_SCHEMA
    }
    digest = hashlib.sha256(scores.astype("<f8").tobytes() + msgspec.json.encode(described))
    return digest.hexdigest()[:12]


def _buckets(scores: Floats) -> tuple[float, ...]:
    """Return rounded bounds for the histogram of predictions, from their quantiles."""
    quantiles = pd.Series(scores).quantile([0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0])
    bounds = sorted({float(f"{value:.3g}") for value in quantiles})
    return tuple(bounds) or SCORE_BUCKETS
