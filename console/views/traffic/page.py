"""Traffic: requests, errors and latency, compared with the previous period."""

from console import charts, wiring
from console.adapters.query_cache import QueryRequest
from console.components import mapped_charts
from console.components.chart_panels import Panel, panel, show_panels
from console.components.page_header import show_model_header
from console.components.refresh import auto_refresh
from console.components.view_state import ViewState
from console.models.discovery import Model
from console.views.traffic import objectives_panel
from promql import latency, traffic
from promql.query import Query


def render() -> None:
    view, model = show_model_header("Traffic")
    if model is None:
        return
    if model.external is not None:
        auto_refresh(lambda: mapped_charts.show_traffic(model, view), view.refresh_seconds)
        return
    auto_refresh(lambda: _show_charts(model, view), view.refresh_seconds)
    objectives_panel.show(model, view.refresh_seconds)


def _show_charts(model: Model, view: ViewState) -> None:
    span, labels = view.span, model.labels

    def build_question(query: Query) -> QueryRequest:
        return wiring.build_request(query, labels, span)

    quantiles = Panel(
        "Latency", "seconds",
        "Median, 95th and 99th percentile, without requests to /evaluations.",
        [
            ("p50", build_question(latency.LATENCY_P50)),
            ("p95", build_question(latency.LATENCY_P95)),
            ("p99", build_question(latency.LATENCY_P99)),
        ],
    )  # fmt: skip
    query = latency.LATENCY_BUCKETS
    buckets = Panel(
        query.title, query.unit, query.description,
        [("", build_question(latency.LATENCY_BUCKETS))],
        draw=lambda series, _previous: charts.heatmap(series, zone=view.zone, span=span),
    )  # fmt: skip
    panels = [
        panel(traffic.REQUEST_RATE, view, labels, compare=True),
        panel(traffic.ERROR_RATIO, view, labels, compare=True),
        panel(latency.LATENCY_P95, view, labels, compare=True),
        quantiles,
        panel(traffic.REQUEST_RATE.by("endpoint", "status_code"), view, labels),
        buckets,
    ]
    show_panels(panels, view)


render()
