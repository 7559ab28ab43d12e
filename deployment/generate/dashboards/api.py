"""API Performance: what the clients of one service feel."""

from console.promql import catalogue, slo
from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import (
    ERROR_STEPS,
    MANY_ERRORS,
    UP_OR_DOWN,
    heat,
    lines,
    number,
    past,
)

JOB = 'job=~"$job"'
SELECTED = f'{JOB},endpoint=~"$endpoint"'

PAGE = (
    Page(
        "belvedere-api",
        "API Performance",
        "Requests, errors and latency of a model's service. Evaluations are left out of latency.",
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
        number(JOB, catalogue.UP, words=UP_OR_DOWN),
        number(JOB, catalogue.REQUEST_RATE),
        number(JOB, catalogue.ERROR_RATIO, steps=ERROR_STEPS),
        number(JOB, catalogue.LATENCY_P95, steps=past(slo.LATENCY_SECONDS)),
        number(JOB, catalogue.LATENCY_P50, steps=past(slo.LATENCY_SECONDS)),
        number(JOB, catalogue.PREDICTION_RATE),
    )
    .row("Traffic")
    .add(
        lines(
            SELECTED,
            (catalogue.REQUESTS_BY_ENDPOINT, "{{endpoint}} {{status_code}}"),
            stacked=True,
        ),
        lines(SELECTED, (catalogue.REQUESTS_BY_STATUS, "{{status_code}}"), stacked=True),
    )
    .row("Errors")
    .add(
        lines(JOB, (catalogue.ERROR_RATIO, "errors"), steps=past(MANY_ERRORS)),
        lines(SELECTED, (catalogue.ERRORS_BY_ENDPOINT, "{{endpoint}}"), steps=past(MANY_ERRORS)),
    )
    .row("Latency")
    .add(
        lines(
            JOB,
            (catalogue.LATENCY_P95, "95th percentile"),
            (catalogue.LATENCY_P50, "median"),
            title="Latency",
            steps=past(slo.LATENCY_SECONDS),
        ),
        lines(SELECTED, (catalogue.LATENCY_BY_ENDPOINT, "{{endpoint}}")),
        heat(JOB, catalogue.LATENCY_BUCKETS, "s", width=24),
    )
)
