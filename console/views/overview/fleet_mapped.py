"""The rows of models that others serve: each by its own queries, all asked at once."""

import math
from collections.abc import Callable, Mapping, Sequence

from console import series, wiring
from console.adapters.query_cache import Answer, Question
from console.components.controls import Look
from console.evaluations.latest import LatestEvaluation
from console.models.discovery import Model
from console.models.models_file import ServedModel
from console.views.overview.changes import Vital
from console.views.overview.fleet_rows import Facts
from promql.one_model import UP

SPARK_POINTS = 48
# labels that `up` has; others of the matchers are the service's own
OF_TARGETS = ("job", "instance")


def facts(
    models: Sequence[Model],
    look: Look,
    alerts: Callable[[Model], int | None],
    evaluated: Mapping[str, LatestEvaluation],
) -> tuple[list[Facts], list[Answer]]:
    """What is known of each now, and the answers that it stands on. `alerts` counts those of a
    model; `evaluated` has what the console itself evaluated last."""
    sparks = series.span(look.span.end, look.span.seconds, SPARK_POINTS)
    asked: dict[tuple[str, str], Question] = {}
    for model in models:
        source = wiring.source_of(served_of(model))
        of_target = {k: v for k, v in model.labels.items() if k in OF_TARGETS}
        if of_target:
            asked[model.name, "up"] = wiring.question(UP, of_target, of=source)
        for query in served_of(model).queries:
            question = wiring.question(query.as_query(), model.labels, of=source)
            asked.setdefault((model.name, query.role), question)
            if query.role == "requests":
                trend = wiring.question(query.as_query(), model.labels, sparks, of=source)
                asked.setdefault((model.name, "trend"), trend)
    futures = wiring.ask(asked.values())
    answers = {key: futures[question].result() for key, question in asked.items()}
    return [
        _facts(
            model,
            {role: answer for (name, role), answer in answers.items() if name == model.name},
            alerts(model),
            evaluated.get(model.name),
        )
        for model in models
    ], list(answers.values())


def _facts(
    model: Model, answers: Mapping[str, Answer], alerts: int | None,
    evaluated: LatestEvaluation | None,
) -> Facts:  # fmt: skip
    def value(role: str) -> float:
        return series.single(answers[role].series) if role in answers else math.nan

    gauges = {
        role: (query.title, value(role))
        for role in ("quality", "drift")
        for query in served_of(model).of(role)[:1]
    }
    latency = next(iter(served_of(model).of("latency")), None)
    trend = answers["trend"].series if "trend" in answers else []
    # a model without a job is up as long as its requests are known
    up = value("up") == 1 if "up" in answers else math.isfinite(value("requests"))
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


def questions(
    models: Sequence[Model], moments: Sequence[float], window: str
) -> dict[tuple[str, str, float], Question]:
    """By model, role and moment: what tells how a period differs from another."""
    return {
        (model.name, query.role, at): wiring.question(
            query.as_query(), model.labels, window=window, at=at,
            of=wiring.source_of(served_of(model)),
        )
        for model in models
        for role in ("requests", "errors", "latency")
        for query in served_of(model).of(role)[:1]
        for at in moments
    }  # fmt: skip


def vitals(
    models: Sequence[Model], answers: Mapping[tuple[str, str, float], Answer], at: float
) -> dict[str, Vital]:
    """The numbers of a period, of those models that had any."""

    def value(name: str, role: str) -> float:
        answer = answers.get((name, role, at))
        return math.nan if answer is None else series.single(answer.series)

    found = {
        model.name: Vital(
            value(model.name, "requests"), value(model.name, "errors"), value(model.name, "latency")
        )
        for model in models
    }  # fmt: skip
    return {name: vital for name, vital in found.items() if math.isfinite(vital.requests)}


def served_of(model: Model) -> ServedModel:
    """Raises TypeError for a model that is none of models.toml."""
    if model.served is None:
        raise TypeError(f"{model.name} is no model of models.toml")
    return model.served
