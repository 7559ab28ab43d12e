"""The documents of evaluations that have ended: they never change, so they are kept."""

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from console.adapters.model_service import EvaluationStatus
from console.errors import ConsoleError
from console.evaluations.protocol import Evaluator
from evaluation.result import Evaluation

MOST_KEPT = 400


class ResultCache:
    """Thread-safe; shared by everybody who looks."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Evaluation] = OrderedDict()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="documents")

    def several(
        self, service: Evaluator, listed: list[EvaluationStatus]
    ) -> list[tuple[EvaluationStatus, Evaluation]]:
        """Those of the list that have succeeded and can be had, in the order given."""
        done = [item for item in listed if item.state == "succeeded"]
        found = self._pool.map(lambda item: self._one(service, item.evaluation_id), done)
        return [(item, it) for item, it in zip(done, found, strict=True) if it is not None]

    def _one(self, service: Evaluator, evaluation_id: str) -> Evaluation | None:
        key = (service.url, evaluation_id)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        try:
            result = service.status(evaluation_id).result
        except ConsoleError:
            return None
        if result is not None:
            with self._lock:
                self._kept[key] = result
                while len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
        return result
