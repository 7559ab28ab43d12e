"""Every metric of the service: names and labels are the contract with their readers."""

import math
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from evaluation.result import Evaluation, Quality
from model_service.models.base import MonitoredModel

REQUEST_LABELS = ("endpoint", "method", "status_code")
# from a tenth of a millisecond, which is what a prediction costs, to the longest evaluation
DURATION_BUCKETS = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
    10, 30, 60,
)  # fmt: skip


MOST_OUTSIDE = 0.5
# a score estimated without truth, and its 95 percent interval
ESTIMATED = {
    "": "Score of the last evaluation estimated without truth, in the unit of the score",
    "_lower": "Lower end of the 95 percent interval of the estimated score",
    "_upper": "Upper end of the 95 percent interval of the estimated score",
}


class ServiceMetrics:
    """The metrics of one model in one registry. Scores are NaN until an evaluation sets them."""

    def __init__(self, registry: CollectorRegistry, model: MonitoredModel) -> None:
        # a series a label set that nothing reads: the start of counting is in `up` and process_*
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry
        self._features = model.schema.features
        ProcessCollector(registry=registry)
        self.requests = Counter(
            "api_requests_total", "Requests answered", REQUEST_LABELS, registry=registry
        )
        self.duration = Histogram(
            "api_request_duration_seconds",
            "Time from the request's arrival to the end of its answer",
            REQUEST_LABELS,
            buckets=DURATION_BUCKETS,
            registry=registry,
        )
        info = Gauge(
            "model_info",
            "The model that this process serves; always 1",
            ("model", "version", "task"),
            registry=registry,
        )
        info.labels(model.name, model.version, model.task).set(1)
        self.rmse = self._score("model_rmse_score", "Root mean squared error, in the target's unit")
        self.mae = self._score("model_mae_score", "Mean absolute error, in the target's unit")
        self.r2 = self._score("model_r2_score", "Coefficient of determination")
        self.mape = self._score("model_mape_score", "Mean absolute percentage error, in percent")
        self.evidently_drift = self._score(
            "evidently_data_drift_detected_status",
            "1 when Evidently's share rule says drift, else 0",
        )
        self.drift = self._score(
            "model_drift_detected",
            "1 when the calibrated verdict is drift, 0 when not, NaN when too few rows",
        )
        self.drift_share = self._score(
            "model_drift_share", "Share of the counted features that drift by the verdict"
        )
        self.feature_score = Gauge(
            "model_feature_drift_score", "Drift score of a feature", ("feature",), registry=registry
        )
        self.feature_threshold = Gauge(
            "model_feature_drift_threshold",
            "Score from which a feature drifts: past chance, corrected, and past the least effect",
            ("feature",),
            registry=registry,
        )
        self.prediction_drift = self._score(
            "model_prediction_drift_score", "Drift score of the predictions"
        )
        self.target_drift = self._score(
            "model_target_drift_score", "Drift score of the truth, of the rows that have it"
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
            "model_evaluations_total", "Evaluations that ended", ("outcome",), registry=registry
        )
        for outcome in ("succeeded", "failed", "cancelled", "interrupted"):
            self.evaluations.labels(outcome)
        self.predictions = Counter(
            "model_predictions_total", "Predictions answered", registry=registry
        )
        self.prediction_value = Histogram(
            "model_prediction_value",
            "Predicted values, in the target's unit",
            buckets=model.prediction_buckets,
            registry=registry,
        )
        self.feedback = Counter(
            "model_feedback_total", "Truths received for predictions", ("kind",), registry=registry
        )
        for kind in ("truth", "unknown_prediction"):
            self.feedback.labels(kind)
        self.truth_lag = self._score(
            "model_truth_lag_seconds",
            "Median time from a prediction to its truth, of the latest 1,000 truths",
        )
        self.without_truth = self._score(
            "model_predictions_without_truth", "Predictions in the log whose truth has not come"
        )
        for gauge in (self.truth_lag, self.without_truth):
            gauge.set(math.nan)
        self.log_rows = Counter(
            "model_prediction_log_rows_total",
            "Predictions committed to the log by this process",
            registry=registry,
        )
        self.log_write_failures = Counter(
            "model_prediction_log_write_failures_total",
            "Predictions that the log did not take, and that were not answered",
            registry=registry,
        )
        self.clear()

    def _score(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)

    def publish(self, evaluation: Evaluation) -> None:
        """Show this evaluation, with its own time; what it could not tell is NaN."""
        quality = evaluation.quality or Quality()
        theirs = evaluation.evidently
        self.rmse.set(_value(quality.rmse))
        self.mae.set(_value(quality.mae))
        self.r2.set(_value(quality.r2))
        self.mape.set(_value(quality.mape))
        self.evidently_drift.set(_value(theirs.drift_detected if theirs else None))
        detected = {"drift": 1.0, "no drift": 0.0}.get(evaluation.verdict)
        self.drift.set(_value(detected))
        self.drift_share.set(_value(evaluation.drift_share))
        for gauge, outcome in (
            (self.prediction_drift, evaluation.prediction_drift),
            (self.target_drift, evaluation.target_drift),
        ):
            gauge.set(_value(outcome.score if outcome else None))
        for feature in evaluation.features:
            self.feature_score.labels(feature.name).set(_value(feature.score))
            self.feature_threshold.labels(feature.name).set(_value(feature.threshold))
        for score in self._estimated_scores:
            # where most rows are unlike what it was learnt on, a number would only mislead
            trusted = evaluation.estimated and evaluation.estimated.outside <= MOST_OUTSIDE
            found = evaluation.estimated.score(score) if evaluation.estimated and trusted else None
            for name, value in (
                ("", found.value if found else None),
                ("_lower", found.lower if found else None),
                ("_upper", found.upper if found else None),
            ):
                self.estimated[name].labels(score).set(_value(value))
        self.rows.set(evaluation.rows.current)
        self.timestamp.set(datetime.fromisoformat(evaluation.created_at).timestamp())
        self.evaluation_duration.set(evaluation.duration_seconds)
        self.synthetic.set(evaluation.synthetic)

    def tell_truth(self, waiting: int, lag_seconds: float | None) -> None:
        """What the log knows of its truths: predictions without one, and how late they come."""
        self.without_truth.set(waiting)
        self.truth_lag.set(_value(lag_seconds))

    def clear(self) -> None:
        """Never evaluated: NaN everywhere, which no alert and no reader takes for a score."""
        for gauge in (
            self.rmse, self.mae, self.r2, self.mape, self.evidently_drift, self.drift,
            self.drift_share, self.prediction_drift, self.target_drift, self.rows,
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
