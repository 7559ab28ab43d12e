"""Serve a model of your own: `python -m model_service my_package:model`. See docs/own_model.md."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.inputs.schema import Schema
from model_service.errors import StartError
from model_service.models.base import Field, MonitoredModel, Window
from model_service.models.scorers import OnnxScorer, PipelineScorer
from model_service.models.tabular import Tabular, complete

__all__ = ["Field", "MonitoredModel", "Schema", "Window", "from_onnx", "from_pipeline"]


def from_pipeline(
    name: str,
    pipeline: Any,
    schema: Schema | str | Path,
    reference: pd.DataFrame,
    *,
    title: str = "",
    version: str = "",
    held_out: pd.DataFrame | None = None,
    importance: Mapping[str, float] | None = None,
) -> Tabular:
    """Serve a fitted scikit-learn estimator that takes frames of the schema's features.

    `schema` is a Schema or its TOML file, `reference` the training rows (n) with features and
    target. The default `version` is a hash of the predictions. Raises StartError and SchemaError.
    """
    columns = _read(schema)
    scorer = PipelineScorer(pipeline, complete(columns))
    return Tabular(
        name, scorer, columns, reference,
        title=title, version=version, held_out=held_out, importance=importance,
    )  # fmt: skip


def from_onnx(
    name: str,
    file: str | Path,
    schema: Schema | str | Path,
    reference: pd.DataFrame,
    *,
    title: str = "",
    version: str = "",
    held_out: pd.DataFrame | None = None,
    importance: Mapping[str, float] | None = None,
) -> Tabular:
    """Serve an ONNX file with one input for each feature, or one matrix in the schema's order.

    A classifier must return probabilities as a tensor (zipmap off). Raises StartError and
    SchemaError.
    """
    columns = _read(schema)
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise StartError(f"{file} can't be read: {error.strerror}.") from error
    scorer = OnnxScorer(content, complete(columns))
    return Tabular(
        name, scorer, columns, reference,
        title=title, version=version, held_out=held_out, importance=importance,
    )  # fmt: skip


def _read(schema: Schema | str | Path) -> Schema:
    return schema if isinstance(schema, Schema) else Schema.from_toml(schema)
