"""Caches the results of finished evaluations, which never change."""

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from console.adapters.model_service import EvaluationStatus
from console.errors import ConsoleError
from console.evaluations.protocol import Evaluator
from evaluation.result import Evaluation

MAX_RESULTS = 400


class ResultCache:
    """The results that were read last, shared by all sessions. Thread-safe."""

    def __init__(self) -> None:
        self._results: OrderedDict[tuple[str, str], Evaluation] = OrderedDict()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="results")

    def several(
        self, service: Evaluator, statuses: list[EvaluationStatus]
    ) -> list[tuple[EvaluationStatus, Evaluation]]:
        """Return the results of those that succeeded and can be read, in the same order."""
        succeeded = [status for status in statuses if status.state == "succeeded"]
        results = self._pool.map(lambda item: self._get(service, item.evaluation_id), succeeded)
        pairs = zip(succeeded, results, strict=True)
        return [(status, result) for status, result in pairs if result is not None]

    def _get(self, service: Evaluator, evaluation_id: str) -> Evaluation | None:
        key = (service.url, evaluation_id)
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        try:
            result = service.status(evaluation_id).result
        except ConsoleError:
            return None
        if result is not None:
            with self._lock:
                self._results[key] = result
                while len(self._results) > MAX_RESULTS:
                    self._results.popitem(last=False)
        return result
