"""The service level objectives of a model: targets to choose, burn rates, budget left."""

import streamlit as st

from console import series, wiring
from console.adapters.query_cache import Answer, Question
from console.components.controls import keep_fresh, show_answers
from console.formatting import display
from console.models.discovery import Model
from console.views.traffic import objectives
from promql import one_model
from promql.one_model import Query

AVAILABILITY = ("99", "99.5", "99.9", "99.95")
FAST = ("90", "95", "99", "99.9")
BOUNDS = ("0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5")
PERIODS = ("1d", "7d", "30d")


def show(model: Model, refresh: int | None) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.markdown("**Service level objectives**", width="stretch")
            good = _choice("Availability, %", AVAILABILITY, "99.9", "slo")
            fast = _choice("Fast requests, %", FAST, "99", "fast")
            bound = _choice("Latency limit", BOUNDS, "0.25", "within")
            period = _choice("Budget period", PERIODS, "30d", "budget")
        keep_fresh(lambda: _objectives(model, float(good), float(fast), bound, period), refresh)


def _choice(label: str, options: tuple[str, ...], default: str, key: str) -> str:
    def shown(text: str) -> str:
        if key == "budget":
            return display.interval(text)
        return display.duration(float(text)) if key == "within" else display.number(float(text), 6)

    return st.selectbox(
        label, options, options.index(default), key=key, width=130, bind="query-params",
        format_func=shown,
    )  # fmt: skip


def _objectives(
    model: Model, good: float, fast: float, bound: str, period: str
) -> None:  # fmt: skip
    windows = (*objectives.WINDOWS, period)

    def asked(query: Query) -> dict[str, Question]:
        return {
            window: wiring.question(query, model.labels, window=window, le=bound)
            for window in windows
        }

    bad, slow, counts = (
        asked(query)
        for query in (one_model.ERROR_RATIO, one_model.SLOW_RATIO, one_model.REQUEST_COUNT)
    )
    futures = wiring.ask([*bad.values(), *slow.values(), *counts.values()])
    answers = {question: future.result() for question, future in futures.items()}
    show_answers(*answers.values())
    within = display.duration(float(bound))
    _objective(
        f"{display.number(good, 6)} % of requests without a server error",
        bad,
        counts,
        answers,
        good / 100,
    )
    _objective(
        f"{display.number(fast, 6)} % of requests within {within}",
        slow,
        counts,
        answers,
        fast / 100,
    )


def _objective(
    title: str,
    bad: dict[str, Question],
    counts: dict[str, Question],
    answers: dict[Question, Answer],
    target: float,
) -> None:
    *windows, period = bad
    ratio = series.single(answers[bad[period]].series)
    left = objectives.budget_left(ratio, target)
    st.markdown(title)
    cells = st.columns([2, *[1] * len(windows)])
    count = display.number(series.single(answers[counts[period]].series))
    spent = f"{display.number(1 - left, 2)}× spent" if left < 0 else f"{display.percent(left)} left"
    cells[0].metric(
        f"Error budget of {display.interval(period)}", spent if left == left else display.NONE,
        help=f"{display.percent(ratio)} of {count} requests failed in "
        f"{display.interval(period)}; {display.number(100 * (1 - target))} % may fail. "
        "A shorter history counts as it is.",
    )  # fmt: skip
    for cell, window in zip(cells[1:], windows, strict=True):
        requests = series.single(answers[counts[window]].series)
        share = series.single(answers[bad[window]].series)
        burn = objectives.burn(window, share, requests, target)
        rate = display.number(burn.rate, 2) + ("×" if burn.rate == burn.rate else "")
        cell.metric(
            f"Burn rate, {display.interval(window)}", rate,
            "too fast" if burn.too_fast else None, delta_color="inverse", delta_arrow="off",
            help="1× spends the budget exactly in its period. Above "
            f"{display.number(objectives.LIMITS[window])}× is too fast. {display.percent(share)} "
            f"of {display.number(requests)} requests failed.",
        )  # fmt: skip
