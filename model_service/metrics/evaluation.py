"""The metrics of evaluations. Other systems rely on their names and labels.

The metrics of serving are in serving.py: applications that evaluate nothing have them too.
"""

import math
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

from evaluation.result import Evaluation, Quality
from model_service.metrics.images import ImageMetrics
from model_service.metrics.serving import ServingMetrics
from model_service.models.base import SCORES_OF, MonitoredModel
from model_service.models.image import ImageModel

MAX_OUTSIDE = 0.5
SCORE_TEXTS = {
    "rmse": "Root mean squared error, in the target's unit",
    "mae": "Mean absolute error, in the target's unit",
    "r2": "Coefficient of determination",
    "mape": "Mean absolute percentage error, in percent",
    "accuracy": "Share of rows with the correct class",
    "precision": "Precision of the positive class; multiclass: mean over classes with truth",
    "recall": "Recall of the positive class; multiclass: mean over classes with truth",
    "f1": "F1 score of the positive class; multiclass: mean over classes with truth",
    "roc_auc": "Area under the ROC curve of the probability",
    "log_loss": "Log loss of the probability, in nats",
}
# a score estimated without truth, and its 95 percent interval
ESTIMATED = {
    "": "Score of the last evaluation estimated without truth, in the unit of the score",
    "_lower": "Lower end of the 95 percent interval of the estimated score",
    "_upper": "Upper end of the 95 percent interval of the estimated score",
}


class ServiceMetrics(ServingMetrics):
    """The metrics of one model in one registry. Scores are NaN until an evaluation sets them."""

    def __init__(self, registry: CollectorRegistry, model: MonitoredModel) -> None:
        super().__init__(registry, model)
        self._features = model.schema.features
        self.scores = {
            name: self._score(f"model_{name}_score", SCORE_TEXTS[name])
            for name in SCORES_OF[model.task]
        }
        self.evidently_drift = self._score(
            "evidently_data_drift_detected_status",
            "1 when Evidently's share rule says drift, else 0",
        )
        self.drift = self._score(
            "model_drift_detected",
            "1 when the calibrated verdict is drift, 0 when not, NaN when too few rows",
        )
        self.drift_share = self._score(
            "model_drift_share", "Share of the counted features that drift"
        )
        self.feature_score = Gauge(
            "model_feature_drift_score", "Drift score of a feature", ("feature",), registry=registry
        )
        self.feature_threshold = Gauge(
            "model_feature_drift_threshold",
            "Score from which a feature drifts: significant, and with the minimum effect",
            ("feature",),
            registry=registry,
        )
        self.prediction_drift = self._score(
            "model_prediction_drift_score", "Drift score of the predictions"
        )
        self.target_drift = self._score(
            "model_target_drift_score", "Drift score of the ground truth, of the rows that have it"
        )
        self.target_rate_difference = self._score(
            "model_target_rate_difference",
            "Rate of the positive class of a binary classifier, current minus reference",
        )
        self.estimated = {
            name: Gauge(f"model_estimated_score{name}", text, ("score",), registry=registry)
            for name, text in ESTIMATED.items()
        }
        self._estimated_scores = (
            ("rmse", "mae")
            if model.task == "regression"
            else ("accuracy", "precision", "recall", "f1", "roc_auc")
        )
        self.rows = self._score("model_evaluation_rows", "Current rows of the last evaluation")
        self.timestamp = self._score(
            "model_evaluation_timestamp_seconds", "When the last published evaluation was made"
        )
        self.evaluation_duration = self._score(
            "model_evaluation_duration_seconds", "How long the last published evaluation took"
        )
        self.synthetic = Gauge(
            "model_evaluation_synthetic",
            "1 while the gauges show a synthetic evaluation made to test the alerts",
            registry=registry,
        )
        self.evaluations = Counter(
            "model_evaluations_total",
            "Evaluations finished, by outcome",
            ("outcome",),
            registry=registry,
        )
        for outcome in ("succeeded", "failed", "cancelled", "interrupted"):
            self.evaluations.labels(outcome)
        self.feedback = Counter(
            "model_feedback_total", "Ground truth values received", ("kind",), registry=registry
        )
        for kind in ("truth", "unknown_prediction"):
            self.feedback.labels(kind)
        self.truth_lag = self._score(
            "model_truth_lag_seconds",
            "Median time from a prediction to its ground truth, of the latest 1,000",
        )
        self.without_truth = self._score(
            "model_predictions_without_truth", "Predictions in the log without ground truth"
        )
        for gauge in (self.truth_lag, self.without_truth):
            gauge.set(math.nan)
        is_image_model = isinstance(model, ImageModel)
        self.images = ImageMetrics(registry, model.classes) if is_image_model else None
        self.clear()

    def _score(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)

    def publish(self, evaluation: Evaluation) -> None:
        """Set the gauges to this evaluation and its time; values that it does not have are NaN."""
        quality = evaluation.quality or Quality()
        evidently = evaluation.evidently
        for name, gauge in self.scores.items():
            gauge.set(_value(getattr(quality, name)))
        self.evidently_drift.set(_value(evidently.drift_detected if evidently else None))
        detected = {"drift": 1.0, "no drift": 0.0}.get(evaluation.verdict)
        self.drift.set(_value(detected))
        self.drift_share.set(_value(evaluation.drift_share))
        for gauge, outcome in (
            (self.prediction_drift, evaluation.prediction_drift),
            (self.target_drift, evaluation.target_drift),
        ):
            gauge.set(_value(outcome.score if outcome else None))
        rates = evaluation.target_rates
        self.target_rate_difference.set(_value(rates.difference if rates else None))
        for feature in evaluation.features:
            self.feature_score.labels(feature.name).set(_value(feature.score))
            self.feature_threshold.labels(feature.name).set(_value(feature.threshold))
        for score in self._estimated_scores:
            # if most rows are unlike its training rows, the estimate would be misleading
            trusted = evaluation.estimated and evaluation.estimated.outside <= MAX_OUTSIDE
            estimate = (
                evaluation.estimated.score(score) if evaluation.estimated and trusted else None
            )
            for name, value in (
                ("", estimate.value if estimate else None),
                ("_lower", estimate.lower if estimate else None),
                ("_upper", estimate.upper if estimate else None),
            ):
                self.estimated[name].labels(score).set(_value(value))
        self.rows.set(evaluation.rows.current)
        self.timestamp.set(datetime.fromisoformat(evaluation.created_at).timestamp())
        self.evaluation_duration.set(evaluation.duration_seconds)
        self.synthetic.set(evaluation.synthetic)

    def tell_truth(self, waiting: int, lag_seconds: float | None) -> None:
        """Set the gauges of predictions without truth, and of the delay of truths."""
        self.without_truth.set(waiting)
        self.truth_lag.set(_value(lag_seconds))

    def clear(self) -> None:
        """Set all scores to NaN, so that no alert and no reader takes them for a result."""
        for gauge in (
            *self.scores.values(), self.evidently_drift, self.drift, self.drift_share,
            self.prediction_drift, self.target_drift, self.target_rate_difference, self.rows,
            self.timestamp, self.evaluation_duration,
        ):  # fmt: skip
            gauge.set(math.nan)
        for feature in self._features:
            self.feature_score.labels(feature).set(math.nan)
            self.feature_threshold.labels(feature).set(math.nan)
        for score in self._estimated_scores:
            for estimated in self.estimated.values():
                estimated.labels(score).set(math.nan)
        self.synthetic.set(0)


def _value(score: float | None) -> float:
    return math.nan if score is None else float(score)
