"""What else a role could be read from, by the types of a job's metrics. Pure."""

from collections.abc import Iterable

from console.mapping import known_metrics as known
from console.mapping.propose import (
    GAUGES,
    TIMED,
    Family,
    ProposedQuery,
    Role,
    convention_of,
    errors_of,
    latency_of,
    propose,
    requests_of,
)
from promql.query import Query


def list_alternatives(families: Iterable[Family], role: Role) -> list[ProposedQuery]:
    """Every query that a role could have by the types of the families: those of the proposal first,
    then by name. What the process and the runtime tell of themselves is left out."""
    given = sorted(families, key=lambda family: family.name)
    found = list(propose(given).of(role))
    own = [family for family in given if not family.name.startswith(known.RUNTIME)]
    for family in own:
        found += _of_type(role, family)
    first: dict[str, ProposedQuery] = {}
    for item in found:
        first.setdefault(item.query.template, item)
    return list(first.values())


def _of_type(role: Role, family: Family) -> list[ProposedQuery]:
    if role in ("quality", "drift"):
        if family.type not in GAUGES:
            return []
        text = family.help or f"{family.name}, as its service gives it."
        query = Query(family.name, "", text, f"max({family.name}{{${{selector}}}})")
        return [ProposedQuery(role, query, (family.name,), convention_of(family.name))]
    if role == "latency":
        return [latency_of(family)] if family.type in (*TIMED, "gauge") else []
    if family.type not in (*TIMED, "counter"):
        return []
    made = requests_of(family) if role == "requests" else errors_of(family)
    return [] if made is None else [made]
