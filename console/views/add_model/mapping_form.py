"""The mapping of a job's metrics to roles: proposed, changed by hand, with what each gives now."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console import wiring
from console.components.controls import keep_fresh, show_answers
from console.mapping.alternatives import choices
from console.mapping.propose import ROLES, Family, Proposal, Role
from console.models import models_file
from console.models.models_file import MappedQuery
from console.views.add_model import url_state, validation

NOTHING, BY_HAND = "nothing", "Custom PromQL"
SEVERAL = ("quality", "drift")
EXAMPLE = "sum(rate(my_requests_total{${selector}}[${window}]))"
UNITS = {"requests": "requests/s", "errors": "ratio", "latency": "seconds"}
REFRESH_SECONDS = 5


def show(
    families: Sequence[Family], proposal: Proposal, kept: Sequence[MappedQuery] | None, subject: str
) -> tuple[MappedQuery, ...]:
    """The queries as they are chosen; `kept` are those of a model that is changed, `subject` tells
    the widgets of one job from those of another."""
    types = {family.name: family.type for family in families}
    chosen: list[MappedQuery] = []
    for role in ROLES:
        before = [item for item in kept or () if item.role == role]
        options = {_label(item, types): item for item in before}
        for item in models_file.from_mapped(choices(families, role)):
            if all(item.query != other.query for other in options.values()):
                options.setdefault(_label(item, types), item)
        proposed = before if kept is not None else models_file.from_mapped(proposal.of(role))
        first = [name for name, item in options.items() if item in proposed]
        left, right = st.columns([2, 3], vertical_alignment="top")
        with left:
            pick = _several if role in SEVERAL else _one
            names = pick(role, options, first, subject)
        with right:
            chosen += [_edited(role, name, options.get(name), subject) for name in names]
    return tuple(item for item in chosen if item.query)


def _one(
    role: Role, options: dict[str, MappedQuery], first: list[str], subject: str
) -> list[str]:  # fmt: skip
    listed = [*options, BY_HAND, NOTHING]
    usual = first[:1] or [NOTHING]
    begun = url_state.first_of(f"{role}_from", listed, usual) or usual
    name = st.selectbox(
        role.capitalize(), listed, listed.index(begun[0]), key=f"{role}_from:{subject}"
    )
    url_state.keep(f"{role}_from", name, usual)
    return [] if name == NOTHING else [name]


def _several(
    role: Role, options: dict[str, MappedQuery], first: list[str], subject: str
) -> list[str]:  # fmt: skip
    names = st.multiselect(
        role.capitalize(), list(options), url_state.first_of(f"{role}_from", list(options), first),
        key=f"{role}_from:{subject}",
        placeholder="No metric selected" if options else "This job has no gauge for it",
    )  # fmt: skip
    url_state.keep(f"{role}_from", names, first)
    return list(names)


def _edited(role: Role, name: str, item: MappedQuery | None, subject: str) -> MappedQuery:
    """The query as it stands in its field."""
    title = role.capitalize() if item is None else item.title
    query = st.text_input(
        f"{title}, PromQL", "" if item is None else item.query, 
        key=f"promql:{role}:{name}:{subject}",
        placeholder=EXAMPLE,
    )  # fmt: skip
    query = (query or "").strip()
    if item is not None and query == item.query:
        return item
    unit = UNITS.get(role, "") if item is None else item.unit
    metrics = () if item is None else item.metrics
    if query and (trouble := models_file.query_trouble(query)) is not None:
        st.warning(f"This query can't be saved: {trouble}")
    return MappedQuery(role=role, title=title, query=query, unit=unit, metrics=metrics)


def _label(item: MappedQuery, types: dict[str, str]) -> str:
    kind = types.get(item.metrics[0], "") if item.metrics else ""
    metrics = ", ".join(item.metrics) or item.query[:60]
    return f"{metrics} ({kind})" if kind else metrics


def returns(queries: Sequence[MappedQuery], matchers: dict[str, str], source: str) -> None:
    """A table of what each gives now, asked again every few seconds."""
    keep_fresh(lambda: _returns(queries, matchers, source), REFRESH_SECONDS)


def _returns(queries: Sequence[MappedQuery], matchers: dict[str, str], source: str) -> None:
    valid = [item for item in queries if models_file.query_trouble(item.query) is None]
    if not valid:
        st.info("**No metric is mapped.** The model would have no data. Choose a metric above.")
        return
    labels: dict[str, str | tuple[str, ...]] = dict(matchers)
    asked = [wiring.question(item.as_query(), labels, of=source) for item in valid]
    futures = wiring.ask(asked)
    answers = [futures[question].result() for question in asked]
    if all(not answer.known for answer in answers):
        show_answers(*answers)
    told = [validation.now(answer, item.unit) for answer, item in zip(answers, valid, strict=True)]
    st.dataframe(
        pd.DataFrame(
            {
                "role": [item.role for item in valid],
                "title": [item.title for item in valid],
                "current value": [one.value for one in told],
                "note": [one.remark for one in told],
                "metrics": [", ".join(item.metrics) for item in valid],
                "PromQL": [question.text for question in asked],
            }
        ),
        hide_index=True, height="content", key="returns",
    )  # fmt: skip


def unmapped(families: Sequence[Family], proposal: Proposal) -> None:
    """What could not be mapped, with what to do, and the metrics that nothing reads."""
    for problem in proposal.problems:
        role, _, why = problem.partition(": ")
        todo = next(text for name, text in validation.WHAT_TO_DO.items() if name == role)
        st.markdown(f":orange[:material/info:] No metric found for **{role}**: {why} {todo}")
    rest = [family for family in families if family.name in proposal.unmapped]
    if rest:
        with st.expander(f"Unmapped metrics ({len(rest)})"):
            rows = [(it.name, it.type, ", ".join(sorted(it.labels)), it.help) for it in rest]
            frame = pd.DataFrame(rows, columns=["metric", "type", "labels", "help"])
            st.dataframe(frame, hide_index=True, key="unmapped")
