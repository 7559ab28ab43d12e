"""Add a model: choose a job, look over what its metrics are mapped to, and keep it in the file."""

import streamlit as st

from console import wiring
from console.components.controls import latest, show_state, try_again
from console.mapping.propose import propose
from console.views.add_model import added_models, mapping_form, model_form, validation


def render() -> None:
    st.title("Add a model", anchor=False)
    st.caption("Monitor any service from the metrics that Prometheus scrapes. Its code does not "
               "change.")  # fmt: skip
    changed = wiring.served().named(st.query_params.get("change", ""))
    added_models.show()
    if changed is not None:
        source, job = wiring.source_of(changed), changed.matchers.get("job", "")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"Change {changed.name}", anchor=False, width="content")
            st.button("Cancel", on_click=added_models.end_change, type="tertiary")
    else:
        source, job = model_form.source_and_job()
    if not job:
        return
    found = latest(f"families:{source}:{job}", lambda: wiring.families_of(source, job))
    show_state(found)
    if found.error is not None:
        try_again(lambda: wiring.families_of(source, job))
    if found.value is None:
        return
    if not found.value:
        st.info(f"**No data.** The job {job} has no series now. Check that its target is up, on "
                "the page Infrastructure, Targets.")  # fmt: skip
        return
    proposal = propose(found.value)
    about = model_form.about(job, changed)
    st.subheader("Metric mapping", anchor=False)
    mapping_form.unmapped(found.value, proposal)
    queries = mapping_form.show(
        found.value, proposal, None if changed is None else changed.queries,
        model_form.subject(job, changed),
    )  # fmt: skip
    try:
        matchers = validation.matchers(about.matchers)
    except ValueError as error:
        st.warning(str(error))
        return
    st.subheader("Current values", anchor=False)
    mapping_form.returns(queries, matchers, source)
    model_form.save(about, matchers, queries, source, changed)


render()
