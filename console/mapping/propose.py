"""From the metrics that a job exposes to queries for its requests, errors, latency, quality, drift.

Pure: `propose` is given the families that Prometheus knows of a job, told apart by their type.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from console.mapping import known_metrics as known
from promql.query import Query

Role = Literal["requests", "errors", "latency", "quality", "drift"]
ROLES: tuple[Role, ...] = ("requests", "errors", "latency", "quality", "drift")
SERVER_ERRORS = "5.."
GAUGES = ("gauge", "unknown", "untyped")
TIMED = ("histogram", "summary")


@dataclass(frozen=True)
class Family:
    """A metric as a job exposes it: its base name (no _bucket, _sum, _count; a counter's with
    _total), its type, its label names, and the values of `quantile` where it has them."""

    name: str
    type: str
    labels: frozenset[str] = frozenset()
    help: str = ""
    quantiles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ProposedQuery:
    """A query for one role, the families that it reads, and by whose names they are known."""

    role: Role
    query: Query
    metrics: tuple[str, ...]
    convention: str


@dataclass(frozen=True)
class Proposal:
    """What was recognised, why the missing roles have no query, and families that nothing reads."""

    mapped: tuple[ProposedQuery, ...]
    problems: tuple[str, ...]
    unmapped: tuple[str, ...]

    def of(self, role: Role) -> tuple[ProposedQuery, ...]:
        return tuple(item for item in self.mapped if item.role == role)


def propose(families: Iterable[Family]) -> Proposal:
    """Queries for the families of one job. The best known name of a role wins; of quality and drift
    every one is taken. Families of the process and the runtime are not listed as unmapped."""
    there = {family.name: family for family in families}
    mapped: list[ProposedQuery] = []
    problems: list[str] = []
    latency, why = _latency(there)
    requests, source = _requests(there, latency)
    if requests is None:
        problems.append(
            "requests: no counter of requests and no histogram or summary of their times."
        )
    else:
        mapped.append(requests)
    errors = _errors(there, source)
    if errors is not None:
        mapped.append(errors)
    elif source is not None:
        problems.append(
            f"errors: {source.name} has no label with the status code "
            f"({', '.join(known.STATUS_LABELS)})."
        )
    else:
        problems.append("errors: without requests there is no share of errors.")
    if latency is not None:
        mapped.append(latency)
    else:
        problems.append(why)
    for role, found in (("quality", _quality(there)), ("drift", _drift(there))):
        mapped += found
        if not found:
            problems.append(f"{role}: no gauge by a name that is known.")
    read = {name for item in mapped for name in item.metrics}
    rest = sorted(n for n in there if n not in read and not n.startswith(known.RUNTIME))
    return Proposal(tuple(mapped), tuple(problems), tuple(rest))


def _requests(
    there: dict[str, Family], latency: ProposedQuery | None
) -> tuple[ProposedQuery | None, Family | None]:
    """The rate of requests, and the family that it counts."""
    parts = [there[name] for name in known.SUCCESS_AND_FAILURE if name in there]
    if len(parts) == 2:
        rates = " + ".join(
            f"sum(rate({part.name}{{${{selector}}}}[${{window}}]))" for part in parts
        )
        names = tuple(part.name for part in parts)
        return _mapped("requests", rates, names, "Triton"), None
    codes = [name for name in known.REQUESTS_BY_CLASS if name in there]
    family = _first(there, known.REQUESTS, ("counter",)) or _counter_like(there)
    if family is None and codes:
        rates = " + ".join(
            f"(sum(rate({name}{{${{selector}}}}[${{window}}])) or vector(0))" for name in codes
        )
        return _mapped("requests", rates, tuple(codes), "TorchServe"), None
    if family is not None:
        return requests_of(family), family
    if latency is None:
        return None, None
    timed = there[latency.metrics[0]]
    if timed.type not in TIMED:
        return None, None
    return requests_of(timed), timed


def requests_of(family: Family) -> ProposedQuery:
    text = f"sum(rate({_counted(family)}{{{_traffic(family)}}}[${{window}}]))"
    return _mapped("requests", text, (family.name,), convention_of(family.name))


def _counted(family: Family) -> str:
    """The series that counts: a histogram or summary has one beside its times."""
    return f"{family.name}_count" if family.type in TIMED else family.name


def _errors(there: dict[str, Family], source: Family | None) -> ProposedQuery | None:
    parts = [name for name in known.SUCCESS_AND_FAILURE if name in there]
    codes = [name for name in known.REQUESTS_BY_CLASS if name in there]
    if source is None and len(parts) == 2:
        return _ratio(parts, known.SUCCESS_AND_FAILURE[1], "Triton")
    if known.FAILED_CLASS in codes:
        return _ratio(codes, known.FAILED_CLASS, "TorchServe")
    return None if source is None else errors_of(source)


def errors_of(source: Family) -> ProposedQuery | None:
    """The share of server errors; None where no label tells the status."""
    status = next((label for label in known.STATUS_LABELS if label in source.labels), None)
    if status is None:
        return None
    counted, selector = _counted(source), _traffic(source)
    failed = f'sum(rate({counted}{{{selector},{status}=~"{SERVER_ERRORS}"}}[${{window}}]))'
    text = f"({failed} or vector(0)) / sum(rate({counted}{{{selector}}}[${{window}}]))"
    return _mapped("errors", text, (source.name,), convention_of(source.name))


def _ratio(names: list[str], failed: str, convention: str) -> ProposedQuery:
    whole = " + ".join(
        f"(sum(rate({name}{{${{selector}}}}[${{window}}])) or vector(0))" for name in names
    )
    text = f"sum(rate({failed}{{${{selector}}}}[${{window}}])) / ({whole})"
    return _mapped("errors", text, tuple(names), convention)


def _latency(there: dict[str, Family]) -> tuple[ProposedQuery | None, str]:
    """The 95th percentile where the type has one, else the mean; else why there is none."""
    for total, count in known.SUMS_AND_COUNTS:
        if total in there and all(name in there for name in count):
            seconds = known.seconds_of(total)
            rates = " + ".join(f"sum(rate({n}{{${{selector}}}}[${{window}}]))" for n in count)
            text = f"sum(rate({total}{{${{selector}}}}[${{window}}])) / ({rates}) * {seconds:g}"
            names = (total, *count)
            return _mapped("latency", text, names, convention_of(total), mean=True), ""
    family = _first(there, known.LATENCY, ("histogram", "summary", "gauge")) or _timed(there)
    if family is None:
        return None, "latency: no histogram, summary or gauge of a time by a name that is known."
    return latency_of(family), ""


def latency_of(family: Family) -> ProposedQuery:
    seconds = known.seconds_of(family.name)
    scale = "" if seconds == 1 else f" * {seconds:g}"
    selector, convention = _traffic(family), convention_of(family.name)
    if family.type == "histogram":
        text = (
            "histogram_quantile(0.95, sum by (le) (rate("
            f"{family.name}_bucket{{{selector}}}[${{window}}]))){scale}"
        )
        return _mapped("latency", text, (family.name,), convention)
    if family.type == "summary" and "0.95" in family.quantiles:
        text = f'max({family.name}{{{selector},quantile="0.95"}}){scale}'
        return _mapped("latency", text, (family.name,), convention)
    if family.type == "summary":
        text = (
            f"sum(rate({family.name}_sum{{{selector}}}[${{window}}])) / "
            f"sum(rate({family.name}_count{{{selector}}}[${{window}}])){scale}"
        )
        return _mapped("latency", text, (family.name,), convention, mean=True)
    text = f"avg({family.name}{{{selector}}}){scale}"
    return _mapped("latency", text, (family.name,), convention, mean=True)


def _quality(there: dict[str, Family]) -> list[ProposedQuery]:
    found = []
    for family in there.values():
        score = known.SCORE.search(family.name)
        if score is None or family.type not in GAUGES:
            continue
        title = known.SCORE_TITLES[score["score"]]
        query = Query(title, "", family.help or f"{family.name}, as its service gives it.",
                      f"max({family.name}{{${{selector}}}})")  # fmt: skip
        found.append(ProposedQuery("quality", query, (family.name,), convention_of(family.name)))
    return found


def _drift(there: dict[str, Family]) -> list[ProposedQuery]:
    found = []
    known_names = known.DRIFT | {
        name: (f"Drift, {name}", "its name")
        for name in there
        if name not in known.DRIFT and name.endswith(known.DRIFT_ENDINGS)
    }
    for name, (title, convention) in known_names.items():
        if name in there and there[name].type in GAUGES:
            text = there[name].help or f"{name}, as its service gives it."
            query = Query(title, "", text, f"max({name}{{${{selector}}}})")
            found.append(ProposedQuery("drift", query, (name,), convention))
    return found


def _first(there: dict[str, Family], names: Iterable[str], types: tuple[str, ...]) -> Family | None:
    """The best known name of a fitting type."""
    return next((there[n] for n in names if n in there and there[n].type in types), None)


def _counter_like(there: dict[str, Family]) -> Family | None:
    """A counter whose name ends as those of requests do, where no name is known."""
    fitting = [
        family
        for name, family in there.items()
        if family.type == "counter" and name.endswith(known.REQUEST_ENDINGS)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _timed(there: dict[str, Family]) -> Family | None:
    """A histogram or summary whose name ends as those of request times do."""
    fitting = [
        family
        for name, family in there.items()
        if family.type in ("histogram", "summary") and name.endswith(known.LATENCY_ENDINGS)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _traffic(family: Family) -> str:
    """Matchers: the model's own, and none of the scrapes and health checks where a label tells."""
    path = next((label for label in known.PATH_LABELS if label in family.labels), None)
    return "${selector}" if path is None else f'${{selector}},{path}!~"{known.NO_TRAFFIC}"'


def convention_of(name: str) -> str:
    return known.SOURCES.get(name, "its name")


def _mapped(
    role: Role, template: str, metrics: tuple[str, ...], convention: str, *, mean: bool = False
) -> ProposedQuery:
    title, unit, text = known.WORDS[role]
    if mean:
        title, text = "Latency, mean", "The mean time: its type gives no percentile."
    read = f"{text} Read from {', '.join(metrics)}."
    return ProposedQuery(role, Query(title, unit, read, template), metrics, convention)
