"""Shows the service level objectives of a model: targets, burn rates and error budgets."""

import streamlit as st

from console import wiring
from console.adapters.query_cache import QueryRequest, QueryResult
from console.components.refresh import auto_refresh
from console.components.source_state import show_query_errors
from console.formatting import display
from console.models.discovery import Model
from console.series import single_value
from console.views.traffic import objectives
from promql import latency, traffic
from promql.query import Query

AVAILABILITY = ("99", "99.5", "99.9", "99.95")
FAST = ("90", "95", "99", "99.9")
BOUNDS = ("0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5")
PERIODS = ("1d", "7d", "30d")


def show(model: Model, refresh: int | None) -> None:
    """Show the choice of targets, and both objectives with these targets."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.markdown("**Service level objectives**", width="stretch")
            good = _choose("Availability, %", AVAILABILITY, "99.9", "slo")
            fast = _choose("Fast requests, %", FAST, "99", "fast")
            bound = _choose("Latency limit", BOUNDS, "0.25", "within")
            period = _choose("Budget period", PERIODS, "30d", "budget")
        auto_refresh(
            lambda: _show_objectives(model, float(good), float(fast), bound, period), refresh
        )


def _choose(label: str, options: tuple[str, ...], default: str, key: str) -> str:
    def write_option(text: str) -> str:
        if key == "budget":
            return display.interval(text)
        return display.duration(float(text)) if key == "within" else display.number(float(text), 6)

    return st.selectbox(
        label, options, options.index(default), key=key, width=130, bind="query-params",
        format_func=write_option,
    )  # fmt: skip


def _show_objectives(
    model: Model, good_percent: float, fast_percent: float, bound: str, period: str
) -> None:  # fmt: skip
    windows = (*objectives.WINDOWS, period)

    def build_questions(query: Query) -> dict[str, QueryRequest]:
        return {
            window: wiring.build_request(query, model.labels, window=window, le=bound)
            for window in windows
        }

    bad, slow, counts = (
        build_questions(query)
        for query in (traffic.ERROR_RATIO, latency.SLOW_RATIO, traffic.REQUEST_COUNT)
    )
    futures = wiring.submit([*bad.values(), *slow.values(), *counts.values()])
    results = {request: future.result() for request, future in futures.items()}
    show_query_errors(*results.values())
    within = display.duration(float(bound))
    _show_objective(
        f"{display.number(good_percent, 6)} % of requests without a server error",
        bad,
        counts,
        results,
        good_percent / 100,
    )
    _show_objective(
        f"{display.number(fast_percent, 6)} % of requests within {within}",
        slow,
        counts,
        results,
        fast_percent / 100,
    )


def _show_objective(
    title: str,
    bad: dict[str, QueryRequest],
    counts: dict[str, QueryRequest],
    results: dict[QueryRequest, QueryResult],
    target: float,
) -> None:
    *windows, period = bad
    ratio = single_value(results[bad[period]].series)
    remaining = objectives.compute_budget_left(ratio, target)
    st.markdown(title)
    cells = st.columns([2, *[1] * len(windows)])
    count = display.number(single_value(results[counts[period]].series))
    spent = (
        f"{display.number(1 - remaining, 2)}× spent"
        if remaining < 0
        else f"{display.percent(remaining)} left"
    )
    cells[0].metric(
        f"Error budget of {display.interval(period)}",
        spent if remaining == remaining else display.NONE,
        help=f"{display.percent(ratio)} of {count} requests failed in "
        f"{display.interval(period)}; {display.number(100 * (1 - target))} % may fail. "
        "A shorter history counts as it is.",
    )  # fmt: skip
    for cell, window in zip(cells[1:], windows, strict=True):
        requests = single_value(results[counts[window]].series)
        share = single_value(results[bad[window]].series)
        burn = objectives.compute_burn(window, share, requests, target)
        rate = display.number(burn.rate, 2) + ("×" if burn.rate == burn.rate else "")
        cell.metric(
            f"Burn rate, {display.interval(window)}", rate,
            "too fast" if burn.too_fast else None, delta_color="inverse", delta_arrow="off",
            help="1× spends the budget exactly in its period. Above "
            f"{display.number(objectives.LIMITS[window])}× is too fast. {display.percent(share)} "
            f"of {display.number(requests)} requests failed.",
        )  # fmt: skip
