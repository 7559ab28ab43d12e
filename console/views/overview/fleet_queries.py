"""Collects the facts of all models, with the same few queries for any number of models."""

import math
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

import streamlit as st

from console import wiring
from console.adapters.model_service import ModelService
from console.adapters.query_cache import QueryResult
from console.components.view_state import ViewState
from console.errors import ConsoleError, ModelServiceUnknown
from console.models.discovery import Model
from console.series import span_until
from console.views.overview import changes, fleet_mapped
from console.views.overview.changes import Vitals
from console.views.overview.fleet_rows import Facts, index_by_label
from console.wiring import evaluations
from promql import alert_series, by_model, scrape_targets, versions
from promql.query import Query

NOW = (
    scrape_targets.UP, by_model.REQUEST_RATE, by_model.ERROR_RATE, by_model.LATENCY_P95,
    by_model.RMSE, by_model.ROC_AUC, by_model.DRIFT_DETECTED, by_model.DRIFT_SHARE,
    by_model.EVALUATED_AT, by_model.EVALUATED_ROWS, by_model.SYNTHETIC, alert_series.FIRING,
)  # fmt: skip
PERIODS = (
    by_model.REQUEST_RATE, by_model.ERROR_RATE, by_model.LATENCY_P95, by_model.RMSE,
    by_model.ROC_AUC, by_model.DRIFT_DETECTED, versions.VERSIONS,
)  # fmt: skip
SPARK_POINTS = 48
PATIENCE_SECONDS = 0.3
Thresholds = Mapping[str, float | None]


def collect_facts(models: list[Model], view: ViewState) -> tuple[list[Facts], list[QueryResult]]:
    """Return the facts of all models, and the answers that they come from."""
    all_models, models, mapped_models = models, *split_by_source(models)
    sparks = span_until(view.span.end, view.span.seconds, SPARK_POINTS)
    requests = {query: wiring.build_request(query, {}) for query in NOW}
    trend = wiring.build_request(by_model.REQUEST_RATE, {}, sparks)
    futures = wiring.submit([*requests.values(), trend])
    results = {query: futures[request].result() for query, request in requests.items()}
    trends = futures[trend].result()
    values = {
        query: index_by_label(result.series, "model")
        for query, result in results.items()
        if query is not scrape_targets.UP
    }
    up_by_target = {
        (series.labels.get("job"), series.labels.get("instance")): series.last
        for series in results[scrape_targets.UP].series
    }
    lines = {series.labels.get("model", ""): series for series in trends.series}
    thresholds = _collect_thresholds(models)
    collected = []
    for model in models:
        numbers = {query: by_name.get(model.name, math.nan) for query, by_name in values.items()}
        targets_up = [
            up_by_target.get((model.job, instance))
            for instance in model.instances or (model.instance,)
        ]
        collected.append(
            Facts(
                model.name,
                " · ".join(part for part in (model.version[:8], model.task, model.job) if part),
                any(targets_up),
                requests=numbers[by_model.REQUEST_RATE],
                errors=_divide(numbers[by_model.ERROR_RATE], numbers[by_model.REQUEST_RATE]),
                p95=numbers[by_model.LATENCY_P95],
                rmse=numbers[by_model.RMSE],
                roc_auc=numbers[by_model.ROC_AUC],
                thresholds=thresholds.get(model.name) or {},
                drift=numbers[by_model.DRIFT_DETECTED],
                drift_share=numbers[by_model.DRIFT_SHARE],
                evaluated_at=numbers[by_model.EVALUATED_AT],
                rows=numbers[by_model.EVALUATED_ROWS],
                synthetic=numbers[by_model.SYNTHETIC] == 1,
                alerts=_count_alerts(model, all_models, results[alert_series.FIRING]),
                trend=lines.get(model.name),
            )
        )
    alerts = results[alert_series.FIRING]
    mapped, mapped_results = fleet_mapped.collect_facts(
        mapped_models, view, lambda model: _count_alerts(model, all_models, alerts),
        evaluations.latest(mapped_models),
    )  # fmt: skip
    return [*collected, *mapped], [*results.values(), trends, *mapped_results]


def split_by_source(models: list[Model]) -> tuple[list[Model], list[Model]]:
    """Return the models that services report, and those of models.toml."""
    return (
        [model for model in models if model.external is None],
        [model for model in models if model.external is not None],
    )


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
            _divide(numbers[by_model.ERROR_RATE], requests),
            numbers[by_model.LATENCY_P95],
            numbers[by_model.RMSE],
            numbers[by_model.DRIFT_DETECTED],
            version,
            numbers[by_model.ROC_AUC],
        )
    return vitals


def _divide(errors: float, requests: float) -> float:
    """Return the error ratio. Without a series of errors it is 0 if there are requests."""
    if not requests > 0:
        return math.nan
    return 0.0 if math.isnan(errors) else errors / requests


def _count_alerts(model: Model, models: list[Model], result: QueryResult) -> int | None:
    """Return how many alerts fire for a model: with its label, or for its whole job."""
    if not result.available:
        return None
    names = {item.name for item in models}
    count = 0.0
    for series in result.series:
        model_label = series.labels.get("model", "")
        if model_label == model.name or (
            model_label not in names and series.labels.get("job") == model.job
        ):
            count += series.last
    return round(count)


@st.cache_resource
def _get_pool() -> tuple[ThreadPoolExecutor, dict[str, "Future[Thresholds | None]"]]:
    return ThreadPoolExecutor(8, thread_name_prefix="thresholds"), {}


def _collect_thresholds(models: list[Model]) -> dict[str, Thresholds]:
    """Return the thresholds of the services that have answered; do not wait for the others."""
    pool, futures = _get_pool()
    for model in models:
        future = futures.get(model.name)
        if future is None or (future.done() and future.result() is None):
            try:
                futures[model.name] = pool.submit(_read_thresholds, wiring.service(model))
            except ModelServiceUnknown:
                continue
    pending = [futures[model.name] for model in models if model.name in futures]
    wait(pending, PATIENCE_SECONDS)
    results = {name: future.result() for name, future in futures.items() if future.done()}
    return {name: value for name, value in results.items() if value is not None}


def _read_thresholds(service: ModelService) -> Thresholds | None:
    """Return the thresholds of a service, or None if it does not answer, for a retry."""
    try:
        thresholds: Thresholds = service.describe().get("thresholds") or {}
    except ConsoleError:
        return None
    return thresholds
