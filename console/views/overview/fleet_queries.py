"""Collects the facts of all models, with the same few queries for any number of models."""

import math
from collections.abc import Callable, Mapping

from console import wiring
from console.adapters.query_cache import QueryResult
from console.components.view_state import ViewState
from console.models.discovery import Model
from console.series import span_until
from console.views.overview import fleet_mapped, fleet_thresholds
from console.views.overview.fleet_rows import Facts, compute_error_ratio, index_by_label
from console.wiring import evaluations
from promql import alert_series, by_model, scrape_targets
from promql.query import Query

NOW = (
    scrape_targets.UP, by_model.REQUEST_RATE, by_model.ERROR_RATE, by_model.LATENCY_P95,
    by_model.RMSE, by_model.ROC_AUC, by_model.ACCURACY, by_model.DRIFT_DETECTED,
    by_model.DRIFT_SHARE, by_model.EVALUATED_AT, by_model.EVALUATED_ROWS, by_model.SYNTHETIC,
    alert_series.FIRING,
)  # fmt: skip
SPARK_POINTS = 48


def collect_facts(models: list[Model], view: ViewState) -> tuple[list[Facts], list[QueryResult]]:
    """Return the facts of all models, and the answers that they come from."""
    reporting, mapped = split_by_source(models)
    sparks = span_until(view.span.end, view.span.seconds, SPARK_POINTS)
    requests = {query: wiring.build_request(query, {}) for query in NOW}
    trend = wiring.build_request(by_model.REQUEST_RATE, {}, sparks)
    futures = wiring.submit([*requests.values(), trend])
    results = {query: futures[request].result() for query, request in requests.items()}
    trends = futures[trend].result()

    def count_alerts(model: Model) -> int | None:
        return _count_alerts(model, models, results[alert_series.FIRING])

    mapped_facts, mapped_results = fleet_mapped.collect_facts(
        mapped, view, count_alerts, evaluations.latest(mapped)
    )
    facts = _build_facts(reporting, results, trends, count_alerts)
    return [*facts, *mapped_facts], [*results.values(), trends, *mapped_results]


def _build_facts(
    models: list[Model],
    results: Mapping[Query, QueryResult],
    trends: QueryResult,
    count_alerts: Callable[[Model], int | None],
) -> list[Facts]:
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
    thresholds = fleet_thresholds.collect(models)
    facts = []
    for model in models:
        numbers = {query: by_name.get(model.name, math.nan) for query, by_name in values.items()}
        instances = model.instances or (model.instance,)
        requests = numbers[by_model.REQUEST_RATE]
        facts.append(
            Facts(
                model.name,
                " · ".join(part for part in (model.version[:8], model.task, model.job) if part),
                any(up_by_target.get((model.job, instance)) for instance in instances),
                requests=requests,
                errors=compute_error_ratio(numbers[by_model.ERROR_RATE], requests),
                p95=numbers[by_model.LATENCY_P95],
                rmse=numbers[by_model.RMSE],
                roc_auc=numbers[by_model.ROC_AUC],
                accuracy=numbers[by_model.ACCURACY],
                thresholds=thresholds.get(model.name) or {},
                drift=numbers[by_model.DRIFT_DETECTED],
                drift_share=numbers[by_model.DRIFT_SHARE],
                evaluated_at=numbers[by_model.EVALUATED_AT],
                rows=numbers[by_model.EVALUATED_ROWS],
                synthetic=numbers[by_model.SYNTHETIC] == 1,
                alerts=count_alerts(model),
                trend=lines.get(model.name),
            )
        )
    return facts


def split_by_source(models: list[Model]) -> tuple[list[Model], list[Model]]:
    """Return the models that services report, and those of models.toml."""
    return (
        [model for model in models if model.external is None],
        [model for model in models if model.external is not None],
    )


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
