"""Classifier Performance & Drift: does it still rank and call rightly, and is its input known?"""

from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import VERDICT, bars, heat, lines, number, past
from promql import by_model, classifier, one_model

JOB = 'job=~"$job"'
RANKING = ((None, "red"), (classifier.ROC_AUC_THRESHOLD, "green"))


def scores(page: Page) -> Page:
    """The rows that every classifier has: quality, drift, versions."""
    return (
        page.row("Quality of the last published evaluation")
        .add(
            lines(JOB, (classifier.ROC_AUC, "ROC AUC"), steps=RANKING),
            lines(
                JOB,
                (classifier.PRECISION, "precision"),
                (classifier.RECALL, "recall"),
                (classifier.F1, "F1"),
                (classifier.ACCURACY, "accuracy"),
                title="Precision, recall, F1, accuracy",
            ),
            lines(JOB, (classifier.LOG_LOSS, "log loss")),
            lines(JOB, (classifier.POSITIVE_SHARE, "predicted positive")),
            number(JOB, one_model.EVALUATED_ROWS, width=8),
            number(
                JOB, one_model.EVALUATION_AGE, steps=past(by_model.STALE_SECONDS, "orange"), width=8
            ),
            number(JOB, one_model.FEEDBACK, legend="{{kind}}", width=8),
        )
        .row("Drift, of the features and of the target")
        .add(
            lines(JOB, (one_model.DRIFT_SHARE, "drifted features")),
            lines(
                JOB, (classifier.TARGET_RATE_DIFFERENCE, "rate now minus reference"), signed=True
            ),
            bars(JOB, one_model.FEATURE_DRIFT, "{{feature}}"),
            bars(JOB, one_model.FEATURE_THRESHOLD, "{{feature}}"),
        )
        .row("Versions")
        .add(
            lines(
                JOB,
                (one_model.VERSIONS, "champion {{version}}"),
                (classifier.CANDIDATES, "challenger {{version}}"),
                title="Champion and challenger",
                width=24,
            ),
        )
    )


PAGE = scores(
    Page(
        "belvedere-classifier",
        "Classifier Performance & Drift",
        "Scores and drift of a classifier's last published evaluation, and what it predicts. A "
        "score that reads 'not yet' was never measured.",
        JOB,
        "/quality?model=${model}",
    )
    .variable("model", "Model", 'label_values(model_info{task=~"binary|multiclass"}, model)')
    .variable("job", "Job", 'label_values(model_info{model="$model"}, job)')
    .annotations(JOB)
    .row("Now")
    .add(
        number(JOB, classifier.ROC_AUC, steps=RANKING),
        number(JOB, classifier.LOG_LOSS),
        number(JOB, classifier.F1),
        number(JOB, one_model.DRIFT_DETECTED, words=VERDICT),
        number(JOB, one_model.DRIFT_SHARE, steps=past(0.5, "orange")),
        number(JOB, one_model.SYNTHETIC, words={"0": ("no", "green"), "1": ("a drill", "orange")}),
    )
    .row("Predictions")
    .add(
        heat(JOB, one_model.PREDICTION_BUCKETS, "none"),
        lines(JOB, (one_model.PREDICTION_RATE, "predictions")),
    )
)
