"""Reference and current data in, an evaluation out: scores, drift, verdict, report."""

from evaluation.inputs.schema import Schema, Thresholds
from evaluation.result import Evaluation
from evaluation.run import evaluate

__all__ = ["Evaluation", "Schema", "Thresholds", "evaluate"]
__version__ = "0.1.0"
