"""Asks for all models at once: the same few queries for one model and for a thousand."""

import math
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

import streamlit as st

from console import series as frames
from console import wiring
from console.adapters.model_service import ModelService
from console.adapters.query_cache import Answer
from console.components.controls import Look
from console.errors import ConsoleError, NoModelService
from console.models.discovery import Model
from console.views.overview import changes, fleet_mapped
from console.views.overview.changes import Vital
from console.views.overview.fleet_rows import Facts, by_label
from console.wiring import evaluations as own
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


def facts(models: list[Model], look: Look) -> tuple[list[Facts], list[Answer]]:
    """What is known of every model now, and the answers that it stands on."""
    everyone, models, others = models, *split(models)
    sparks = frames.span(look.span.end, look.span.seconds, SPARK_POINTS)
    asked = {query: wiring.question(query, {}) for query in NOW}
    trend = wiring.question(one_model.FLEET_REQUESTS, {}, sparks)
    futures = wiring.ask([*asked.values(), trend])
    answers = {query: futures[question].result() for query, question in asked.items()}
    trends = futures[trend].result()
    value = {
        query: by_label(answer.series, "model")
        for query, answer in answers.items()
        if query is not one_model.FLEET_UP
    }
    up = {
        (series.labels.get("job"), series.labels.get("instance")): series.last
        for series in answers[one_model.FLEET_UP].series
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
                alerts=_alerts(model, everyone, answers[one_model.FLEET_ALERTS]),
                trend=lines.get(model.name),
            )
        )
    more, asked_more = fleet_mapped.facts(
        others, look, lambda model: _alerts(model, everyone, answers[one_model.FLEET_ALERTS]),
        own.latest(others),
    )  # fmt: skip
    return [*listed, *more], [*answers.values(), trends, *asked_more]


def split(models: list[Model]) -> tuple[list[Model], list[Model]]:
    """Those whose services say what they serve, and those of models.toml."""
    return (
        [model for model in models if model.served is None],
        [model for model in models if model.served is not None],
    )


def changed(
    look: Look, since: float | None = None
) -> tuple[list[changes.Change], list[Answer]]:  # fmt: skip
    """This period against the one before, or the one before a moment, for all models."""
    others = split(wiring.models()[0])[1]
    span = look.span
    moments = (span.end, span.start if since is None else since)
    window = f"{round(span.seconds)}s"
    asked = {
        (query, at): wiring.question(query, {}, window=window, at=at)
        for query in PERIODS
        for at in moments
    }
    asked_more = fleet_mapped.questions(others, moments, window)
    futures = wiring.ask([*asked.values(), *asked_more.values()])
    answers = {key: futures[question].result() for key, question in asked.items()}
    more = {key: futures[question].result() for key, question in asked_more.items()}
    now, before = (
        _vitals({query: answers[query, at] for query in PERIODS})
        | fleet_mapped.vitals(others, more, at)
        for at in moments
    )
    return changes.found(now, before, span.seconds), [*answers.values(), *more.values()]


def _vitals(answers: Mapping[Query, Answer]) -> dict[str, Vital]:
    value = {query: by_label(answer.series, "model") for query, answer in answers.items()}
    versions = {
        series.labels.get("model", ""): series.labels.get("version", "")
        for series in answers[one_model.MODELS].series
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


def _alerts(model: Model, models: list[Model], answer: Answer) -> int | None:
    """An alert names its model, or else the job: then it is about all models of the job."""
    if not answer.known:
        return None
    names = {item.name for item in models}
    mine = 0.0
    for series in answer.series:
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
            except NoModelService:
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
