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


class Served(Protocol):
    """What is to be known of a model to count its serving."""

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

    def __init__(self, registry: CollectorRegistry, model: Served) -> None:
        # a series a label set that nothing reads: the start of counting is in `up` and process_*
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry
        if "process_cpu_seconds" not in registered(registry):
            ProcessCollector(registry=registry)
        self.requests = Counter(
            "api_requests_total", "Requests answered", REQUEST_LABELS, registry=registry
        )
        self.durations = [
            Histogram(
                name,
                "Time from the request's arrival to the end of its answer",
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
        # a name of its own, so that joins on model_info stay unique
        candidate = Gauge(
            "model_candidate_info",
            "The challenger that the last retrain compared and that does not serve; always 1",
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
            "Predicted values, in the target's unit; probabilities of a classifier",
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
            "Predictions that the log did not take, and that were not answered",
            registry=registry,
        )


def registered(registry: CollectorRegistry) -> set[str]:
    """The names of the families in a registry, of the process' own and others."""
    return {family.name for family in registry.collect()}
