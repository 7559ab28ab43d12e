"""Collects the facts of mapped models, each by its own queries, all in one go."""

import math
from collections.abc import Callable, Mapping, Sequence

from console import wiring
from console.adapters.query_cache import QueryRequest, QueryResult
from console.components.view_state import ViewState
from console.evaluations.latest import LatestEvaluation
from console.models.discovery import Model
from console.models.external import ExternalModel
from console.series import single_value, span_until
from console.views.overview.changes import Vitals
from console.views.overview.fleet_rows import Facts
from promql.scrape_targets import UP

SPARK_POINTS = 48
# the labels of `up`; other matchers are labels of the service's own metrics
TARGET_LABELS = ("job", "instance")


def collect_facts(
    models: Sequence[Model],
    view: ViewState,
    alerts: Callable[[Model], int | None],
    evaluated: Mapping[str, LatestEvaluation],
) -> tuple[list[Facts], list[QueryResult]]:
    """Return the facts of the models, and the answers that they come from.

    `alerts` counts the firing alerts of a model; `evaluated` has the last results of the console's
    own evaluations.
    """
    sparks = span_until(view.span.end, view.span.seconds, SPARK_POINTS)
    requests: dict[tuple[str, str], QueryRequest] = {}
    for model in models:
        source = wiring.source_name_of(get_served(model))
        target_labels = {k: v for k, v in model.labels.items() if k in TARGET_LABELS}
        if target_labels:
            requests[model.name, "up"] = wiring.build_request(UP, target_labels, source_name=source)
        for query in get_served(model).queries:
            request = wiring.build_request(query.as_query(), model.labels, source_name=source)
            requests.setdefault((model.name, query.role), request)
            if query.role == "requests":
                trend = wiring.build_request(
                    query.as_query(), model.labels, sparks, source_name=source
                )
                requests.setdefault((model.name, "trend"), trend)
    futures = wiring.submit(requests.values())
    results = {key: futures[request].result() for key, request in requests.items()}
    return [
        _build_facts(
            model,
            {role: result for (name, role), result in results.items() if name == model.name},
            alerts(model),
            evaluated.get(model.name),
        )
        for model in models
    ], list(results.values())


def _build_facts(
    model: Model, results: Mapping[str, QueryResult], alerts: int | None,
    evaluated: LatestEvaluation | None,
) -> Facts:  # fmt: skip
    def value(role: str) -> float:
        return single_value(results[role].series) if role in results else math.nan

    gauges = {
        role: (query.title, value(role))
        for role in ("quality", "drift")
        for query in get_served(model).queries_for(role)[:1]
    }
    latency = next(iter(get_served(model).queries_for("latency")), None)
    trend = results["trend"].series if "trend" in results else []
    # a model without a job is up while its requests are known
    up = math.isfinite(value("requests"))
    if "up" in results:
        up = any(item.last == 1 for item in results["up"].series)
    drifts = evaluated is not None and evaluated.verdict == "drift"
    return Facts(
        model.name,
        " · ".join(part for part in ("mapped", model.task, model.job) if part),
        up,
        requests=value("requests"),
        errors=value("errors"),
        p95=value("latency"),
        drift=1.0 if drifts else math.nan,
        evaluated_at=math.nan if evaluated is None else evaluated.at,
        alerts=alerts,
        trend=next(iter(trend), None),
        mapped=True,
        latency_is="" if latency is None or "95" in latency.title else latency.title,
        gauges=gauges,
        evaluated=evaluated,
    )


def build_requests(
    models: Sequence[Model], moments: Sequence[float], window: str
) -> dict[tuple[str, str, float], QueryRequest]:
    """Return the questions for the numbers of a period, by model, role and its end."""
    return {
        (model.name, query.role, at): wiring.build_request(
            query.as_query(), model.labels, window=window, at=at,
            source_name=wiring.source_name_of(get_served(model)),
        )
        for model in models
        for role in ("requests", "errors", "latency")
        for query in get_served(model).queries_for(role)[:1]
        for at in moments
    }  # fmt: skip


def collect_vitals(
    models: Sequence[Model], results: Mapping[tuple[str, str, float], QueryResult], at: float
) -> dict[str, Vitals]:
    """Return the numbers of the period that ends at `at`, for the models that had requests."""

    def value(name: str, role: str) -> float:
        result = results.get((name, role, at))
        return math.nan if result is None else single_value(result.series)

    by_model = {
        model.name: Vitals(
            value(model.name, "requests"), value(model.name, "errors"), value(model.name, "latency")
        )
        for model in models
    }  # fmt: skip
    return {name: vital for name, vital in by_model.items() if math.isfinite(vital.requests)}


def get_served(model: Model) -> ExternalModel:
    """Return the entry of models.toml. Raises TypeError for a model without one."""
    if model.external is None:
        raise TypeError(f"{model.name} is not a model of models.toml")
    return model.external
