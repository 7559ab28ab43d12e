"""Models that other services serve, and the queries that show them. Pure."""

from collections.abc import Iterable
from string import Template
from typing import Literal

import msgspec

from console.mapping.role_queries import ProposedQuery, Role
from promql.query import Query

Task = Literal["regression", "binary", "multiclass"]


class MappedQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A query for one role; its template has ${selector}, and ${window} for the range of a rate."""

    role: Role
    title: str
    query: str
    unit: str = ""
    metrics: tuple[str, ...] = ()

    def as_query(self) -> Query:
        """Return it as a query of the catalogue."""
        return Query(self.title, self.unit, f"From {', '.join(self.metrics)}.", self.query)


class ExternalModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A model of another service, as models.toml has it.

    `matchers` are the labels of its series. `prometheus` is a source of the settings by name, or an
    address. `url` is the address of its service, if it has the HTTP API of the model service;
    `predict_url` is that of one that has only predictions and an OpenAPI document, where it is not
    the address that Prometheus scrapes.
    """

    name: str
    task: Task
    matchers: dict[str, str]
    url: str | None = None
    predict_url: str | None = None
    prometheus: str | None = None
    queries: tuple[MappedQuery, ...] = ()

    def queries_for(self, role: Role) -> tuple[MappedQuery, ...]:
        """Return the queries of a role."""
        return tuple(query for query in self.queries if query.role == role)


def to_mapped_queries(proposed: Iterable[ProposedQuery]) -> tuple[MappedQuery, ...]:
    """Convert proposed queries to those of a model."""
    return tuple(
        MappedQuery(
            role=item.role,
            title=item.query.title,
            query=item.query.template,
            unit=item.query.unit,
            metrics=item.metrics,
        )
        for item in proposed
    )


def template_error(text: str) -> str | None:
    """Return what is wrong with the template of a query; None if it is valid."""
    try:
        names = set(Template(text).get_identifiers())
        valid = Template(text).is_valid()
    except ValueError:
        names, valid = set(), False
    if valid and "selector" in names and names <= {"selector", "window"}:
        return None
    return (
        "it needs ${selector} in place of the matchers, may have ${window} as the range of a rate, "
        "and no other $."
    )
