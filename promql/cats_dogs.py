"""Cats and dogs: inference time, classes, confidence, feedback, images, users and the database.

The label `predicted_class` is cat, dog or neither, `feedback_type` is positive or negative. Both
metrics exist from the start of the service with the value 0.
"""

from promql.query import Query

# an answer takes 10 to 30 ms
SLOW_SECONDS = 2.0
# on sharp pictures of cats and dogs 3 to 8 % of the predictions are below the threshold
LOW_CONFIDENCE_LIMIT = 0.2
NEGATIVE_LIMIT = 0.5
# part of the usual number of predictions
FEW_RATIO = 0.1
# rise of the share of a class above its share of the day before
CLASS_SHARE_RISE = 0.25
# above it an unusual class share is what follows from pictures that the model is unsure of
UNSURE_RATIO = 0.15
# with less a share says nothing
MIN_PREDICTIONS, MIN_VOTES = 20, 10
MIN_PREDICTIONS_OF_A_SHARE, MIN_PREDICTIONS_OF_THE_DAY = 50, 100
MIN_REQUESTS_AN_HOUR = 60


def _quantile(quantile: float, metric: str, title: str, unit: str, text: str) -> Query:
    return Query(
        title,
        unit,
        text,
        f"histogram_quantile({quantile:g}, sum by (le) "
        f"(rate({metric}_bucket{{${{selector}}}}[${{window}}])))",
    )


def _inference_quantile(quantile: float, title: str) -> Query:
    text = f"{quantile:.0%} of images are classified faster.".replace("%", " %")
    return _quantile(
        quantile, "cv_inference_time_seconds", f"Inference time, {title}", "seconds", text
    )


def _size_quantile(quantile: float, title: str) -> Query:
    text = f"{quantile:.0%} of images are smaller.".replace("%", " %")
    return _quantile(quantile, "cv_image_size_bytes", f"Image size, {title}", "bytes", text)


MEAN_INFERENCE_TIME = Query(
    "Inference time, mean",
    "seconds",
    "Mean time to classify an image.",
    "sum${by}(rate(cv_inference_time_seconds_sum{${selector}}[${window}])) "
    "/ sum${by}(rate(cv_inference_time_seconds_count{${selector}}[${window}]))",
    breakdowns=(("job",),),
)
INFERENCE_P50 = _inference_quantile(0.5, "median")
INFERENCE_P95 = _inference_quantile(0.95, "95th percentile")
INFERENCE_P99 = _inference_quantile(0.99, "99th percentile")
INFERENCE_BUCKETS = Query(
    "Inference time of all images",
    "requests/s",
    "Images per second up to each bucket's bound.",
    "sum by (le) (rate(cv_inference_time_seconds_bucket{${selector}}[${window}]))",
)
PREDICTION_RATE = Query(
    "Images",
    "requests/s",
    "Classified images per second.",
    "sum${by}(rate(cv_predictions_total{${selector}}[${window}]))",
    breakdowns=(("predicted_class",),),
)
PREDICTIONS = Query(
    "Classified images",
    "predictions",
    "Number of images that were classified in the window.",
    "sum${by}(increase(cv_predictions_total{${selector}}[${window}]))",
    breakdowns=(("predicted_class",), ("job",)),
)
PREDICTIONS_OF_THE_DAY = Query(
    "Classified images of the day before",
    "predictions",
    "Number of images that were classified in the day before the window.",
    "sum by (job) (increase(cv_predictions_total{${selector}}[1d] offset ${window}))",
)
CLASS_SHARE = Query(
    "Share of each class",
    "ratio",
    "Share of the predictions of the window that are of each class.",
    "sum by (job, predicted_class) (increase(cv_predictions_total{${selector}}[${window}])) "
    "/ on (job) group_left sum by (job) (increase(cv_predictions_total{${selector}}[${window}]))",
)
USUAL_CLASS_SHARE = Query(
    "Usual share of each class",
    "ratio",
    "Share of each class in the day before the window.",
    "sum by (job, predicted_class) "
    "(increase(cv_predictions_total{${selector}}[1d] offset ${window})) "
    "/ on (job) group_left sum by (job) "
    "(increase(cv_predictions_total{${selector}}[1d] offset ${window}))",
)
LOW_CONFIDENCE_RATIO = Query(
    "Low confidence",
    "ratio",
    "Share of the predictions of the window whose confidence is below the threshold "
    "BELVEDERE_LOW_CONFIDENCE.",
    "sum${by}(increase(cv_low_confidence_predictions_total{${selector}}[${window}])) "
    "/ sum${by}(increase(cv_predictions_total{${selector}}[${window}]))",
    breakdowns=(("job",),),
)
RECORDED_LOW_CONFIDENCE_RATIO = Query(
    "Low confidence, 10 minutes",
    "ratio",
    "Share of the predictions of the last 10 minutes whose confidence is below the threshold "
    "BELVEDERE_LOW_CONFIDENCE.",
    "job:cv_low_confidence_per_prediction:ratio_increase10m{${selector}}",
)
FEEDBACK = Query(
    "Feedback",
    "votes",
    "Number of votes in the window.",
    "sum${by}(increase(cv_user_feedback_total{${selector}}[${window}]))",
    breakdowns=(("feedback_type",), ("job",)),
)
NEGATIVE_SHARE = Query(
    "Negative feedback",
    "ratio",
    "Share of the votes of the window that say that the prediction was wrong.",
    'sum${by}(increase(cv_user_feedback_total{${selector},feedback_type="negative"}[${window}])) '
    "/ sum${by}(increase(cv_user_feedback_total{${selector}}[${window}]))",
    breakdowns=(("job",),),
)
RECORDED_NEGATIVE_SHARE = Query(
    "Negative feedback, 10 minutes",
    "ratio",
    "Share of the votes of the last 10 minutes that say that the prediction was wrong.",
    "job:cv_negative_votes_per_vote:ratio_increase10m{${selector}}",
)
REQUESTS_AN_HOUR = Query(
    "Requests an hour",
    "predictions",
    "Number of images that were classified in the last hour.",
    "job:cv_requests:increase1h{${selector}}",
)
USUAL_REQUESTS_AN_HOUR = Query(
    "Usual requests an hour",
    "predictions",
    "Mean of the requests an hour over a day.",
    "avg_over_time(job:cv_requests:increase1h{${selector}}[1d])",
)
SHARE_OF_USUAL = Query(
    "Traffic compared with the day",
    "ratio",
    "Images of the last 10 minutes as a share of the usual number in 10 minutes, in whole percent.",
    "round(6 * sum by (job) (increase(cv_predictions_total{${selector}}[10m])) "
    "/ avg_over_time(job:cv_requests:increase1h{${selector}}[1d]), 0.01)",
)
SHARE_OF_USUAL_YESTERDAY = Query(
    "Traffic a day ago compared with the day",
    "ratio",
    "Images of the same 10 minutes of the day before as a share of the usual number in 10 minutes.",
    "6 * sum by (job) (increase(cv_predictions_total{${selector}}[10m] offset 1d)) "
    "/ avg_over_time(job:cv_requests:increase1h{${selector}}[1d])",
)
IMAGE_SIZE_P50 = _size_quantile(0.5, "median")
IMAGE_SIZE_P95 = _size_quantile(0.95, "95th percentile")
IMAGE_SIZE_BUCKETS = Query(
    "Image sizes",
    "requests/s",
    "Images per second up to each bucket's bound.",
    "sum by (le) (rate(cv_image_size_bytes_bucket{${selector}}[${window}]))",
)
UNIQUE_USERS = Query(
    "Unique users",
    "users",
    "Estimated number of users in the last hour.",
    "max(cv_unique_users{${selector}})",
)
DATABASE_CONNECTED = Query(
    "Database",
    "",
    "1 if every instance reaches the database, else 0.",
    "min(cv_database_connected{${selector}})",
)
DATABASE_UNREACHABLE = Query(
    "Instances without the database",
    "",
    "Number of instances that do not reach the database.",
    "count by (job) (cv_database_connected{${selector}} == 0)",
)
DATABASE_LOST = Query(
    "Instances that lost the database",
    "",
    "Instances that did not reach the database at some time in the window.",
    "min_over_time(cv_database_connected{${selector}}[${window}]) == 0",
)
