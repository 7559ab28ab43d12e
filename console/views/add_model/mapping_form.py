"""Maps the metrics of a job to roles, and shows the current value of each mapped query."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console import wiring
from console.components.refresh import auto_refresh
from console.components.source_state import show_query_errors
from console.mapping.alternatives import list_alternatives
from console.mapping.metric_families import Family
from console.mapping.propose import Proposal
from console.mapping.role_queries import ROLES, Role
from console.models.external import MappedQuery, template_error, to_mapped_queries
from console.views.add_model import url_state, validation

NOTHING, BY_HAND = "nothing", "Custom PromQL"
SEVERAL = ("quality", "drift")
EXAMPLE = "sum(rate(my_requests_total{${selector}}[${window}]))"
UNITS = {"requests": "requests/s", "errors": "ratio", "latency": "seconds"}
REFRESH_SECONDS = 5


def show(
    families: Sequence[Family],
    proposal: Proposal,
    saved_queries: Sequence[MappedQuery] | None,
    subject: str,
) -> tuple[MappedQuery, ...]:
    """Show the choice of queries for every role, and return the chosen queries.

    `saved_queries` are those of a model that is changed; `subject` separates the widgets of one job
    from those of another.
    """
    types = {family.name: family.type for family in families}
    queries: list[MappedQuery] = []
    for role in ROLES:
        saved = [query for query in saved_queries or () if query.role == role]
        options = {_write_label(query, types): query for query in saved}
        for query in to_mapped_queries(list_alternatives(families, role)):
            if all(query.query != other.query for other in options.values()):
                options.setdefault(_write_label(query, types), query)
        proposed = (
            saved if saved_queries is not None else to_mapped_queries(proposal.for_role(role))
        )
        selected = [name for name, query in options.items() if query in proposed]
        left, right = st.columns([2, 3], vertical_alignment="top")
        with left:
            choose = _choose_several if role in SEVERAL else _choose_one
            names = choose(role, options, selected, subject)
        with right:
            queries += [_edit_query(role, name, options.get(name), subject) for name in names]
    return tuple(query for query in queries if query.query)


def _choose_one(
    role: Role, options: dict[str, MappedQuery], selected: list[str], subject: str
) -> list[str]:  # fmt: skip
    labels = [*options, BY_HAND, NOTHING]
    default = selected[:1] or [NOTHING]
    initial = url_state.read_all(f"{role}_from", labels, default) or default
    name = st.selectbox(
        role.capitalize(), labels, labels.index(initial[0]), key=f"{role}_from:{subject}"
    )
    url_state.write(f"{role}_from", name, default)
    return [] if name == NOTHING else [name]


def _choose_several(
    role: Role, options: dict[str, MappedQuery], selected: list[str], subject: str
) -> list[str]:  # fmt: skip
    names = st.multiselect(
        role.capitalize(), list(options),
        url_state.read_all(f"{role}_from", list(options), selected),
        key=f"{role}_from:{subject}",
        placeholder="No metric selected" if options else "This job has no gauge for it",
    )  # fmt: skip
    url_state.write(f"{role}_from", names, selected)
    return list(names)


def _edit_query(role: Role, name: str, mapped: MappedQuery | None, subject: str) -> MappedQuery:
    """Show the PromQL of a query in a field, and return the query as edited."""
    title = role.capitalize() if mapped is None else mapped.title
    query = st.text_input(
        f"{title}, PromQL", "" if mapped is None else mapped.query, 
        key=f"promql:{role}:{name}:{subject}",
        placeholder=EXAMPLE,
    )  # fmt: skip
    query = (query or "").strip()
    if mapped is not None and query == mapped.query:
        return mapped
    unit = UNITS.get(role, "") if mapped is None else mapped.unit
    metrics = () if mapped is None else mapped.metrics
    if query and (trouble := template_error(query)) is not None:
        st.warning(f"This query can't be saved: {trouble}")
    return MappedQuery(role=role, title=title, query=query, unit=unit, metrics=metrics)


def _write_label(query: MappedQuery, types: dict[str, str]) -> str:
    kind = types.get(query.metrics[0], "") if query.metrics else ""
    metrics = ", ".join(query.metrics) or query.query[:60]
    return f"{metrics} ({kind})" if kind else metrics


def show_values(queries: Sequence[MappedQuery], matchers: dict[str, str], source: str) -> None:
    """Show the current value of each query, refreshed every few seconds."""
    auto_refresh(lambda: _show_values(queries, matchers, source), REFRESH_SECONDS)


def _show_values(queries: Sequence[MappedQuery], matchers: dict[str, str], source: str) -> None:
    valid = [query for query in queries if template_error(query.query) is None]
    if not valid:
        st.info("**No metric is mapped.** The model would have no data. Choose a metric above.")
        return
    labels: dict[str, str | tuple[str, ...]] = dict(matchers)
    requests = [
        wiring.build_request(query.as_query(), labels, source_name=source) for query in valid
    ]
    futures = wiring.submit(requests)
    results = [futures[request].result() for request in requests]
    if all(not result.available for result in results):
        show_query_errors(*results)
    values = [
        validation.describe_answer(result, query.unit)
        for result, query in zip(results, valid, strict=True)
    ]
    st.dataframe(
        pd.DataFrame(
            {
                "role": [query.role for query in valid],
                "title": [query.title for query in valid],
                "current value": [value.value for value in values],
                "note": [value.note for value in values],
                "metrics": [", ".join(query.metrics) for query in valid],
                "PromQL": [request.text for request in requests],
            }
        ),
        hide_index=True, height="content", key="returns",
    )  # fmt: skip


def show_unmapped(families: Sequence[Family], proposal: Proposal) -> None:
    """Show the roles without a metric, with advice, and the metrics without a role."""
    for role, reason in proposal.problems.items():
        advice = validation.ADVICE[role]
        st.markdown(f":orange[:material/info:] No metric found for **{role}**: {reason} {advice}")
    others = [family for family in families if family.name in proposal.unmapped]
    if others:
        with st.expander(f"Unmapped metrics ({len(others)})"):
            rows = [
                (family.name, family.type, ", ".join(sorted(family.labels)), family.help)
                for family in others
            ]
            frame = pd.DataFrame(rows, columns=["metric", "type", "labels", "help"])
            st.dataframe(frame, hide_index=True, key="unmapped")
