"""Quality estimated without ground truth: DLE for regression, CBPE for classification. Pure.

Source of both: NannyML, "How it works: performance estimation" (documentation of version 0.8.5);
here with scikit-learn's gradient boosting and an interval from folds. docs/estimation.md.
"""

import pandas as pd

from evaluation.inputs.convert import label
from evaluation.inputs.schema import Schema
from evaluation.quality.confidence_based import confidence_based
from evaluation.quality.direct_loss import direct_loss
from evaluation.quality.features import share_outside
from evaluation.result import EstimatedQuality

FEWEST_REFERENCE, FEWEST_ROWS = 100, 30
MOST_REFERENCE = 5_000


def estimate(
    reference: pd.DataFrame, current: pd.DataFrame, schema: Schema
) -> EstimatedQuality | None:
    """Estimate the scores of `current` (m rows) from `reference` (n rows with targets).

    The reference must not have trained the model: its in-sample errors are too small. Its newest
    5,000 rows are used, in time order. None with fewer than 100 reference or 30 current rows,
    and for a classifier without a probability or without scored rows of both classes.
    """
    target, prediction = str(schema.target), str(schema.prediction)
    scored = reference.dropna(subset=[target, prediction]).iloc[-MOST_REFERENCE:]
    if len(scored) < FEWEST_REFERENCE or len(current) < FEWEST_ROWS:
        return None
    if schema.task == "regression":
        scores = direct_loss(scored, current, schema)
    elif (
        schema.task == "binary"
        and schema.probability in scored.columns
        and scored[target].map(label).nunique() == 2
    ):
        scores = confidence_based(scored, current, schema)
    else:
        return None
    return EstimatedQuality(
        method="DLE" if schema.task == "regression" else "CBPE",
        scores=scores,
        reference_rows=len(scored),
        rows=len(current),
        outside=share_outside(scored, current, schema),
    )
