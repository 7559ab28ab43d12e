"""The metrics that there are, by job, with their meaning; a click writes the query."""

import pandas as pd
import streamlit as st

from console import wiring
from console.components import row_selection
from console.components.controls import latest, show_state

EVERY = "all jobs"
RATED = ("counter",)


def show() -> None:
    source = wiring.source()
    found = latest("metrics", lambda: wiring.metrics(source))
    show_state(found)
    if found.value is None:
        return
    if not found.value:
        st.info("**No metrics yet.** Check the targets of Prometheus.")
        return
    targets = latest("targets", wiring.prometheus().targets)
    jobs = sorted({target.labels.get("job", "") for target in targets.value or []})
    left, right = st.columns(2)
    job = left.selectbox("Job", [EVERY, *jobs], key="job", bind="query-params")
    text = right.text_input("Filter metrics", key="filter", placeholder="name or description")
    listed = found.value
    if job != EVERY:
        names = latest(f"names:{job}", lambda: wiring.names_of(source, job))
        show_state(names)
        if names.value is not None:
            known = set(names.value)
            listed = [metric for metric in listed if metric.name in known]
    frame = pd.DataFrame(
        [(m.name, m.type, m.help) for m in listed], columns=["metric", "type", "help"]
    )
    if text:
        hit = frame.apply(lambda column: column.str.contains(text, case=False, regex=False))
        frame = frame[hit.any(axis=1)]
    st.caption(f"{len(frame)} of {len(found.value)} metrics. Click one to query it.")

    def choose(row: int) -> None:
        metric = frame.iloc[row]
        name = metric["metric"]
        rated = metric["type"] in RATED or name.endswith(("_bucket", "_count", "_sum"))
        chosen = f'{name}{{job="{job}"}}' if job != EVERY else name
        st.session_state["query"] = f"rate({chosen}[1m])" if rated else chosen

    st.dataframe(
        frame, hide_index=True, height=460, **row_selection.on_click("metrics_table", choose),
    )  # fmt: skip
