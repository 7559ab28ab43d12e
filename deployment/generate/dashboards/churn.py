"""Churn: requests and latency of the churn API, scores and drift of its classifier."""

from deployment.generate.dashboards.classifier import RANKING, scores
from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import heat, lines, number
from deployment.generate.dashboards.thresholds import ERROR_STEPS, UP_OR_DOWN, VERDICT, warn_above
from promql import classifier, drift, latency, objectives, scrape_targets, traffic

JOB = 'job=~"$job"'

PAGE = scores(
    Page(
        "belvedere-churn",
        "Churn",
        "Requests and latency of the churn API (api_requests_total, api_request_latency_seconds), "
        "scores and drift of its classifier. A score of 'not yet' was never evaluated.",
        JOB,
        "/quality?model=${model}",
    )
    .variable("job", "Job", "label_values(api_request_latency_seconds_count, job)")
    .variable("model", "Model", 'label_values(model_info{job="$job"}, model)')
    .annotations(JOB)
    .row("Now")
    .add(
        number(JOB, scrape_targets.UP, texts=UP_OR_DOWN, legend="{{instance}}"),
        number(JOB, traffic.REQUEST_RATE),
        number(JOB, latency.CHURN_P95, steps=warn_above(objectives.LATENCY_SECONDS)),
        number(JOB, traffic.ERROR_RATIO, steps=ERROR_STEPS),
        number(JOB, classifier.ROC_AUC, steps=RANKING),
        number(JOB, drift.DRIFT_DETECTED, texts=VERDICT),
    )
    .row("Requests and latency")
    .add(
        lines(
            JOB,
            (traffic.REQUEST_RATE.by("endpoint", "status_code"), "{{endpoint}} {{status_code}}"),
            stacked=True,
        ),
        lines(
            JOB,
            (latency.CHURN_P95, "95th percentile"),
            (latency.CHURN_P50, "median"),
            title="Latency",
            steps=warn_above(objectives.LATENCY_SECONDS),
        ),
        lines(JOB, (latency.CHURN_BY_ENDPOINT, "{{endpoint}}")),
        heat(JOB, latency.CHURN_BUCKETS, "s"),
    )
)
