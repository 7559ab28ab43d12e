"""Publishes the newest evaluation: sets the gauges from the store, so that all replicas agree."""

import logging
import threading

import msgspec

from evaluation.store.store import EvaluationStore
from model_service.metrics.evaluation import ServiceMetrics

log = logging.getLogger(__name__)


class Publisher:
    """Shows the newest published evaluation, a synthetic one until it expires. Thread-safe."""

    def __init__(self, model: str, store: EvaluationStore, metrics: ServiceMetrics) -> None:
        self._model = model
        self._store = store
        self.metrics = metrics
        self._lock = threading.Lock()
        self._published_id: str | None = None

    def refresh(self) -> None:
        """Read the store, and set the gauges when another evaluation is to be shown.

        Raises SQLAlchemyError when the store can't be read; the gauges then stay as they are.
        """
        with self._lock:
            if self._store.published_id(self._model) == self._published_id:
                return
            stored = self._store.published(self._model)
            try:
                evaluation = stored.evaluation() if stored else None
            except msgspec.MsgspecError as error:
                # one damaged row must not keep the service from starting, or stop the queue
                log.error("evaluation %s can't be read back: %s", stored and stored.id, error)
                evaluation = None
            if evaluation is None:
                self.metrics.clear()
            else:
                self.metrics.publish(evaluation)
            self._published_id = stored.id if stored else None
