"""The result document: what the store saves, the API answers and the console draws."""

from typing import Literal

import msgspec

from evaluation.result.columns import FeatureDrift
from evaluation.result.data_set import Correlations, EvidentlySummary, Rows, TargetRates
from evaluation.result.message import Message
from evaluation.result.quality import (
    Agreement,
    Classification,
    EstimatedQuality,
    Multiclass,
    Quality,
    Residuals,
)
from evaluation.terms import Task

Verdict = Literal["drift", "no drift", "not enough data"]
Decision = Literal["NO_ACTION", "WATCH", "RETRAIN"]


class Evaluation(msgspec.Struct, kw_only=True):
    """The whole result of reference against current; the service adds what only it knows.

    Every text has its parts beside it, for readers who write it in their language with their
    numbers: `rule` is the English text of `rule_parts`, and so on. The first warnings are those of
    `warning_parts`; others may follow. Documents of earlier versions have texts only.
    """

    name: str
    task: Task
    created_at: str
    duration_seconds: float
    rows: Rows
    verdict: Verdict
    decision: Decision
    drift_share: float | None
    drifted_features: list[str]
    features: list[FeatureDrift]
    rule: str = ""
    rule_parts: list[Message] = []
    decision_reason: str = ""
    decision_parts: list[Message] = []
    weighted_drift_share: float | None = None
    target_drift: FeatureDrift | None = None
    prediction_drift: FeatureDrift | None = None
    target_rates: TargetRates | None = None
    correlations: Correlations | None = None
    quality: Quality | None = None
    quality_reference: Quality | None = None
    estimated: EstimatedQuality | None = None
    residuals: Residuals | None = None
    classification: Classification | None = None
    multiclass: Multiclass | None = None
    agreement: Agreement | None = None
    evidently: EvidentlySummary | None = None
    difference: str | None = None
    difference_parts: list[Message] = []
    warnings: list[str] = []
    warning_parts: list[Message] = []
    ignored_fields: list[str] = []
    versions: dict[str, str] = {}
    evaluation_id: str | None = None
    model: str | None = None
    model_version: str | None = None
    source: str = ""
    reference_source: str = ""
    synthetic: bool = False
    published: bool = False

    def encode(self) -> bytes:
        """Return JSON in which every number is finite: what has no value is null."""
        return msgspec.json.encode(self)

    @classmethod
    def decode(cls, document: bytes | str) -> "Evaluation":
        """Read a document of this or an earlier version. Raises msgspec.MsgspecError."""
        return msgspec.json.decode(document, type=cls)
