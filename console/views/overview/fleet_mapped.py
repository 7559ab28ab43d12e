"""The rows of models that others serve: each by its own queries, all asked at once."""

import math
from collections.abc import Callable, Mapping, Sequence

from console import wiring
from console.adapters.query_cache import QueryRequest, QueryResult
from console.components.view_state import ViewState
from console.evaluations.latest import LatestEvaluation
from console.models.discovery import Model
from console.models.models_file import ExternalModel
from console.series import single_value, span_until
from console.views.overview.changes import Vital
from console.views.overview.fleet_rows import Facts
from promql.one_model import UP

SPARK_POINTS = 48
# labels that `up` has; others of the matchers are the service's own
OF_TARGETS = ("job", "instance")


def facts(
    models: Sequence[Model],
    view: ViewState,
    alerts: Callable[[Model], int | None],
    evaluated: Mapping[str, LatestEvaluation],
) -> tuple[list[Facts], list[QueryResult]]:
    """What is known of each now, and the answers that it stands on. `alerts` counts those of a
    model; `evaluated` has what the console itself evaluated last."""
    sparks = span_until(view.span.end, view.span.seconds, SPARK_POINTS)
    asked: dict[tuple[str, str], QueryRequest] = {}
    for model in models:
        source = wiring.source_name_of(served_of(model))
        of_target = {k: v for k, v in model.labels.items() if k in OF_TARGETS}
        if of_target:
            asked[model.name, "up"] = wiring.build_request(UP, of_target, source_name=source)
        for query in served_of(model).queries:
            request = wiring.build_request(query.as_query(), model.labels, source_name=source)
            asked.setdefault((model.name, query.role), request)
            if query.role == "requests":
                trend = wiring.build_request(
                    query.as_query(), model.labels, sparks, source_name=source
                )
                asked.setdefault((model.name, "trend"), trend)
    futures = wiring.submit(asked.values())
    results = {key: futures[request].result() for key, request in asked.items()}
    return [
        _facts(
            model,
            {role: result for (name, role), result in results.items() if name == model.name},
            alerts(model),
            evaluated.get(model.name),
        )
        for model in models
    ], list(results.values())


def _facts(
    model: Model, results: Mapping[str, QueryResult], alerts: int | None,
    evaluated: LatestEvaluation | None,
) -> Facts:  # fmt: skip
    def value(role: str) -> float:
        return single_value(results[role].series) if role in results else math.nan

    gauges = {
        role: (query.title, value(role))
        for role in ("quality", "drift")
        for query in served_of(model).of(role)[:1]
    }
    latency = next(iter(served_of(model).of("latency")), None)
    trend = results["trend"].series if "trend" in results else []
    # a model without a job is up as long as its requests are known
    up = value("up") == 1 if "up" in results else math.isfinite(value("requests"))
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
    """By model, role and moment: what tells how a period differs from another."""
    return {
        (model.name, query.role, at): wiring.build_request(
            query.as_query(), model.labels, window=window, at=at,
            source_name=wiring.source_name_of(served_of(model)),
        )
        for model in models
        for role in ("requests", "errors", "latency")
        for query in served_of(model).of(role)[:1]
        for at in moments
    }  # fmt: skip


def vitals(
    models: Sequence[Model], results: Mapping[tuple[str, str, float], QueryResult], at: float
) -> dict[str, Vital]:
    """The numbers of a period, of those models that had any."""

    def value(name: str, role: str) -> float:
        result = results.get((name, role, at))
        return math.nan if result is None else single_value(result.series)

    found = {
        model.name: Vital(
            value(model.name, "requests"), value(model.name, "errors"), value(model.name, "latency")
        )
        for model in models
    }  # fmt: skip
    return {name: vital for name, vital in found.items() if math.isfinite(vital.requests)}


def served_of(model: Model) -> ExternalModel:
    """Raises TypeError for a model that is none of models.toml."""
    if model.external is None:
        raise TypeError(f"{model.name} is no model of models.toml")
    return model.external
