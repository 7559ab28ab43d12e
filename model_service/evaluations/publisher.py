"""The gauges of the published evaluation, read from the store, so that all replicas agree."""

import logging
import threading

import msgspec

from evaluation.store.store import EvaluationStore
from model_service.metrics.evaluation import ServiceMetrics

log = logging.getLogger(__name__)


class Published:
    """Shows the newest published evaluation; a synthetic one until it expires. Thread-safe."""

    def __init__(self, model: str, store: EvaluationStore, metrics: ServiceMetrics) -> None:
        self._model = model
        self._store = store
        self._metrics = metrics
        self._lock = threading.Lock()
        self._shown: str | None = None

    def refresh(self) -> None:
        """Read the store and set the gauges if another one is to be shown.

        Raises SQLAlchemyError when the store can't be read; the gauges then stay as they are.
        """
        with self._lock:
            if self._store.shown_id(self._model) == self._shown:
                return
            stored = self._store.shown(self._model)
            try:
                evaluation = stored.evaluation() if stored else None
            except msgspec.MsgspecError as error:
                # one damaged row must keep neither the service from starting nor the queue back
                log.error("evaluation %s can't be read back: %s", stored and stored.id, error)
                evaluation = None
            if stored is None or evaluation is None:
                self._metrics.clear()
            else:
                self._metrics.publish(evaluation)
            self._shown = stored.id if stored else None
