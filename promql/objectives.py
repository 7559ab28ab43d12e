"""Service level objectives, and the recorded series that measure them by job."""

from promql.query import Query

# share of requests that succeed, over 30 days
OBJECTIVE = 0.995
ERROR_BUDGET = 1 - OBJECTIVE
WINDOWS = ("5m", "30m", "1h", "6h", "3d")
# (short window, long window, burn rate): Google, The Site Reliability Workbook, chapter 5
FAST_BURN = ("5m", "1h", 14.4)
STEADY_BURN = ("30m", "6h", 6.0)
SLOW_BURN = ("6h", "3d", 1.0)
# the bound of a bucket of the duration histogram
LATENCY_SECONDS = 0.25
# one request in ten seconds: with less traffic a single failure would exceed a ratio
MIN_REQUESTS_PER_SECOND = 0.1
# five errors in five minutes: `rate` extrapolates to the ends of its window
MIN_ERRORS = 4.5

ERROR_SHARE = Query(
    "Error ratio by job",
    "ratio",
    "Share of requests that ended in a server error (5xx).",
    "job:api_request_errors:rate${window} / job:api_requests:rate${window}",
)
RECORDED_REQUESTS = Query(
    "Recorded requests by job",
    "requests/s",
    "Requests per second, without scrapes and health checks.",
    "job:api_requests:rate${window}",
)
RECORDED_ERRORS = Query(
    "Recorded errors by job",
    "requests/s",
    "Requests per second that ended in a server error (5xx).",
    "job:api_request_errors:rate${window}",
)
RECORDED_ERROR_SHARE = Query(
    "Recorded error ratio by job",
    "ratio",
    "Share of requests that ended in a server error (5xx).",
    "job:api_request_errors_per_request:ratio_rate${window}",
)
LATENCY_P95 = Query(
    "Latency by job, 95th percentile",
    "seconds",
    "95 % of requests are faster. Evaluations are left out.",
    "histogram_quantile(0.95, job_le:api_request_duration_seconds_bucket:rate${window})",
)
