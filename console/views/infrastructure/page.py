"""Infrastructure: machines, processes, scrape targets and Prometheus."""

import streamlit as st

from console import wiring
from console.components.chart_panels import Panel, panel, show_panels
from console.components.page_header import show_header
from console.components.refresh import auto_refresh
from console.components.view_state import ViewState
from console.views.infrastructure import targets
from promql import machine, monitoring_stack, processes, scrape_targets
from promql.query import Query

PROMETHEUS = (
    monitoring_stack.SERIES, monitoring_stack.SAMPLES, monitoring_stack.QUERY_DURATION,
    scrape_targets.SCRAPE_DURATION, monitoring_stack.RULE_FAILURES,
    monitoring_stack.NOTIFICATIONS_DROPPED,
)  # fmt: skip
NO_NODE = "No node-exporter is scraped. Add one to the Prometheus targets to see machine metrics."
DEVICE_LABELS = ("device", "instance")
FILE_SYSTEM_LABELS = ("mountpoint", "instance")


def render() -> None:
    view = show_header("Infrastructure")
    with st.container(horizontal=True):
        section = st.segmented_control(
            "Show", ("Machines", "Targets", "Prometheus"), default="Machines", key="infra_view",
            required=True, bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
    bodies = {"Machines": _show_machines, "Targets": _show_targets, "Prometheus": _show_prometheus}
    auto_refresh(lambda: bodies[section or "Machines"](view), view.refresh_seconds)


def _show_machines(view: ViewState) -> None:
    targets.show_machines()

    def combine(title: str, first: Query, second: Query) -> Panel:
        requests = [
            (query.title, wiring.build_request(query, {}, view.span)) for query in (first, second)
        ]
        description = f"{first.description} {second.description}"
        return Panel(title, first.unit, description, requests, DEVICE_LABELS, empty=NO_NODE)

    show_panels(
        [
            panel(machine.CPU_BUSY, view, {}, empty=NO_NODE, compare=True),
            panel(machine.MEMORY_USED, view, {}, empty=NO_NODE, compare=True),
            panel(machine.DISK_USED, view, {}, series_labels=FILE_SYSTEM_LABELS, empty=NO_NODE),
            combine("Disk traffic", machine.DISK_READ, machine.DISK_WRITTEN),
            combine("Network", machine.NETWORK_RECEIVED, machine.NETWORK_SENT),
            panel(machine.LOAD, view, {}, empty=NO_NODE),
            panel(processes.MEMORY, view, {}),
            panel(processes.CPU, view, {}),
        ],
        view,
    )


def _show_targets(view: ViewState) -> None:
    targets.show()
    show_panels([panel(scrape_targets.SCRAPE_DURATION, view, {})], view, columns=1)


def _show_prometheus(view: ViewState) -> None:
    targets.show_prometheus()
    show_panels([panel(query, view, {}) for query in PROMETHEUS], view)


render()
