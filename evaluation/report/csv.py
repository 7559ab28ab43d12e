"""The features of an evaluation and their scores as CSV. Pure."""

import csv
import io
from typing import Any

from evaluation.result import Evaluation

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def features_csv(evaluation: Evaluation) -> str:
    """Return one line per feature, in the order of the schema."""
    columns = (
        "name", "kind", "role", "importance", "score", "method", "threshold", "p_value", "effect",
        "effect_unit", "drifted",
    )  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*columns, "missing_reference", "missing_current"])
    for feature in evaluation.features:
        values = [inert(getattr(feature, column)) for column in columns]
        writer.writerow([*values, feature.missing.reference, feature.missing.current])
    return text.getvalue()


def inert(value: Any) -> Any:
    """Mark text that a spreadsheet would run as a formula as text: names can come from anyone."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
