"""What more the queries of a mapped model give: quantiles, buckets, routes. Pure."""

import re
from dataclasses import dataclass

from console.mapping import known_metrics as known
from promql.query import Query

QUANTILE = re.compile(
    r"histogram_quantile\(0\.95, (?P<buckets>.+)\)(?: \* (?P<seconds>[\d.e+-]+))?"
)
RATE = re.compile(r"sum\(rate\((?P<vector>[^()]+)\[\$\{window\}\]\)\)")
STATUS = re.compile(r",(?P<label>[a-zA-Z_][a-zA-Z0-9_]*)=~\"5\.\.\"")


@dataclass(frozen=True)
class Buckets:
    """The rates of a histogram's buckets; a bound times `seconds` is in seconds."""

    query: Query
    seconds: float


def quantiles(latency: Query) -> dict[str, Query]:
    """The median, the 95th and the 99th percentile of a histogram; else the query as it is."""
    if not QUANTILE.fullmatch(latency.template):
        return {latency.title: latency}
    return {
        f"p{round(100 * share)}": Query(
            f"Latency, p{round(100 * share)}", latency.unit, latency.description,
            latency.template.replace("histogram_quantile(0.95, ", f"histogram_quantile({share}, "),
        )
        for share in (0.5, 0.95, 0.99)
    }  # fmt: skip


def buckets(latency: Query) -> Buckets | None:
    """The buckets behind a percentile; None for a summary, a mean, or what a person wrote."""
    found = QUANTILE.fullmatch(latency.template)
    if found is None:
        return None
    text = "Requests a second by duration, up to the bound of each bucket."
    query = Query("Latency of all requests", "requests/s", text, found["buckets"])
    return Buckets(query, float(found["seconds"] or 1))


def by_route(requests: Query, errors: Query | None) -> Query | None:
    """Requests by route and status, by the labels that the queries name; None where they name
    neither."""
    rate = RATE.fullmatch(requests.template)
    if rate is None:
        return None
    status = STATUS.search(errors.template) if errors is not None else None
    labels = [label for label in known.PATH_LABELS if f",{label}!~" in rate["vector"]][:1]
    labels += [status["label"]] if status is not None else []
    if not labels:
        return None
    return Query(
        f"Requests by {' and '.join(labels)}",
        "requests/s",
        f"Requests a second by {' and '.join(labels)}.",
        f"sum by ({', '.join(labels)}) (rate({rate['vector']}[${{window}}]))",
    )
