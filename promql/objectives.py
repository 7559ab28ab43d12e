"""The service level: requests, errors and latency by job, as the recording rules keep them."""

from promql.one_model import Query

# share of the requests that end well, over 30 days
OBJECTIVE = 0.995
ERROR_BUDGET = 1 - OBJECTIVE
WINDOWS = ("5m", "30m", "1h", "6h", "3d")
# (short window, long window, how many times faster than allowed): Google, The Site Reliability
# Workbook, chapter 5
FAST_BURN = ("5m", "1h", 14.4)
STEADY_BURN = ("30m", "6h", 6.0)
SLOW_BURN = ("6h", "3d", 1.0)
# a bucket of the histogram stands exactly there
LATENCY_SECONDS = 0.25
# at least a request every ten seconds, so that one failure of two is no alarm
LEAST_REQUESTS_PER_SECOND = 0.1
# within five minutes, however few the requests; a rate is carried on to the ends of its window
LEAST_ERRORS = 4.5

REQUESTS = Query(
    "Requests by job",
    "requests/s",
    "Requests a second, without scrapes and health checks.",
    'sum by (job) (rate(api_requests_total{endpoint!~"${no_traffic}"}[${window}]))',
)
ERRORS = Query(
    "Errors by job",
    "requests/s",
    "Requests a second that ended in a server error (5xx); 0, not nothing, while none did.",
    'sum by (job) (rate(api_requests_total{endpoint!~"${no_traffic}",status_code=~"5.."}'
    "[${window}])) "
    'or 0 * sum by (job) (rate(api_requests_total{endpoint!~"${no_traffic}"}[${window}]))',
)
DURATIONS = Query(
    "Request durations by job",
    "requests/s",
    "Buckets of the durations. Evaluations are left out: they take seconds by their nature.",
    'sum by (job, le) (rate(api_request_duration_seconds_bucket{endpoint!~"${long}"}[${window}]))',
)
ERROR_SHARE = Query(
    "Share of errors by job",
    "ratio",
    "Share of the requests that ended in a server error.",
    "job:api_request_errors:rate${window} / job:api_requests:rate${window}",
)
RECORDED_REQUESTS = Query(
    "Recorded requests by job", "requests/s", "See REQUESTS.", "job:api_requests:rate${window}"
)
RECORDED_ERRORS = Query(
    "Recorded errors by job", "requests/s", "See ERRORS.", "job:api_request_errors:rate${window}"
)
RECORDED_ERROR_SHARE = Query(
    "Recorded share of errors by job",
    "ratio",
    "See ERROR_SHARE.",
    "job:api_request_errors_per_request:ratio_rate${window}",
)
LATENCY_P95 = Query(
    "Latency by job, 95th percentile",
    "seconds",
    "19 of 20 requests are faster. Evaluations are left out.",
    "histogram_quantile(0.95, job_le:api_request_duration_seconds_bucket:rate${window})",
)

# by name, so that the contract's tests find them
ALL = {name: query for name, query in list(globals().items()) if isinstance(query, Query)}
