"""Cats and Dogs: latency, classes, confidence, feedback, pictures, users and the database."""

from deployment.generate.dashboards import sql
from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import heat, lines, number
from deployment.generate.dashboards.share_panels import pie, rows
from deployment.generate.dashboards.thresholds import UP_OR_DOWN, warn_above, warn_then_alarm
from promql import cats_dogs, scrape_targets

JOB = 'job=~"$job"'
CLASSES = f'{JOB},predicted_class=~"$class"'
CONNECTED = {"0": ("unreachable", "red"), "1": ("connected", "green")}
CLASS_COLORS = {"cat": "orange", "dog": "blue", "neither": "purple"}
VOTE_COLORS = {"positive": "green", "negative": "red"}
LOW_CONFIDENCE_STEPS = warn_then_alarm(0.1, cats_dogs.LOW_CONFIDENCE_LIMIT)
NEGATIVE_STEPS = warn_then_alarm(0.25, cats_dogs.NEGATIVE_LIMIT)
SLOW_STEPS = warn_then_alarm(0.25, cats_dogs.SLOW_SECONDS)

PAGE = (
    Page(
        "belvedere-cats-dogs",
        "Cats and Dogs",
        "The image classifier: inference time, classes, confidence, feedback, sizes of the "
        "pictures, users and the database. Panels 'by SQL' count in the table "
        "predictions_feedback.",
        JOB,
        "/quality?model=${model}",
    )
    .variable("job", "Job", "label_values(cv_predictions_total, job)")
    .variable("model", "Model", 'label_values(model_info{job="$job"}, model)')
    .variable(
        "class",
        "Class",
        f"label_values(cv_predictions_total{{{JOB}}}, predicted_class)",
        several=True,
    )
    .annotations(JOB)
    .row("Now")
    .add(
        number(JOB, scrape_targets.UP, width=3, texts=UP_OR_DOWN, legend="{{instance}}"),
        number(JOB, cats_dogs.DATABASE_CONNECTED, width=3, texts=CONNECTED),
        number(JOB, cats_dogs.REQUESTS_AN_HOUR, width=3),
        number(JOB, cats_dogs.UNIQUE_USERS, width=3),
        number(JOB, cats_dogs.MEAN_INFERENCE_TIME, width=3, steps=SLOW_STEPS),
        number(JOB, cats_dogs.INFERENCE_P95, width=3, steps=SLOW_STEPS),
        number(JOB, cats_dogs.RECORDED_LOW_CONFIDENCE_RATIO, width=3, steps=LOW_CONFIDENCE_STEPS),
        number(JOB, cats_dogs.RECORDED_NEGATIVE_SHARE, width=3, steps=NEGATIVE_STEPS),
    )
    .row("Traffic and latency")
    .add(
        lines(
            CLASSES,
            (cats_dogs.PREDICTION_RATE.by("predicted_class"), "{{predicted_class}}"),
            stacked=True,
        ),
        lines(
            JOB,
            (cats_dogs.REQUESTS_AN_HOUR, "last hour"),
            (cats_dogs.USUAL_REQUESTS_AN_HOUR, "mean of a day"),
            title="Requests an hour, now and usual",
        ),
        lines(
            JOB,
            (cats_dogs.MEAN_INFERENCE_TIME, "mean"),
            (cats_dogs.INFERENCE_P50, "median"),
            (cats_dogs.INFERENCE_P95, "95th percentile"),
            (cats_dogs.INFERENCE_P99, "99th percentile"),
            title="Inference time",
            steps=warn_above(cats_dogs.SLOW_SECONDS),
        ),
        heat(JOB, cats_dogs.INFERENCE_BUCKETS, "s"),
    )
    .row("Classes and confidence")
    .add(
        pie(JOB, cats_dogs.PREDICTIONS.by("predicted_class"), "predicted_class", CLASS_COLORS),
        lines(JOB, (cats_dogs.CLASS_SHARE, "{{predicted_class}}"), width=16).interval("2m"),
        lines(
            JOB,
            (cats_dogs.RECORDED_LOW_CONFIDENCE_RATIO, "low confidence"),
            title="Low confidence by PromQL",
            steps=warn_above(cats_dogs.LOW_CONFIDENCE_LIMIT),
        ),
        lines(
            JOB,
            (sql.LOW_CONFIDENCE_OVER_TIME, ""),
            steps=warn_above(cats_dogs.LOW_CONFIDENCE_LIMIT),
        ),
        number(JOB, sql.LOW_CONFIDENCE, steps=LOW_CONFIDENCE_STEPS).height(8),
        number(JOB, sql.STORED_PREDICTIONS).height(8),
        lines(JOB, (sql.CONFIDENCE_OVER_TIME, ""), width=16),
    )
    .row("Feedback")
    .add(
        pie(JOB, cats_dogs.FEEDBACK.by("feedback_type"), "feedback_type", VOTE_COLORS),
        lines(
            JOB,
            (cats_dogs.RECORDED_NEGATIVE_SHARE, "negative"),
            title="Negative feedback over time",
            width=16,
            steps=warn_above(cats_dogs.NEGATIVE_LIMIT),
        ),
        rows(sql.FEEDBACK_BY_CLASS, width=8),
        rows(sql.LATEST_NEGATIVE_FEEDBACK, width=16, units={"Confidence": "ratio"}),
    )
    .row("Pictures, users and database")
    .add(
        lines(
            JOB,
            (cats_dogs.IMAGE_SIZE_P50, "median"),
            (cats_dogs.IMAGE_SIZE_P95, "95th percentile"),
            title="Image size",
        ),
        heat(JOB, cats_dogs.IMAGE_SIZE_BUCKETS, "bytes"),
        lines(JOB, (cats_dogs.UNIQUE_USERS, "users"), title="Unique users of the last hour"),
        lines(JOB, (cats_dogs.DATABASE_CONNECTED, "connected"), title="Database connected"),
    )
    .connect("Low confidence by PromQL", "Low confidence by SQL")
    .connect("Low confidence by SQL", "Low confidence by PromQL")
    .connect("Low confidence, 10 minutes", "Low confidence by PromQL")
    .connect("Negative feedback, 10 minutes", "Negative feedback over time")
    .connect("Negative feedback over time", "Latest negative feedback")
    .connect("Inference time, mean", "Inference time")
    .connect("Inference time, 95th percentile", "Inference time of all images")
    .connect("Requests an hour", "Requests an hour, now and usual")
    .connect("Unique users", "Unique users of the last hour")
    .connect("Database", "Database connected")
    .connect_to_console("Share of each class", "Quality", "/quality?model=${model}")
    .connect_to_console("Low confidence by PromQL", "Drift", "/drift?model=${model}")
    .connect_to_console("Latest negative feedback", "Quality", "/quality?model=${model}")
    .connect_to_console("Image size", "Try it", "/try-it?model=${model}")
    .connect_to_console("Inference time", "Traffic", "/traffic?model=${model}")
)
