"""API Performance: what the clients of one service feel."""

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
from promql import objectives, one_model

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
        number(JOB, one_model.UP, words=UP_OR_DOWN),
        number(JOB, one_model.REQUEST_RATE),
        number(JOB, one_model.ERROR_RATIO, steps=ERROR_STEPS),
        number(JOB, one_model.LATENCY_P95, steps=past(objectives.LATENCY_SECONDS)),
        number(JOB, one_model.LATENCY_P50, steps=past(objectives.LATENCY_SECONDS)),
        number(JOB, one_model.PREDICTION_RATE),
    )
    .row("Traffic")
    .add(
        lines(
            SELECTED,
            (one_model.REQUESTS_BY_ENDPOINT, "{{endpoint}} {{status_code}}"),
            stacked=True,
        ),
        lines(SELECTED, (one_model.REQUESTS_BY_STATUS, "{{status_code}}"), stacked=True),
    )
    .row("Errors")
    .add(
        lines(JOB, (one_model.ERROR_RATIO, "errors"), steps=past(MANY_ERRORS)),
        lines(SELECTED, (one_model.ERRORS_BY_ENDPOINT, "{{endpoint}}"), steps=past(MANY_ERRORS)),
    )
    .row("Latency")
    .add(
        lines(
            JOB,
            (one_model.LATENCY_P95, "95th percentile"),
            (one_model.LATENCY_P50, "median"),
            title="Latency",
            steps=past(objectives.LATENCY_SECONDS),
        ),
        lines(SELECTED, (one_model.LATENCY_BY_ENDPOINT, "{{endpoint}}")),
        heat(JOB, one_model.LATENCY_BUCKETS, "s", width=24),
    )
)
