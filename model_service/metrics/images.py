"""The metrics of a model that classifies images, by the names of their dashboards."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from model_service.metrics.unique_users import UniqueUsers

VOTES = ("positive", "negative")
INFERENCE_BUCKETS = (0.005, 0.01, 0.02, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5)
SIZE_BUCKETS = tuple(1024 * 4**power for power in range(1, 8))


class ImageMetrics:
    """Counters and histograms of one model. Every label value exists from the start."""

    def __init__(self, registry: CollectorRegistry, classes: tuple[str, ...]) -> None:
        self.users = UniqueUsers()
        self._predictions = Counter(
            "cv_predictions_total",
            "Predictions answered, by predicted class",
            ("predicted_class",),
            registry=registry,
        )
        for name in classes:
            self._predictions.labels(name)
        self._low_confidence = Counter(
            "cv_low_confidence_predictions_total",
            "Predictions answered with a confidence below BELVEDERE_LOW_CONFIDENCE",
            registry=registry,
        )
        self._inference_time = Histogram(
            "cv_inference_time_seconds",
            "Time from the complete picture to its prediction, with the wait for a free thread",
            buckets=INFERENCE_BUCKETS,
            registry=registry,
        )
        self._image_size = Histogram(
            "cv_image_size_bytes",
            "Size of the picture as it was sent",
            buckets=SIZE_BUCKETS,
            registry=registry,
        )
        self._feedback = Counter(
            "cv_user_feedback_total",
            "Votes of users; a changed vote counts again, a repeated one does not",
            ("feedback_type",),
            registry=registry,
        )
        for vote in VOTES:
            self._feedback.labels(vote)
        self._database = Gauge(
            "cv_database_connected",
            "1 while the database answers, else 0",
            registry=registry,
        )
        unique_users = Gauge(
            "cv_unique_users",
            "Users with a prediction in the last hour, estimated from salted hashes",
            registry=registry,
        )
        unique_users.set_function(self.users.estimate)

    def count(
        self,
        predicted_class: str,
        *,
        low_confidence: bool,
        inference_seconds: float,
        image_bytes: int,
        user_hash: str,
    ) -> None:
        """Count a prediction that is committed to the log."""
        self._predictions.labels(predicted_class).inc()
        if low_confidence:
            self._low_confidence.inc()
        self._inference_time.observe(inference_seconds)
        self._image_size.observe(image_bytes)
        self.users.add(int(user_hash[:16], 16))

    def count_vote(self, vote: str) -> None:
        self._feedback.labels(vote).inc()

    def show_connection(self, is_connected: Callable[[], bool]) -> None:
        """Ask `is_connected` for the state of the database at each scrape."""
        self._database.set_function(is_connected)
