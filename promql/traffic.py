"""Requests to one model's service and the errors among them."""

from promql.query import Query

REQUEST_RATE = Query(
    "Requests",
    "requests/s",
    "Requests per second, without scrapes and health checks.",
    'sum${by}(rate(api_requests_total{${selector},endpoint!~"${no_traffic}"}[${window}]))',
    breakdowns=(("endpoint", "status_code"), ("status_code",), ("job",)),
)
ERROR_RATE = Query(
    "Server errors",
    "requests/s",
    "Requests per second that ended in a server error (5xx); 0 if there are requests and no error.",
    'sum${by}(rate(api_requests_total{${selector},endpoint!~"${no_traffic}",status_code=~"5.."}'
    f"[${{window}}])) or 0 * {REQUEST_RATE.template}",
    breakdowns=(("job",),),
)
ERROR_RATIO = Query(
    "Errors",
    "ratio",
    "Share of requests that ended in a server error (5xx).",
    f"({ERROR_RATE.template}) / {REQUEST_RATE.template}",
    breakdowns=(("endpoint",),),
)
REQUEST_COUNT = Query(
    "Requests in the window",
    "requests",
    "Number of requests in the window, without scrapes and health checks.",
    'sum(increase(api_requests_total{${selector},endpoint!~"${no_traffic}"}[${window}]))',
)
