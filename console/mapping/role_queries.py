"""Builds the query of a role from a metric family: requests, errors, latency, gauges. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from console.mapping import known_metrics
from console.mapping.metric_families import GAUGE_TYPES, TIMED_TYPES, Family
from promql.query import Query

Role = Literal["requests", "errors", "latency", "quality", "drift"]
ROLES: tuple[Role, ...] = ("requests", "errors", "latency", "quality", "drift")
SERVER_ERRORS = "5.."


@dataclass(frozen=True)
class ProposedQuery:
    """A query for a role, the metrics that it reads, and the naming convention they follow."""

    role: Role
    query: Query
    metrics: tuple[str, ...]
    convention: str


def rate(metric: str) -> str:
    """Return the PromQL of a counter's rate per second over all its series."""
    return f"sum(rate({metric}{{${{selector}}}}[${{window}}]))"


def request_query(family: Family) -> ProposedQuery:
    """Build the rate of the requests that a family counts."""
    promql = f"sum(rate({_counter(family)}{{{_matchers(family)}}}[${{window}}]))"
    return build_query("requests", promql, (family.name,), convention_of(family.name))


def error_query(family: Family) -> ProposedQuery | None:
    """Build the ratio of server errors; None if no label has the status code."""
    status = next((name for name in known_metrics.STATUS_LABELS if name in family.labels), None)
    if status is None:
        return None
    counter, matchers = _counter(family), _matchers(family)
    errors = f'sum(rate({counter}{{{matchers},{status}=~"{SERVER_ERRORS}"}}[${{window}}]))'
    promql = f"({errors} or vector(0)) / sum(rate({counter}{{{matchers}}}[${{window}}]))"
    return build_query("errors", promql, (family.name,), convention_of(family.name))


def latency_query(family: Family) -> ProposedQuery:
    """Build the 95th percentile if the type of the family has one, else the mean."""
    seconds = known_metrics.seconds_per_unit(family.name)
    scale = "" if seconds == 1 else f" * {seconds:g}"
    matchers, convention = _matchers(family), convention_of(family.name)
    mean = False
    if family.type == "histogram":
        promql = (
            "histogram_quantile(0.95, sum by (le) (rate("
            f"{family.name}_bucket{{{matchers}}}[${{window}}]))){scale}"
        )
    elif family.type == "summary" and "0.95" in family.quantiles:
        promql = f'max({family.name}{{{matchers},quantile="0.95"}}){scale}'
    elif family.type == "summary":
        mean = True
        promql = (
            f"sum(rate({family.name}_sum{{{matchers}}}[${{window}}])) / "
            f"sum(rate({family.name}_count{{{matchers}}}[${{window}}])){scale}"
        )
    else:
        mean = True
        promql = f"avg({family.name}{{{matchers}}}){scale}"
    return build_query("latency", promql, (family.name,), convention, mean=mean)


def gauge_query(role: Role, title: str, family: Family, convention: str) -> ProposedQuery:
    """Build the query of a gauge for quality or drift; the largest value of its series."""
    text = family.help or f"{family.name}, as the service exposes it."
    query = Query(title, "", text, f"max({family.name}{{${{selector}}}})")
    return ProposedQuery(role, query, (family.name,), convention)


def build_query(
    role: Role, template: str, metrics: Sequence[str], convention: str, *, mean: bool = False
) -> ProposedQuery:
    """Build a proposed query with the title, unit and description of its role."""
    title, unit, text = known_metrics.ROLE_TEXTS[role]
    if mean:
        title, text = "Latency, mean", "The mean duration: this metric type has no percentiles."
    description = f"{text} Read from {', '.join(metrics)}."
    query = Query(title, unit, description, template)
    return ProposedQuery(role, query, tuple(metrics), convention)


def convention_of(name: str) -> str:
    """Return the library or server that exposes a metric of this name; "its name" if unknown."""
    return known_metrics.CONVENTIONS.get(name, "its name")


def queries_of_type(role: Role, family: Family) -> list[ProposedQuery]:
    """Return the queries that a family's type allows for a role, whatever its name is."""
    if role in ("quality", "drift"):
        if family.type not in GAUGE_TYPES:
            return []
        return [gauge_query(role, family.name, family, convention_of(family.name))]
    if role == "latency":
        return [latency_query(family)] if family.type in (*TIMED_TYPES, "gauge") else []
    if family.type not in (*TIMED_TYPES, "counter"):
        return []
    query = request_query(family) if role == "requests" else error_query(family)
    return [] if query is None else [query]


def _counter(family: Family) -> str:
    """Return the series that counts: histograms and summaries have a _count beside their times."""
    return f"{family.name}_count" if family.type in TIMED_TYPES else family.name


def _matchers(family: Family) -> str:
    """Return the model's matchers, without scrapes and health checks if a label has the path."""
    path = next((name for name in known_metrics.PATH_LABELS if name in family.labels), None)
    if path is None:
        return "${selector}"
    return f'${{selector}},{path}!~"{known_metrics.PROBE_PATHS}"'
