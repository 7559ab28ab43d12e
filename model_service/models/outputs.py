"""Adds a model's predictions to rows, and leaves out an empty column of ground truth."""

import pandas as pd

from model_service.models.base import MonitoredModel


def with_predictions(frame: pd.DataFrame, model: MonitoredModel) -> pd.DataFrame:
    """Return the frame with the model's output and predictions; those it has are kept."""
    prediction = str(model.schema.prediction)
    if model.output not in frame.columns:
        output = model.predict_many(frame[list(model.schema.features)])
        frame = frame.assign(**{model.output: output})
    if prediction not in frame.columns:
        decisions = model.decide(frame[model.output].to_numpy(dtype="float64"))
        frame = frame.assign(**{prediction: decisions})
    return frame


def without_empty_truth(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    """Return the frame without its target column if no row has a value there."""
    if target in frame.columns and frame[target].isna().all():
        return frame.drop(columns=[target])
    return frame
