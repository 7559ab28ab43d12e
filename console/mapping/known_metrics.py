"""Metric names of other services: requests, durations, scores and drift. Pure data.

Sources: documentation and code of prometheus-fastapi-instrumentator 8, starlette_exporter, BentoML,
prometheus-flask-exporter (MLflow), Seldon Core 1 and 2, KServe, TorchServe, Triton.
"""

import re

# counters of requests, best known first
REQUESTS_OF = {
    "prometheus-fastapi-instrumentator": ("http_requests_total",),
    "starlette_exporter": ("starlette_requests_total",),
    "BentoML": (
        "bentoml_service_request_total", "bentoml_api_server_request_total",
        "bentoml_runner_request_total",
    ),
    "MLflow": ("flask_http_request_total", "mlflow_requests_total"),
    "Seldon": ("seldon_model_infer_total",),
    "TorchServe": ("ts_inference_requests_total",),
    "its name": (
        "api_requests_total", "http_request_total", "api_request_total", "requests_total",
        "predictions_total", "model_predictions_total", "cv_predictions_total",
    ),
}  # fmt: skip
LATENCY_OF = {
    "prometheus-fastapi-instrumentator": ("http_request_duration_highr_seconds",),
    "starlette_exporter": ("starlette_request_duration_seconds",),
    "BentoML": (
        "bentoml_service_request_duration_seconds", "bentoml_api_server_request_duration_seconds",
        "bentoml_runner_request_duration_seconds",
    ),
    "MLflow": ("flask_http_request_duration_seconds", "mlflow_request_duration_seconds"),
    "Seldon": (
        "seldon_api_executor_server_requests_seconds",
        "seldon_api_executor_client_requests_seconds",
        "seldon_model_infer_api_seconds",
    ),
    "KServe": ("request_predict_seconds",),
    "its name": (
        "http_request_duration_seconds", "api_request_duration_seconds",
        "api_request_latency_seconds", "api_response_time_seconds", "cv_inference_time_seconds",
        "inference_time_seconds", "prediction_latency_seconds",
    ),
}  # fmt: skip
REQUESTS = tuple(name for names in REQUESTS_OF.values() for name in names)
LATENCY = tuple(name for names in LATENCY_OF.values() for name in names)

# Triton counts successes and failures; TorchServe counts by class of the status code
SUCCESS_AND_FAILURE = ("nv_inference_request_success", "nv_inference_request_failure")
REQUESTS_BY_CLASS = ("Requests2XX", "Requests4XX", "Requests5XX")
FAILED_CLASS = "Requests5XX"
# counters of total time, with the counters of the requests that took it
SUMS_AND_COUNTS = (
    ("nv_inference_request_duration_us", SUCCESS_AND_FAILURE),
    ("ts_inference_latency_microseconds", ("ts_inference_requests_total",)),
)
DRIFT = {
    "model_drift_detected": ("Drift verdict", "Belvedere"),
    "model_drift_share": ("Share of drifted features", "Belvedere"),
    "evidently_data_drift_detected_status": ("Evidently's drift status", "Evidently"),
    "evidently_drifted_columns_share": ("Share of drifted columns", "Evidently"),
    "data_drift_detected": ("Drift detected", "its name"),
    "drift_detected": ("Drift detected", "its name"),
    "drift_score": ("Drift score", "its name"),
}
SCORE_TITLES = {
    "rmse": "RMSE", "mae": "MAE", "mape": "MAPE", "r2": "R2", "accuracy": "Accuracy",
    "precision": "Precision", "recall": "Recall", "f1": "F1", "roc_auc": "ROC AUC", "auc": "AUC",
    "log_loss": "Log loss",
}  # fmt: skip
SCORE = re.compile(
    rf"(?:^|_)(?P<score>{'|'.join(sorted(SCORE_TITLES, key=len, reverse=True))})"
    r"(?:_score)?(?:_percent|_ratio)?$"
)
# the endings of other gauges of drift
DRIFT_ENDINGS = ("_drift_detected", "_drift_score", "_drift_share")

STATUS_LABELS = ("status_code", "status", "http_response_code", "code", "http_status")
PATH_LABELS = ("endpoint", "handler", "path", "path_template", "route")
# scrapes and health checks: requests of machines, not of users
PROBE_PATHS = "/metrics|/health|/healthz|/ready|/readyz|/livez"
REQUEST_ENDINGS = ("_requests_total", "_request_total", "_predictions_total", "_inferences_total")
LATENCY_ENDINGS = (
    "_request_duration_seconds", "_request_latency_seconds", "_response_time_seconds",
    "_inference_time_seconds", "_prediction_seconds", "_latency_seconds", "_latency_ms",
    "_duration_milliseconds",
)  # fmt: skip
# metrics of the process and the runtime, not of the model
RUNTIME = ("process_", "python_", "go_", "promhttp_", "scrape_", "up", "jvm_", "nv_gpu_", "nv_cpu_")
CONVENTIONS = {
    name: convention
    for table in (LATENCY_OF, REQUESTS_OF)
    for convention, names in table.items()
    for name in names
} | {
    "ts_inference_latency_microseconds": "TorchServe",
    "nv_inference_request_duration_us": "Triton",
}
# title, unit and description
ROLE_TEXTS = {
    "requests": ("Requests", "requests/s", "Requests per second."),
    "errors": ("Errors", "ratio", "Ratio of requests with a server error (5xx)."),
    "latency": ("Latency, 95th percentile", "seconds", "95 % of the requests are faster."),
}


def seconds_per_unit(name: str) -> float:
    """Return the seconds in one unit of a metric, by the ending of its name; 1 by default."""
    for endings, factor in (
        (("_microseconds", "_us"), 1e-6),
        (("_milliseconds", "_ms"), 1e-3),
        (("_minutes",), 60.0),
    ):
        if name.endswith(endings):
            return factor
    return 1.0
