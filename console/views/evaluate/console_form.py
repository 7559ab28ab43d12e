"""The form of an evaluation by the console: rows, roles of their columns, the button."""

from concurrent.futures import Future

import msgspec
import pandas as pd
import streamlit as st

from console.components.source_state import explain_errors
from console.evaluations.local import LocalEvaluations
from console.evaluations.request import EvaluationRequest, Origin
from console.evaluations.sample_rows import SAMPLE_ROWS
from console.formatting import display
from console.models.discovery import Model
from console.views.evaluate import column_roles, source_form
from console.wiring import evaluations
from evaluation.errors import SchemaError
from evaluation.inputs.schema import Schema, Thresholds

# the main score of each task, and its name among the thresholds
SCORES = {"regression": ("RMSE", "rmse"), "binary": ("Accuracy", "accuracy"),
          "multiclass": ("Accuracy", "accuracy")}  # fmt: skip


def show(service: LocalEvaluations, model: Model) -> str | None:
    """Show the form. Return the id of the evaluation that was started with it, or None."""
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
            samples = [_read_sample(source) for source in (reference, current)]
            last_request = service.last_request()
            last_schema = None if last_request is None else last_request.schema
            roles = _edit_roles(service.model, samples[0], samples[1], last_schema)
            schema = _build_schema(roles, model, last_schema)
            if schema is not None:
                started = _show_start(service, current, reference, schema)
    return started


def _read_sample(source: Origin) -> pd.DataFrame:
    """Return the first rows of a source, read once per session."""
    slot = f"look:{msgspec.json.encode(source).decode()}"
    future: Future[pd.DataFrame] | None = st.session_state.get(slot)
    if future is None or (future.done() and future.exception() is not None):
        future = st.session_state[slot] = evaluations.samples().begin(source)
    return evaluations.samples().get(future)


def _edit_roles(
    model: str, reference: pd.DataFrame, current: pd.DataFrame, last_schema: Schema | None
) -> dict[str, str]:
    proposed = column_roles.propose(reference, current, last_schema)
    frame = pd.DataFrame(
        {
            "column": [column.name for column in proposed],
            "role": [column.role for column in proposed],
            "example": [column.example for column in proposed],
            "distinct": [column.distinct for column in proposed],
            "missing": [column.missing for column in proposed],
            "found in": [column.presence for column in proposed],
        }
    )
    st.markdown("**Column roles**")
    st.caption(
        f"Suggested from the first {display.count(min(SAMPLE_ROWS, len(reference)))} reference and "
        f"{display.count(min(SAMPLE_ROWS, len(current)))} current rows"
        + (", and from the last evaluation." if last_schema is not None else ".")
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


def _build_schema(roles: dict[str, str], model: Model, last_schema: Schema | None) -> Schema | None:
    """Build the schema from the roles. Show why and return None if it can't be evaluated."""
    task = model.external.task if model.external is not None else "regression"
    label, name = SCORES[task]
    last_threshold = getattr(last_schema.thresholds, name) if last_schema is not None else None
    threshold = st.number_input(
        f"{label} threshold (optional)", value=last_threshold, key=f"bound:{model.name}",
        width=300,
    )  # fmt: skip
    thresholds = msgspec.structs.replace(Thresholds(), **{name: threshold})
    try:
        schema = column_roles.build_schema(roles, task, thresholds)
    except (SchemaError, ValueError) as error:
        st.warning(str(error))
        return None
    if schema.target is None or schema.prediction is None:
        st.caption(
            "Without a target and a prediction column, only drift is evaluated, not quality."
        )
    return schema


def _show_start(
    service: LocalEvaluations, current: Origin, reference: Origin, schema: Schema
) -> str | None:  # fmt: skip
    with st.expander("Name and tags"):
        name = st.text_input("Name", key="new_name", max_chars=100)
        tags = st.multiselect("Tags", [], key="new_tags", accept_new_options=True)
    if not st.button("Evaluate", type="primary", key="evaluate_here"):
        return None
    request = EvaluationRequest(
        reference=reference, current=current, schema=schema, name=(name or "").strip(),
        tags=tuple(tags),
    )  # fmt: skip
    return service.start(request)
