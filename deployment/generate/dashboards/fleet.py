"""Fleet: every model beside every other."""

from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import PLAIN, YES_NO, lines, past, rows
from promql import by_model, classifier

PAGE = (
    Page(
        "belvedere-fleet",
        "Fleet",
        "All models whose services Prometheus scrapes. A service that exposes model_info appears "
        "by itself.",
        "",
        "/",
    )
    .annotations('job!=""')
    .row("All models")
    .add(
        rows(
            "Models",
            "A line a model: whether it is up, used, right, and fed what it knows.",
            [
                (by_model.UP, YES_NO),
                (by_model.PREDICTION_RATE, PLAIN),
                (by_model.RMSE, past(by_model.RMSE_THRESHOLD)),
                (by_model.ROC_AUC, ((None, "red"), (classifier.ROC_AUC_THRESHOLD, "green"))),
                (by_model.DRIFT_DETECTED, past(1)),
                (by_model.DRIFT_SHARE, past(0.5, "orange")),
                (by_model.EVALUATION_AGE, past(by_model.STALE_SECONDS, "orange")),
            ],
        ),
    )
    .row("Over time")
    .add(
        lines("", (by_model.PREDICTION_RATE, "{{model}}")),
        lines("", (by_model.RMSE, "{{model}}"), steps=past(by_model.RMSE_THRESHOLD)),
        lines(
            "",
            (by_model.ROC_AUC, "{{model}}"),
            steps=((None, "red"), (classifier.ROC_AUC_THRESHOLD, "green")),
        ),
        lines("", (by_model.DRIFT_SHARE, "{{model}}")),
        lines(
            "", (by_model.EVALUATION_AGE, "{{model}}"), steps=past(by_model.STALE_SECONDS, "orange")
        ),
    )
)
