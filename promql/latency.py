"""Request latency of one model's service, without evaluations.

The churn API's clients know its latency as `api_request_latency_seconds`: the CHURN queries read
that name.
"""

from promql.query import Query

DURATION = "api_request_duration_seconds"
CHURN_LATENCY = "api_request_latency_seconds"


def _quantile(metric: str, title: str, quantile: float, text: str) -> Query:
    return Query(
        title,
        "seconds",
        f"{text} Evaluations are left out.",
        f"histogram_quantile({quantile:g}, sum by (le) (rate("
        f'{metric}_bucket{{${{selector}},endpoint!~"${{long}}"}}[${{window}}])))',
    )


def _by_endpoint(metric: str) -> Query:
    return Query(
        "Latency by endpoint, 95th percentile",
        "seconds",
        "95 % of requests to an endpoint are faster.",
        "histogram_quantile(0.95, sum by (endpoint, le) (rate("
        f'{metric}_bucket{{${{selector}},endpoint!~"${{no_traffic}}"}}[${{window}}])))',
    )


def _buckets(metric: str) -> Query:
    return Query(
        "Latency of all requests",
        "requests/s",
        "Requests per second up to each bucket's bound. Evaluations are left out.",
        f'sum${{by}}(rate({metric}_bucket{{${{selector}},endpoint!~"${{long}}"}}[${{window}}]))',
        labels=("le",),
        breakdowns=(("job",),),
    )


LATENCY_P50 = _quantile(DURATION, "Latency, median", 0.5, "50 % of requests are faster.")
LATENCY_P95 = _quantile(DURATION, "Latency, 95th percentile", 0.95, "95 % of requests are faster.")
LATENCY_P99 = _quantile(DURATION, "Latency, 99th percentile", 0.99, "99 % of requests are faster.")
LATENCY_BY_ENDPOINT = _by_endpoint(DURATION)
LATENCY_BUCKETS = _buckets(DURATION)
SLOW_RATIO = Query(
    "Slow requests",
    "ratio",
    "Share of requests that took longer than the latency target. Evaluations are left out.",
    "1 - sum(rate("
    'api_request_duration_seconds_bucket{${selector},endpoint!~"${long}",le="${le}"}[${window}]'
    ")) / "
    'sum(rate(api_request_duration_seconds_count{${selector},endpoint!~"${long}"}[${window}]))',
)
CHURN_P50 = _quantile(CHURN_LATENCY, "Latency, median", 0.5, "50 % of requests are faster.")
CHURN_P95 = _quantile(
    CHURN_LATENCY, "Latency, 95th percentile", 0.95, "95 % of requests are faster."
)
CHURN_BY_ENDPOINT = _by_endpoint(CHURN_LATENCY)
CHURN_BUCKETS = _buckets(CHURN_LATENCY)
