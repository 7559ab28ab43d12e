"""Adds a model's predictions to rows, and leaves out an empty column of ground truth."""

import pandas as pd

from model_service.models.base import MonitoredModel


def with_predictions(frame: pd.DataFrame, model: MonitoredModel) -> pd.DataFrame:
    """Return the frame with the model's output and predictions; those it has are kept."""
    prediction = str(model.schema.prediction)
    if prediction in frame.columns and model.output in frame.columns:
        return frame
    if model.output in frame.columns:
        scores = frame[model.output].to_numpy(dtype="float64")
    else:
        scores = model.predict_many(frame[list(model.score_columns)])
        # without a probability the output is the prediction, which is decided below
        frame = frame.assign(**{model.output: scores})
    if prediction != model.output and prediction in frame.columns:
        return frame
    return frame.assign(**{prediction: model.decide(scores)})


def without_empty_truth(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    """Return the frame without its target column if no row has a value there."""
    if target in frame.columns and frame[target].isna().all():
        return frame.drop(columns=[target])
    return frame
