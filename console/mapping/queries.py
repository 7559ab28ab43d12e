"""Derives more queries from those of a mapped model: percentiles, buckets, routes. Pure."""

import re
from dataclasses import dataclass

from console.mapping import known_metrics
from promql.query import Query

QUANTILE = re.compile(
    r"histogram_quantile\(0\.95, (?P<buckets>.+)\)(?: \* (?P<seconds>[\d.e+-]+))?"
)
RATE = re.compile(r"sum\(rate\((?P<vector>[^()]+)\[\$\{window\}\]\)\)")
STATUS = re.compile(r",(?P<label>[a-zA-Z_][a-zA-Z0-9_]*)=~\"5\.\.\"")
PERCENTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True)
class BucketQuery:
    """The rates of a histogram's buckets; a bound times `seconds` is in seconds."""

    query: Query
    seconds: float


def percentile_queries(latency: Query) -> dict[str, Query]:
    """Return queries for p50, p95 and p99 of a histogram, by name; else the query by its title."""
    if not QUANTILE.fullmatch(latency.template):
        return {latency.title: latency}
    return {
        f"p{round(100 * share)}": Query(
            f"Latency, p{round(100 * share)}", latency.unit, latency.description,
            latency.template.replace("histogram_quantile(0.95, ", f"histogram_quantile({share}, "),
        )
        for share in PERCENTILES
    }  # fmt: skip


def bucket_query(latency: Query) -> BucketQuery | None:
    """Return the query of the buckets behind a percentile.

    Returns None for a summary, a mean, or PromQL that a person wrote.
    """
    match = QUANTILE.fullmatch(latency.template)
    if match is None:
        return None
    text = "Requests per second by duration, up to the bound of each bucket."
    query = Query("Latency of all requests", "requests/s", text, match["buckets"])
    return BucketQuery(query, float(match["seconds"] or 1))


def route_query(requests: Query, errors: Query | None) -> Query | None:
    """Return the rate of requests by route and status code.

    Returns None if the queries name no label for either.
    """
    rate = RATE.fullmatch(requests.template)
    if rate is None:
        return None
    status = STATUS.search(errors.template) if errors is not None else None
    labels = [label for label in known_metrics.PATH_LABELS if f",{label}!~" in rate["vector"]][:1]
    labels += [status["label"]] if status is not None else []
    if not labels:
        return None
    return Query(
        f"Requests by {' and '.join(labels)}",
        "requests/s",
        f"Requests per second by {' and '.join(labels)}.",
        f"sum by ({', '.join(labels)}) (rate({rate['vector']}[${{window}}]))",
    )
