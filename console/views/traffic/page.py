"""Traffic: requests, errors and latency, compared with the previous period."""

from console import charts, wiring
from console.adapters.query_cache import Question
from console.components import mapped_charts
from console.components.chart_panels import Panel, panel, show_panels
from console.components.controls import Look, head_of_model, keep_fresh
from console.models.discovery import Model
from console.views.traffic import objectives_panel
from promql import one_model


def render() -> None:
    look, model = head_of_model("Traffic")
    if model is None:
        return
    if model.served is not None:
        keep_fresh(lambda: mapped_charts.traffic(model, look), look.refresh)
        return
    keep_fresh(lambda: _show_charts(model, look), look.refresh)
    objectives_panel.show(model, look.refresh)


def _show_charts(model: Model, look: Look) -> None:
    span, labels = look.span, model.labels

    def build_question(query: one_model.Query) -> Question:
        return wiring.question(query, labels, span)

    quantiles = Panel(
        "Latency", "seconds",
        "Median, 95th and 99th percentile, without requests to /evaluations.",
        [
            ("p50", build_question(one_model.LATENCY_P50)),
            ("p95", build_question(one_model.LATENCY_P95)),
            ("p99", build_question(one_model.LATENCY_P99)),
        ],
    )  # fmt: skip
    query = one_model.LATENCY_BUCKETS
    buckets = Panel(
        query.title, query.unit, query.description,
        [("", build_question(one_model.LATENCY_BUCKETS))],
        draw=lambda series, _previous: charts.heatmap(series, zone=look.zone, span=span),
    )  # fmt: skip
    panels = [
        panel(one_model.REQUEST_RATE, look, labels, compare=True),
        panel(one_model.ERROR_RATIO, look, labels, compare=True),
        panel(one_model.LATENCY_P95, look, labels, compare=True),
        quantiles,
        panel(one_model.REQUESTS_BY_ENDPOINT, look, labels),
        buckets,
    ]
    show_panels(panels, look)


render()
