"""API Performance: requests, errors and latency of one service."""

from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import heat, lines, number
from deployment.generate.dashboards.thresholds import (
    ERROR_STEPS,
    MANY_ERRORS,
    UP_OR_DOWN,
    warn_above,
)
from promql import latency, objectives, predictions, scrape_targets, traffic

JOB = 'job=~"$job"'
SELECTED = f'{JOB},endpoint=~"$endpoint"'

PAGE = (
    Page(
        "belvedere-api",
        "API Performance",
        "Requests, errors and latency of a model's service. Latency is without evaluations.",
        JOB,
        "/?model=${model}",
    )
    .variable("model", "Model", "label_values(model_info, model)")
    .variable("job", "Job", 'label_values(model_info{model="$model"}, job)')
    .variable(
        "endpoint", "Endpoint", f"label_values(api_requests_total{{{JOB}}}, endpoint)", several=True
    )
    .annotations(JOB)
    .row("Now")
    .add(
        number(JOB, scrape_targets.UP, texts=UP_OR_DOWN, legend="{{instance}}"),
        number(JOB, traffic.REQUEST_RATE),
        number(JOB, traffic.ERROR_RATIO, steps=ERROR_STEPS),
        number(JOB, latency.LATENCY_P95, steps=warn_above(objectives.LATENCY_SECONDS)),
        number(JOB, latency.LATENCY_P50, steps=warn_above(objectives.LATENCY_SECONDS)),
        number(JOB, predictions.PREDICTION_RATE),
    )
    .row("Traffic")
    .add(
        lines(
            SELECTED,
            (traffic.REQUEST_RATE.by("endpoint", "status_code"), "{{endpoint}} {{status_code}}"),
            stacked=True,
        ),
        lines(SELECTED, (traffic.REQUEST_RATE.by("status_code"), "{{status_code}}"), stacked=True),
    )
    .row("Errors")
    .add(
        lines(JOB, (traffic.ERROR_RATIO, "errors"), steps=warn_above(MANY_ERRORS)),
        lines(
            SELECTED,
            (traffic.ERROR_RATIO.by("endpoint"), "{{endpoint}}"),
            steps=warn_above(MANY_ERRORS),
        ),
    )
    .row("Latency")
    .add(
        lines(
            JOB,
            (latency.LATENCY_P95, "95th percentile"),
            (latency.LATENCY_P50, "median"),
            title="Latency",
            steps=warn_above(objectives.LATENCY_SECONDS),
        ),
        lines(SELECTED, (latency.LATENCY_BY_ENDPOINT, "{{endpoint}}")),
        heat(JOB, latency.LATENCY_BUCKETS, "s", width=24),
    )
)
