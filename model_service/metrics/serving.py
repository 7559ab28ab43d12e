"""The metrics of serving: requests, predictions, the log and the model's version."""

from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

REQUEST_LABELS = ("endpoint", "method", "status_code")
MODEL_LABELS = ("model", "version", "task")
# from a tenth of a millisecond, which is what a prediction costs, to the longest evaluation
DURATION_BUCKETS = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
    10, 30, 60,
)  # fmt: skip


class ServedModel(Protocol):
    """What the metrics of serving read of a model."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def prediction_buckets(self) -> tuple[float, ...]: ...
    @property
    def request_duration_names(self) -> tuple[str, ...]: ...
    @property
    def candidate_version(self) -> str | None: ...


class ServingMetrics:
    """Counters and histograms of one model in one registry."""

    def __init__(self, registry: CollectorRegistry, model: ServedModel) -> None:
        # nothing reads the _created series; `up` and process_* show when counting started
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry
        if "process_cpu_seconds" not in registered(registry):
            ProcessCollector(registry=registry)
        self.requests = Counter(
            "api_requests_total",
            "Requests answered",
            REQUEST_LABELS,
            registry=registry,
        )
        self.durations = [
            Histogram(
                name,
                "Time from the arrival of a request to the end of its response, in seconds",
                REQUEST_LABELS,
                buckets=DURATION_BUCKETS,
                registry=registry,
            )
            for name in ("api_request_duration_seconds", *model.request_duration_names)
        ]
        info = Gauge(
            "model_info",
            "The model that this process serves; always 1",
            MODEL_LABELS,
            registry=registry,
        )
        info.labels(model.name, model.version, model.task).set(1)
        # a separate metric, so that joins on model_info match one series
        candidate = Gauge(
            "model_candidate_info",
            "The challenger of the last retrain, which is not served; always 1",
            MODEL_LABELS,
            registry=registry,
        )
        if model.candidate_version is not None:
            candidate.labels(model.name, model.candidate_version, model.task).set(1)
        self.predictions = Counter(
            "model_predictions_total", "Predictions answered", registry=registry
        )
        self.prediction_value = Histogram(
            "model_prediction_value",
            "Predicted values in the target's unit, or the probabilities of a classifier",
            buckets=model.prediction_buckets,
            registry=registry,
        )
        self.log_rows = Counter(
            "model_prediction_log_rows_total",
            "Predictions committed to the log by this process",
            registry=registry,
        )
        self.log_write_failures = Counter(
            "model_prediction_log_write_failures_total",
            "Predictions that could not be written to the log and were not answered",
            registry=registry,
        )


def registered(registry: CollectorRegistry) -> set[str]:
    """Return the names of the metric families in a registry."""
    return {family.name for family in registry.collect()}
