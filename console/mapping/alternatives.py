"""Lists the queries that a person can choose for a role, by the types of the metrics. Pure."""

from collections.abc import Iterable

from console.mapping import known_metrics
from console.mapping.metric_families import Family
from console.mapping.propose import propose
from console.mapping.role_queries import ProposedQuery, Role, queries_of_type


def list_alternatives(families: Iterable[Family], role: Role) -> list[ProposedQuery]:
    """Return every query that the families allow for a role: proposed ones first, then by name.

    Metrics of the process and the runtime are left out.
    """
    ordered = sorted(families, key=lambda family: family.name)
    queries = list(propose(ordered).for_role(role))
    for family in ordered:
        if not family.name.startswith(known_metrics.RUNTIME):
            queries += queries_of_type(role, family)
    by_template: dict[str, ProposedQuery] = {}
    for item in queries:
        by_template.setdefault(item.query.template, item)
    return list(by_template.values())
