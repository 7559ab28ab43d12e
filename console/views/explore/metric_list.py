"""Shows the metrics by job with their descriptions. A click on one writes a query."""

import pandas as pd
import streamlit as st

from console import wiring
from console.adapters.prometheus_responses import Metric
from console.components import row_selection
from console.components.source_state import fetch_with_fallback, show_fetch_error

ALL_JOBS = "all jobs"
RATED_TYPES = ("counter",)


def show() -> None:
    """Show the filters and the table of metrics."""
    source = wiring.selected_source()
    result = fetch_with_fallback("metrics", lambda: wiring.metrics(source))
    show_fetch_error(result)
    if result.value is None:
        return
    if not result.value:
        st.info("**No metrics yet.** Check the targets of Prometheus.")
        return
    targets = fetch_with_fallback("targets", wiring.prometheus().targets)
    jobs = sorted({target.labels.get("job", "") for target in targets.value or []})
    left, right = st.columns(2)
    job = left.selectbox("Job", [ALL_JOBS, *jobs], key="job", bind="query-params")
    filter_text = right.text_input(
        "Filter metrics", key="filter", placeholder="name or description"
    )
    metrics = result.value if job == ALL_JOBS else _select_by_job(result.value, source, job)
    frame = _build_table(metrics, filter_text or "")
    st.caption(f"{len(frame)} of {len(result.value)} metrics. Click one to query it.")

    def use_metric(row: int) -> None:
        metric = frame.iloc[row]
        st.session_state["query"] = _write_query(metric["metric"], metric["type"], job)

    st.dataframe(
        frame, hide_index=True, height=460,
        **row_selection.selection_options("metrics_table", use_metric),
    )  # fmt: skip


def _select_by_job(metrics: list[Metric], source: str, job: str) -> list[Metric]:
    """Return the metrics of a job; all metrics if its names can't be read."""
    names = fetch_with_fallback(f"names:{job}", lambda: wiring.metric_names(source, job))
    show_fetch_error(names)
    if names.value is None:
        return metrics
    job_names = set(names.value)
    return [metric for metric in metrics if metric.name in job_names]


def _build_table(metrics: list[Metric], filter_text: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        [(metric.name, metric.type, metric.help) for metric in metrics],
        columns=["metric", "type", "help"],
    )
    if not filter_text:
        return frame
    matches = frame.apply(lambda column: column.str.contains(filter_text, case=False, regex=False))
    matching: pd.DataFrame = frame[matches.any(axis=1)]
    return matching


def _write_query(name: str, kind: str, job: str) -> str:
    """Return a query of the metric: its rate if it is a counter, else its value."""
    selector = f'{name}{{job="{job}"}}' if job != ALL_JOBS else name
    is_counter = kind in RATED_TYPES or name.endswith(("_bucket", "_count", "_sum"))
    return f"rate({selector}[1m])" if is_counter else selector
