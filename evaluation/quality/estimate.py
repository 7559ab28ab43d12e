"""Quality estimated without ground truth: DLE for regression, CBPE for classification. Pure.

Source of both: NannyML, "How it works: performance estimation" (documentation of version 0.8.5);
here with scikit-learn's gradient boosting and an interval from folds. docs/estimation.md.
"""

import numpy as np
import pandas as pd

from evaluation.inputs.convert import label
from evaluation.inputs.schema import Schema
from evaluation.quality.confidence_based import confidence_based
from evaluation.quality.direct_loss import direct_loss
from evaluation.quality.features import prepare_features
from evaluation.result import EstimatedQuality

FEWEST_REFERENCE, FEWEST_ROWS = 100, 30
MAX_REFERENCE = 5_000


def estimate(
    reference: pd.DataFrame, current: pd.DataFrame, schema: Schema
) -> EstimatedQuality | None:
    """Estimate the scores of `current` (m rows) from `reference` (n rows with targets).

    The reference must not have trained the model: its in-sample errors are too small. Its newest
    5,000 rows are used, in time order. None with fewer than 100 reference or 30 current rows,
    and for a classifier without a probability or without scored rows of both classes.
    """
    target, prediction = str(schema.target), str(schema.prediction)
    scored = reference.dropna(subset=[target, prediction]).iloc[-MAX_REFERENCE:]
    if len(scored) < FEWEST_REFERENCE or len(current) < FEWEST_ROWS:
        return None
    is_binary = (
        schema.task == "binary"
        and schema.probability in scored.columns
        and scored[target].map(label).nunique() == 2
    )
    if schema.task != "regression" and not is_binary:
        return None
    features = prepare_features(scored, current, schema)
    if is_binary:
        scores = confidence_based(scored, current, schema)
    else:
        truth, learnt, predicted = (
            column.to_numpy(dtype="float64")
            for column in (scored[target], scored[prediction], current[prediction])
        )
        scores = direct_loss(
            np.column_stack([features.reference, learnt]),
            np.abs(learnt - truth),
            np.column_stack([features.current, predicted]),
        )
    return EstimatedQuality(
        method="CBPE" if is_binary else "DLE",
        scores=scores,
        reference_rows=len(scored),
        rows=len(current),
        outside=features.outside,
    )
