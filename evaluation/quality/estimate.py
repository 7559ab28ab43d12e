"""Quality estimated where no truth has come: DLE for regression, CBPE for classification. Pure.

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
    """Estimate the scores of `current` (m rows) from `reference` (n rows with truth).

    The reference must not have trained the model: its in-sample errors are too small. Its newest
    5,000 rows are used, in order of time. None with fewer than 100 reference or 30 current rows,
    and for a classifier without a probability or without known rows of both classes.
    """
    target, prediction = str(schema.target), str(schema.prediction)
    known = reference.dropna(subset=[target, prediction]).iloc[-MOST_REFERENCE:]
    if len(known) < FEWEST_REFERENCE or len(current) < FEWEST_ROWS:
        return None
    if schema.task == "regression":
        scores = direct_loss(known, current, schema)
    elif (
        schema.task == "binary"
        and schema.probability in known.columns
        and known[target].map(label).nunique() == 2
    ):
        scores = confidence_based(known, current, schema)
    else:
        return None
    return EstimatedQuality(
        method="DLE" if schema.task == "regression" else "CBPE",
        scores=scores,
        reference_rows=len(known),
        rows=len(current),
        outside=share_outside(known, current, schema),
    )
