"""Add a model: choose a job, check the mapping of its metrics, and save it to the file."""

import streamlit as st

from console import wiring
from console.components.refresh import retry_until_available
from console.components.source_state import fetch_with_fallback, show_fetch_error
from console.mapping.propose import propose
from console.views.add_model import added_models, mapping_form, model_form, validation


def render() -> None:
    st.title("Add a model", anchor=False)
    st.caption("Monitor any service from the metrics that Prometheus scrapes. Its code does not "
               "change.")  # fmt: skip
    edited_model = wiring.external_models().get(st.query_params.get("change", ""))
    added_models.show()
    if edited_model is not None:
        source, job = wiring.source_name_of(edited_model), edited_model.matchers.get("job", "")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"Change {edited_model.name}", anchor=False, width="content")
            st.button("Cancel", on_click=added_models.end_change, type="tertiary")
    else:
        source, job = model_form.choose_source_and_job()
    if not job:
        return
    families = fetch_with_fallback(
        f"families:{source}:{job}", lambda: wiring.metric_families(source, job)
    )
    show_fetch_error(families)
    if families.error is not None:
        retry_until_available(lambda: wiring.metric_families(source, job))
    if families.value is None:
        return
    if not families.value:
        st.info(f"**No data.** The job {job} has no series now. Check that its target is up, on "
                "the page Infrastructure, Targets.")  # fmt: skip
        return
    proposal = propose(families.value)
    details = model_form.edit_details(job, edited_model)
    st.subheader("Metric mapping", anchor=False)
    mapping_form.show_unmapped(families.value, proposal)
    queries = mapping_form.show(
        families.value, proposal, None if edited_model is None else edited_model.queries,
        model_form.build_widget_key(job, edited_model),
    )  # fmt: skip
    try:
        matchers = validation.parse_matchers(details.matchers)
    except ValueError as error:
        st.warning(str(error))
        return
    st.subheader("Current values", anchor=False)
    mapping_form.show_values(queries, matchers, source)
    model_form.save(details, matchers, queries, source, edited_model)


render()
