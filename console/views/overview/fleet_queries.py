"""Asks for all models at once: the same few queries for one model and for a thousand."""

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
from console.views.overview.changes import Vital
from console.views.overview.fleet_rows import Facts, by_label
from console.wiring import evaluations
from promql import one_model
from promql.one_model import Query

NOW = (
    one_model.FLEET_UP, one_model.FLEET_REQUESTS, one_model.FLEET_ERRORS, one_model.FLEET_P95,
    one_model.FLEET_RMSE, one_model.FLEET_ROC_AUC, one_model.FLEET_DRIFT_DETECTED,
    one_model.FLEET_DRIFT_SHARE, one_model.FLEET_EVALUATED_AT, one_model.FLEET_ROWS,
    one_model.FLEET_SYNTHETIC, one_model.FLEET_ALERTS,
)  # fmt: skip
PERIODS = (
    one_model.FLEET_REQUESTS, one_model.FLEET_ERRORS, one_model.FLEET_P95, one_model.FLEET_RMSE,
    one_model.FLEET_ROC_AUC, one_model.FLEET_DRIFT_DETECTED, one_model.MODELS,
)  # fmt: skip
SPARK_POINTS = 48
PATIENCE_SECONDS = 0.3
Thresholds = Mapping[str, float | None]


def facts(models: list[Model], view: ViewState) -> tuple[list[Facts], list[QueryResult]]:
    """What is known of every model now, and the answers that it stands on."""
    everyone, models, others = models, *split(models)
    sparks = span_until(view.span.end, view.span.seconds, SPARK_POINTS)
    asked = {query: wiring.build_request(query, {}) for query in NOW}
    trend = wiring.build_request(one_model.FLEET_REQUESTS, {}, sparks)
    futures = wiring.submit([*asked.values(), trend])
    results = {query: futures[request].result() for query, request in asked.items()}
    trends = futures[trend].result()
    value = {
        query: by_label(result.series, "model")
        for query, result in results.items()
        if query is not one_model.FLEET_UP
    }
    up = {
        (series.labels.get("job"), series.labels.get("instance")): series.last
        for series in results[one_model.FLEET_UP].series
    }
    lines = {series.labels.get("model", ""): series for series in trends.series}
    known = _thresholds(models)
    listed = []
    for model in models:
        of = {query: found.get(model.name, math.nan) for query, found in value.items()}
        ups = [up.get((model.job, instance)) for instance in model.instances or (model.instance,)]
        listed.append(
            Facts(
                model.name,
                " · ".join(part for part in (model.version[:8], model.task, model.job) if part),
                any(ups),
                requests=of[one_model.FLEET_REQUESTS],
                errors=_ratio(of[one_model.FLEET_ERRORS], of[one_model.FLEET_REQUESTS]),
                p95=of[one_model.FLEET_P95],
                rmse=of[one_model.FLEET_RMSE],
                roc_auc=of[one_model.FLEET_ROC_AUC],
                thresholds=known.get(model.name) or {},
                drift=of[one_model.FLEET_DRIFT_DETECTED],
                drift_share=of[one_model.FLEET_DRIFT_SHARE],
                evaluated_at=of[one_model.FLEET_EVALUATED_AT],
                rows=of[one_model.FLEET_ROWS],
                synthetic=of[one_model.FLEET_SYNTHETIC] == 1,
                alerts=_alerts(model, everyone, results[one_model.FLEET_ALERTS]),
                trend=lines.get(model.name),
            )
        )
    more, asked_more = fleet_mapped.facts(
        others, view, lambda model: _alerts(model, everyone, results[one_model.FLEET_ALERTS]),
        evaluations.latest(others),
    )  # fmt: skip
    return [*listed, *more], [*results.values(), trends, *asked_more]


def split(models: list[Model]) -> tuple[list[Model], list[Model]]:
    """Those whose services say what they serve, and those of models.toml."""
    return (
        [model for model in models if model.external is None],
        [model for model in models if model.external is not None],
    )


def changed(
    view: ViewState, since: float | None = None
) -> tuple[list[changes.Change], list[QueryResult]]:  # fmt: skip
    """This period against the one before, or the one before a moment, for all models."""
    others = split(wiring.models()[0])[1]
    span = view.span
    moments = (span.end, span.start if since is None else since)
    window = f"{round(span.seconds)}s"
    asked = {
        (query, at): wiring.build_request(query, {}, window=window, at=at)
        for query in PERIODS
        for at in moments
    }
    asked_more = fleet_mapped.build_requests(others, moments, window)
    futures = wiring.submit([*asked.values(), *asked_more.values()])
    results = {key: futures[request].result() for key, request in asked.items()}
    more = {key: futures[request].result() for key, request in asked_more.items()}
    now, before = (
        _vitals({query: results[query, at] for query in PERIODS})
        | fleet_mapped.vitals(others, more, at)
        for at in moments
    )
    return changes.found(now, before, span.seconds), [*results.values(), *more.values()]


def _vitals(results: Mapping[Query, QueryResult]) -> dict[str, Vital]:
    value = {query: by_label(result.series, "model") for query, result in results.items()}
    versions = {
        series.labels.get("model", ""): series.labels.get("version", "")
        for series in results[one_model.MODELS].series
    }
    vitals = {}
    for model, version in versions.items():
        of = {query: found.get(model, math.nan) for query, found in value.items()}
        requests = of[one_model.FLEET_REQUESTS]
        vitals[model] = Vital(
            requests,
            _ratio(of[one_model.FLEET_ERRORS], requests),
            of[one_model.FLEET_P95],
            of[one_model.FLEET_RMSE],
            of[one_model.FLEET_DRIFT_DETECTED],
            version,
            of[one_model.FLEET_ROC_AUC],
        )
    return vitals


def _ratio(errors: float, requests: float) -> float:
    """No series of errors is no error, as long as there are requests."""
    if not requests > 0:
        return math.nan
    return 0.0 if math.isnan(errors) else errors / requests


def _alerts(model: Model, models: list[Model], result: QueryResult) -> int | None:
    """An alert names its model, or else the job: then it is about all models of the job."""
    if not result.available:
        return None
    names = {item.name for item in models}
    mine = 0.0
    for series in result.series:
        named = series.labels.get("model", "")
        if named == model.name or (named not in names and series.labels.get("job") == model.job):
            mine += series.last
    return round(mine)


@st.cache_resource
def _pool() -> tuple[ThreadPoolExecutor, dict[str, "Future[Thresholds | None]"]]:
    return ThreadPoolExecutor(8, thread_name_prefix="thresholds"), {}


def _thresholds(models: list[Model]) -> dict[str, Thresholds]:
    """The thresholds by score that the services have told so far: a page hardly waits for them."""
    pool, known = _pool()
    for model in models:
        future = known.get(model.name)
        if future is None or (future.done() and future.result() is None):
            try:
                known[model.name] = pool.submit(_threshold, wiring.service(model))
            except ModelServiceUnknown:
                continue
    asked = [known[model.name] for model in models if model.name in known]
    wait(asked, PATIENCE_SECONDS)
    told = {name: future.result() for name, future in known.items() if future.done()}
    return {name: value for name, value in told.items() if value is not None}


def _threshold(service: ModelService) -> Thresholds | None:
    """What the service tells; None where it can't be asked, so that it is asked again."""
    try:
        told: Thresholds = service.about().get("thresholds") or {}
    except ConsoleError:
        return None
    return told
