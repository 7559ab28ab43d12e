"""The form of an evaluation by the console: rows, what their columns mean, the button."""

from concurrent.futures import Future

import msgspec
import pandas as pd
import streamlit as st

from console.components.controls import explain_errors
from console.evaluations.local import OwnEvaluations
from console.evaluations.request import Asked, Origin
from console.evaluations.sample_rows import SAMPLE_ROWS
from console.formatting import display
from console.models.discovery import Model
from console.views.evaluate import column_roles, source_form
from console.wiring import evaluations as own
from evaluation.errors import SchemaError
from evaluation.inputs.schema import Schema, Thresholds

# the score that is asked for most, and its name among the thresholds
SCORES = {"regression": ("RMSE", "rmse"), "binary": ("Accuracy", "accuracy"),
          "multiclass": ("Accuracy", "accuracy")}  # fmt: skip


def show(service: OwnEvaluations, model: Model) -> str | None:
    """The id of an evaluation that was just started."""
    started = None
    with st.container(border=True):
        st.caption(
            f"The console evaluates {model.name} itself, because its service has no /evaluations. "
            "Choose the current rows, and reference rows from a time without problems."
        )
        left, right = st.columns(2, gap="large")
        with left:
            current = source_form.choose(service, "Current rows", "current")
        with right:
            reference = source_form.choose(service, "Reference", "reference")
        if current is None or reference is None:
            st.caption("Choose current and reference rows to see their columns.")
            return None
        with explain_errors():
            sides = [_look(it) for it in (reference, current)]
            before = service.last_asked()
            known = None if before is None else before.roles
            chosen = _roles(service.model, sides[0], sides[1], known)
            schema = _schema(chosen, model, known)
            if schema is not None:
                started = _start(service, current, reference, schema)
    return started


def _look(chosen: Origin) -> pd.DataFrame:
    """The first rows, asked for once a session."""
    slot = f"look:{msgspec.json.encode(chosen).decode()}"
    begun: Future[pd.DataFrame] | None = st.session_state.get(slot)
    if begun is None or (begun.done() and begun.exception() is not None):
        begun = st.session_state[slot] = own.looks().begin(chosen)
    return own.looks().get(begun)


def _roles(
    model: str, reference: pd.DataFrame, current: pd.DataFrame, known: Schema | None
) -> dict[str, str]:
    proposed = column_roles.propose(reference, current, known)
    frame = pd.DataFrame(
        {
            "column": [item.name for item in proposed],
            "role": [item.role for item in proposed],
            "example": [item.example for item in proposed],
            "distinct": [item.distinct for item in proposed],
            "missing": [item.missing for item in proposed],
            "found in": [item.there for item in proposed],
        }
    )
    st.markdown("**Column roles**")
    st.caption(
        f"Suggested from the first {display.count(min(SAMPLE_ROWS, len(reference)))} reference and "
        f"{display.count(min(SAMPLE_ROWS, len(current)))} current rows"
        + (", and from the last evaluation." if known is not None else ".")
        + " Double-click a role to change it. Calendar columns are shown but not counted as drift."
    )
    names = "|".join(frame["column"])
    edited = st.data_editor(
        frame, hide_index=True, height="content", key=f"roles:{model}:{names}",
        disabled=["column", "example", "distinct", "missing", "found in"],
        column_config={
            "role": st.column_config.SelectboxColumn(
                "role", options=column_roles.ROLES, required=True
            )
        },
    )  # fmt: skip
    return dict(zip(edited["column"], edited["role"], strict=True))


def _schema(chosen: dict[str, str], model: Model, known: Schema | None) -> Schema | None:
    """None, and why, while the roles are none that can be evaluated."""
    task = model.served.task if model.served is not None else "regression"
    label, name = SCORES[task]
    before = getattr(known.thresholds, name) if known is not None else None
    bound = st.number_input(
        f"{label} threshold (optional)", value=before, key=f"bound:{model.name}",
        width=300,
    )  # fmt: skip
    held = msgspec.structs.replace(Thresholds(), **{name: bound})
    try:
        made = column_roles.schema(chosen, task, held)
    except (SchemaError, ValueError) as error:
        st.warning(str(error))
        return None
    if made.target is None or made.prediction is None:
        st.caption(
            "Without a target and a prediction column, only drift is evaluated, not quality."
        )
    return made


def _start(
    service: OwnEvaluations, current: Origin, reference: Origin, schema: Schema
) -> str | None:  # fmt: skip
    with st.expander("Name and tags"):
        name = st.text_input("Name", key="new_name", max_chars=100)
        tags = st.multiselect("Tags", [], key="new_tags", accept_new_options=True)
    if not st.button("Evaluate", type="primary", key="evaluate_here"):
        return None
    asked = Asked(
        reference=reference, current=current, roles=schema, name=(name or "").strip(),
        tags=tuple(tags),
    )  # fmt: skip
    return service.start(asked)
