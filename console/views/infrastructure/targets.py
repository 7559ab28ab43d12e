"""Shows the machines, the scrape targets with their errors, and the state of Prometheus."""

import time
from datetime import datetime

import pandas as pd
import streamlit as st

from console import wiring
from console.adapters.prometheus_responses import Target
from console.components.chart_panels import show_csv_download
from console.components.source_state import fetch_with_fallback, show_fetch_error, show_query_errors
from console.errors import ConsoleError
from console.formatting import display
from console.series import single_value
from promql import machine, monitoring_stack


def show_machines() -> None:
    """Show a row of numbers for each machine."""
    queries = (
        machine.CPU_BUSY, machine.CORES, machine.MEMORY_USED, machine.MEMORY_TOTAL,
        machine.LOAD,
    )  # fmt: skip
    requests = {query: wiring.build_request(query, {}) for query in queries}
    futures = wiring.submit(requests.values())
    results = {query: futures[request].result() for query, request in requests.items()}
    show_query_errors(*results.values())
    values = {
        query: {series.labels.get("instance", ""): series.last for series in result.series}
        for query, result in results.items()
    }
    for instance in sorted(values[machine.CPU_BUSY]):
        with st.container(border=True):
            cells = st.columns([2, 1, 1, 1], vertical_alignment="center")
            cells[0].markdown(f"**{instance}**")
            cpu, cores, used, total, load = (values[query].get(instance) for query in queries)
            cells[1].metric(
                "CPU busy", display.percent(cpu), help=f"Of {display.number(cores)} cores."
            )
            text = display.with_unit("bytes", total)
            cells[2].metric("Memory used", display.percent(used), help=f"Of {text}.")
            cells[3].metric("Load, 1 min", display.number(load), help=machine.LOAD.description)


def show() -> None:
    """Show the errors of targets that are down, and a table of all targets."""
    result = fetch_with_fallback("targets", wiring.prometheus().targets)
    show_fetch_error(result)
    if result.value is None:
        return
    if not result.value:
        st.info(
            "**No targets.** Prometheus is running but scrapes nothing. Check its configuration."
        )
        return
    down = [target for target in result.value if target.health != "up"]
    st.markdown(
        f"**{len(result.value) - len(down)} of {len(result.value)} targets up.**"
        + (f" Down: {', '.join(target.labels.get('job', '') for target in down)}." if down else "")
    )
    for target in down:
        error = target.lastError or "not scraped yet"
        st.error(f"**{target.labels.get('job')}** at {target.scrapeUrl}: {error}")
    targets = sorted(
        result.value, key=lambda item: (item.health == "up", item.labels.get("job", ""))
    )
    frame = pd.DataFrame([_build_row(target) for target in targets])
    st.dataframe(frame, hide_index=True, height="content", key="targets")
    show_csv_download("targets.csv", lambda: frame, key="csv:targets")


def _build_row(target: Target) -> dict[str, object]:
    return {
        "job": target.labels.get("job", ""),
        "instance": target.labels.get("instance", ""),
        "health": target.health,
        "last scrape": _write_age(target.lastScrape),
        "duration": display.duration(target.lastScrapeDuration),
        "interval": display.interval(target.scrapeInterval),
        "last error": target.lastError,
        "URL": target.scrapeUrl,
    }


def _write_age(text: str) -> str:
    moment = datetime.fromisoformat(text) if text else None
    # Prometheus writes the year 1 for a target that was never scraped
    if moment is None or moment.year < 2000:
        return "never"
    return f"{display.age(time.time() - moment.timestamp())} ago"


def show_prometheus() -> None:
    """Show the version, storage and configuration of Prometheus."""
    try:
        about = wiring.prometheus().server_info()
    except ConsoleError as error:
        st.caption(f"The state of Prometheus is not available. {error}")
        return
    storage = wiring.submit([wiring.build_request(monitoring_stack.STORAGE, {})])
    size = single_value(next(iter(storage.values())).result().series)
    started = datetime.fromisoformat(about.get("startTime", "1970-01-01T00:00:00Z")).timestamp()
    is_loaded = about.get("reloadConfigSuccess")
    configuration = (
        {True: "loaded", False: "rejected"}.get(bool(is_loaded)) if is_loaded is not None else None
    )
    with st.container(horizontal=True, gap="large"):
        for label, value in (
            ("Version", about.get("version", display.NONE)),
            ("Up for", display.age(time.time() - started)),
            ("Retention", display.interval(about.get("storageRetention", display.NONE))),
            ("Blocks on disk", display.with_unit("bytes", size)),
            ("Configuration", configuration or display.NONE),
        ):
            st.metric(label, value, width="content")
    if is_loaded is False:
        st.error("Prometheus rejected its latest configuration and still uses the previous one.")
    if about.get("corruptionCount"):
        st.error(f"{about['corruptionCount']} corruptions found in the write-ahead log.")
