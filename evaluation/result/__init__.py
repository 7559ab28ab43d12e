"""The result of an evaluation. Struct fields are the JSON of the API, the store and the reports."""

from evaluation.result.columns import (
    Change,
    Distribution,
    EvidentlyDrift,
    FeatureDrift,
    Sides,
    Statistics,
    StatisticsOfBoth,
)
from evaluation.result.comparison import Comparison, FeatureChange, ScoreChange, Side
from evaluation.result.data_set import Correlations, EvidentlySummary, Pair, Rows, TargetRates
from evaluation.result.evaluation import Decision, Evaluation, Verdict
from evaluation.result.message import Message, message
from evaluation.result.number import number
from evaluation.result.quality import (
    Agreement,
    CalibrationBin,
    Classification,
    ClassScores,
    ClassSegment,
    EstimatedQuality,
    EstimatedScore,
    Grid,
    Group,
    Multiclass,
    Quality,
    Residuals,
)

__all__ = [
    "Agreement",
    "CalibrationBin",
    "Change",
    "ClassScores",
    "ClassSegment",
    "Classification",
    "Comparison",
    "Correlations",
    "Decision",
    "Distribution",
    "EstimatedQuality",
    "EstimatedScore",
    "Evaluation",
    "EvidentlyDrift",
    "EvidentlySummary",
    "FeatureChange",
    "FeatureDrift",
    "Grid",
    "Group",
    "Message",
    "Multiclass",
    "Pair",
    "Quality",
    "Residuals",
    "Rows",
    "ScoreChange",
    "Side",
    "Sides",
    "Statistics",
    "StatisticsOfBoth",
    "TargetRates",
    "Verdict",
    "message",
    "number",
]
