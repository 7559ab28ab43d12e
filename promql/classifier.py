"""Classifiers: scores of the last published evaluation, the rate of the class, the versions.

The times of requests stand here under `api_request_latency_seconds`, the name that the clients of
the churn API know them by.
"""

from promql.one_model import Query

# below it a classifier ranks too badly to be of use; the churn model has 0.88
ROC_AUC_THRESHOLD = 0.8
# a bound of the histogram of predictions stands exactly there
POSITIVE_FROM = 0.5


def _score(title: str, name: str, text: str) -> Query:
    described = f"{text}, in the last published evaluation."
    return Query(title, "score", described, f"max(model_{name}_score{{${{selector}}}})")


def _quantile(title: str, q: float, text: str) -> Query:
    return Query(
        title,
        "seconds",
        f"{text} Evaluations are left out.",
        f"histogram_quantile({q:g}, sum by (le) (rate("
        'api_request_latency_seconds_bucket{${selector},endpoint!~"${long}"}[${window}])))',
    )


ROC_AUC = _score("ROC AUC", "roc_auc", "How well the probability ranks the classes")
LOG_LOSS = _score("Log loss", "log_loss", "How far the probability is off, in nats")
PRECISION = _score("Precision", "precision", "Share of the rows called positive that are")
RECALL = _score("Recall", "recall", "Share of the positive rows that are called so")
F1 = _score("F1", "f1", "Harmonic mean of precision and recall")
ACCURACY = _score("Accuracy", "accuracy", "Share of the rows whose class is right")
TARGET_RATE_DIFFERENCE = Query(
    "Target drift",
    "ratio",
    "Rate of the positive class in the evaluated rows minus that in the reference.",
    "max(model_target_rate_difference{${selector}})",
)
POSITIVE_SHARE = Query(
    "Predicted positive",
    "ratio",
    f"Share of the predictions whose probability is above {POSITIVE_FROM:g}.",
    f'1 - sum(rate(model_prediction_value_bucket{{le="{POSITIVE_FROM:g}",${{selector}}}}'
    "[${window}])) / sum(rate(model_prediction_value_count{${selector}}[${window}]))",
)
CANDIDATES = Query(
    "Challengers",
    "",
    "The challenger that the last retrain compared and that does not serve, by version.",
    "max by (version) (model_candidate_info{${selector}})",
)
LATENCY_P95 = _quantile("Latency, 95th percentile", 0.95, "19 of 20 requests are faster.")
LATENCY_P50 = _quantile("Latency, median", 0.5, "Half of the requests are faster.")
LATENCY_BY_ENDPOINT = Query(
    "Latency by endpoint, 95th percentile",
    "seconds",
    "19 of 20 requests to a route are faster.",
    "histogram_quantile(0.95, sum by (endpoint, le) (rate("
    'api_request_latency_seconds_bucket{${selector},endpoint!~"${no_traffic}"}[${window}])))',
)
LATENCY_BUCKETS = Query(
    "Latency of all requests",
    "requests/s",
    "Requests a second by duration, up to the bound of each bucket. Evaluations are left out.",
    "sum by (le) (rate("
    'api_request_latency_seconds_bucket{${selector},endpoint!~"${long}"}[${window}]))',
)
RECORDED_LATENCIES = Query(
    "Request latencies by job",
    "requests/s",
    "Buckets of the latencies. Evaluations are left out: they take seconds by their nature.",
    'sum by (job, le) (rate(api_request_latency_seconds_bucket{endpoint!~"${long}"}[${window}]))',
)

ALL = {name: query for name, query in list(globals().items()) if isinstance(query, Query)}
