"""Fleet: every model beside every other."""

from console.promql import classes, fleet
from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import PLAIN, YES_NO, lines, past, rows

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
                (fleet.UP, YES_NO),
                (fleet.REQUEST_RATE, PLAIN),
                (fleet.RMSE, past(fleet.RMSE_THRESHOLD)),
                (fleet.ROC_AUC, ((None, "red"), (classes.ROC_AUC_THRESHOLD, "green"))),
                (fleet.DRIFT, past(1)),
                (fleet.DRIFT_SHARE, past(0.5, "orange")),
                (fleet.EVALUATION_AGE, past(fleet.STALE_SECONDS, "orange")),
            ],
        ),
    )
    .row("Over time")
    .add(
        lines("", (fleet.REQUEST_RATE, "{{model}}")),
        lines("", (fleet.RMSE, "{{model}}"), steps=past(fleet.RMSE_THRESHOLD)),
        lines(
            "",
            (fleet.ROC_AUC, "{{model}}"),
            steps=((None, "red"), (classes.ROC_AUC_THRESHOLD, "green")),
        ),
        lines("", (fleet.DRIFT_SHARE, "{{model}}")),
        lines("", (fleet.EVALUATION_AGE, "{{model}}"), steps=past(fleet.STALE_SECONDS, "orange")),
    )
)
