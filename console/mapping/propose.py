"""Proposes queries for requests, errors, latency, quality and drift from a job's metrics. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.mapping import known_metrics
from console.mapping.metric_families import GAUGE_TYPES, TIMED_TYPES, Family
from console.mapping.role_queries import (
    ProposedQuery,
    Role,
    build_query,
    convention_of,
    error_query,
    gauge_query,
    latency_query,
    rate,
    request_query,
)

Families = Mapping[str, Family]
NO_REQUESTS = "no counter of requests and no histogram or summary of their durations."
NO_ERRORS = "a ratio of errors needs requests."
NO_LATENCY = "no histogram, summary or gauge of durations with a known name."
NO_GAUGE = "no gauge with a known name."


@dataclass(frozen=True)
class Proposal:
    """The proposed queries, why other roles have none, and the families that no query reads.

    `problems` holds the reason by role.
    """

    mapped: tuple[ProposedQuery, ...]
    problems: Mapping[Role, str]
    unmapped: tuple[str, ...]

    def for_role(self, role: Role) -> tuple[ProposedQuery, ...]:
        """Return the queries of a role."""
        return tuple(item for item in self.mapped if item.role == role)


def propose(families: Iterable[Family]) -> Proposal:
    """Propose queries for the families of one job.

    Requests, errors and latency get one query each, from the best known name. Quality and drift get
    a query for every known gauge. Families of the process and the runtime are never unmapped.
    """
    by_name = {family.name: family for family in families}
    latency = _propose_latency(by_name)
    requests, counted = _propose_requests(by_name, latency)
    errors = _propose_errors(by_name, counted)
    quality, drift = _propose_quality(by_name), _propose_drift(by_name)
    problems: dict[Role, str] = {}
    if requests is None:
        problems["requests"] = NO_REQUESTS
    if errors is None and counted is not None:
        labels = ", ".join(known_metrics.STATUS_LABELS)
        problems["errors"] = f"{counted.name} has no label with the status code ({labels})."
    elif errors is None:
        problems["errors"] = NO_ERRORS
    if latency is None:
        problems["latency"] = NO_LATENCY
    if not quality:
        problems["quality"] = NO_GAUGE
    if not drift:
        problems["drift"] = NO_GAUGE
    single = [query for query in (requests, errors, latency) if query is not None]
    mapped = (*single, *quality, *drift)
    read = {name for item in mapped for name in item.metrics}
    unmapped = sorted(
        name for name in by_name if name not in read and not name.startswith(known_metrics.RUNTIME)
    )
    return Proposal(mapped, problems, tuple(unmapped))


def _propose_requests(
    families: Families, latency: ProposedQuery | None
) -> tuple[ProposedQuery | None, Family | None]:
    """Return the rate of requests, and the family that counts them if it is a single one."""
    parts = [name for name in known_metrics.SUCCESS_AND_FAILURE if name in families]
    if len(parts) == 2:
        rates = " + ".join(rate(name) for name in parts)
        return build_query("requests", rates, parts, "Triton"), None
    classes = [name for name in known_metrics.REQUESTS_BY_CLASS if name in families]
    family = _find_known(families, known_metrics.REQUESTS, ("counter",)) or _find_by_ending(
        families, known_metrics.REQUEST_ENDINGS, ("counter",)
    )
    if family is None and classes:
        rates = " + ".join(f"({rate(name)} or vector(0))" for name in classes)
        return build_query("requests", rates, classes, "TorchServe"), None
    if family is None and latency is not None:
        timed = families[latency.metrics[0]]
        family = timed if timed.type in TIMED_TYPES else None
    return (None, None) if family is None else (request_query(family), family)


def _propose_errors(families: Families, counted: Family | None) -> ProposedQuery | None:
    parts = [name for name in known_metrics.SUCCESS_AND_FAILURE if name in families]
    classes = [name for name in known_metrics.REQUESTS_BY_CLASS if name in families]
    if counted is None and len(parts) == 2:
        return _error_ratio(parts, known_metrics.SUCCESS_AND_FAILURE[1], "Triton")
    if known_metrics.FAILED_CLASS in classes:
        return _error_ratio(classes, known_metrics.FAILED_CLASS, "TorchServe")
    return None if counted is None else error_query(counted)


def _error_ratio(counters: list[str], errors: str, convention: str) -> ProposedQuery:
    total = " + ".join(f"({rate(name)} or vector(0))" for name in counters)
    return build_query("errors", f"{rate(errors)} / ({total})", counters, convention)


def _propose_latency(families: Families) -> ProposedQuery | None:
    for total, counters in known_metrics.SUMS_AND_COUNTS:
        if total in families and all(name in families for name in counters):
            rates = " + ".join(rate(name) for name in counters)
            promql = f"{rate(total)} / ({rates}) * {known_metrics.seconds_per_unit(total):g}"
            names = (total, *counters)
            return build_query("latency", promql, names, convention_of(total), mean=True)
    family = _find_known(
        families, known_metrics.LATENCY, (*TIMED_TYPES, "gauge")
    ) or _find_by_ending(families, known_metrics.LATENCY_ENDINGS, TIMED_TYPES)
    return None if family is None else latency_query(family)


def _propose_quality(families: Families) -> list[ProposedQuery]:
    queries = []
    for family in families.values():
        score = known_metrics.SCORE.search(family.name)
        if score is not None and family.type in GAUGE_TYPES:
            title = known_metrics.SCORE_TITLES[score["score"]]
            queries.append(gauge_query("quality", title, family, convention_of(family.name)))
    return queries


def _propose_drift(families: Families) -> list[ProposedQuery]:
    names = known_metrics.DRIFT | {
        name: (f"Drift, {name}", "its name")
        for name in families
        if name not in known_metrics.DRIFT and name.endswith(known_metrics.DRIFT_ENDINGS)
    }
    return [
        gauge_query("drift", title, families[name], convention)
        for name, (title, convention) in names.items()
        if name in families and families[name].type in GAUGE_TYPES
    ]


def _find_known(families: Families, names: Iterable[str], types: tuple[str, ...]) -> Family | None:
    """Return the family with the first of the names and a fitting type."""
    return next((families[n] for n in names if n in families and families[n].type in types), None)


def _find_by_ending(
    families: Families, endings: tuple[str, ...], types: tuple[str, ...]
) -> Family | None:
    """Return the family whose name has one of the endings, if it is the only one."""
    fitting = [
        family
        for name, family in families.items()
        if family.type in types and name.endswith(endings)
    ]
    return fitting[0] if len(fitting) == 1 else None
