"""The features of an evaluation and their scores as CSV. Pure."""

import csv
import io

from evaluation.result import Evaluation


def features_csv(evaluation: Evaluation) -> str:
    """A line a feature, in the order of the schema."""
    columns = (
        "name", "kind", "role", "importance", "score", "method", "threshold", "p_value", "effect",
        "effect_unit", "drifted",
    )  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*columns, "missing_reference", "missing_current"])
    for feature in evaluation.features:
        values = [getattr(feature, column) for column in columns]
        writer.writerow([*values, feature.missing.reference, feature.missing.current])
    return text.getvalue()
