"""Collects the changes of all models between two periods."""

import math
from collections.abc import Mapping

from console import wiring
from console.adapters.query_cache import QueryResult
from console.components.view_state import ViewState
from console.views.overview import changes, fleet_mapped
from console.views.overview.changes import Vitals
from console.views.overview.fleet_queries import split_by_source
from console.views.overview.fleet_rows import compute_error_ratio, index_by_label
from promql import by_model, versions
from promql.query import Query

PERIODS = (
    by_model.REQUEST_RATE, by_model.ERROR_RATE, by_model.LATENCY_P95, by_model.RMSE,
    by_model.ROC_AUC, by_model.DRIFT_DETECTED, versions.VERSIONS,
)  # fmt: skip


def collect_changes(
    view: ViewState, since: float | None = None
) -> tuple[list[changes.Change], list[QueryResult]]:  # fmt: skip
    """Return the changes since the previous period, or since the one before `since` (epoch)."""
    mapped_models = split_by_source(wiring.models()[0])[1]
    span = view.span
    moments = (span.end, span.start if since is None else since)
    window = f"{round(span.seconds)}s"
    requests = {
        (query, at): wiring.build_request(query, {}, window=window, at=at)
        for query in PERIODS
        for at in moments
    }
    mapped_requests = fleet_mapped.build_requests(mapped_models, moments, window)
    futures = wiring.submit([*requests.values(), *mapped_requests.values()])
    results = {key: futures[request].result() for key, request in requests.items()}
    mapped_results = {key: futures[request].result() for key, request in mapped_requests.items()}
    current, previous = (
        _collect_vitals({query: results[query, at] for query in PERIODS})
        | fleet_mapped.collect_vitals(mapped_models, mapped_results, at)
        for at in moments
    )
    return changes.find_changes(current, previous, span.seconds), [
        *results.values(),
        *mapped_results.values(),
    ]


def _collect_vitals(results: Mapping[Query, QueryResult]) -> dict[str, Vitals]:
    values = {query: index_by_label(result.series, "model") for query, result in results.items()}
    served = {
        series.labels.get("model", ""): series.labels.get("version", "")
        for series in results[versions.VERSIONS].series
    }
    vitals = {}
    for model, version in served.items():
        numbers = {query: by_name.get(model, math.nan) for query, by_name in values.items()}
        requests = numbers[by_model.REQUEST_RATE]
        vitals[model] = Vitals(
            requests,
            compute_error_ratio(numbers[by_model.ERROR_RATE], requests),
            numbers[by_model.LATENCY_P95],
            numbers[by_model.RMSE],
            numbers[by_model.DRIFT_DETECTED],
            version,
            numbers[by_model.ROC_AUC],
        )
    return vitals
