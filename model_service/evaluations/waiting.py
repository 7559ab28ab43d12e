"""Requests that wait for the end of an evaluation."""

import asyncio
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from evaluation.errors import PoolClosed
from evaluation.jobs.host import Ending
from evaluation.result import Evaluation
from evaluation.store.records import Stored
from evaluation.store.store import EvaluationStore
from model_service.errors import EndedElsewhere

CHECK_SECONDS = 0.5


class WaitingRequests:
    """The futures of one event loop, by evaluation; `notify` may be called from any thread."""

    def __init__(self, store: EvaluationStore) -> None:
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._futures: dict[str, asyncio.Future[Evaluation]] = {}

    def expect(self, evaluation_id: str) -> None:
        """Announce a call of `wait`."""
        self._futures[evaluation_id] = self._loop.create_future()

    def forget(self, evaluation_id: str) -> None:
        self._futures.pop(evaluation_id, None)

    def notify(self, ending: Ending) -> None:
        """Pass the end of an evaluation on to the request that waits for it."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._resolve, ending)

    async def wait(self, evaluation_id: str, is_running: Callable[[str], bool]) -> Evaluation:
        """Return the result, whichever replica runs it; `is_running` knows those of this one.

        Raises the error that it ended with.
        """
        future = self._futures[evaluation_id]
        try:
            while True:
                await asyncio.wait([future], timeout=CHECK_SECONDS)
                stored = None
                if not future.done() and not is_running(evaluation_id):
                    stored = await asyncio.to_thread(self._stored, evaluation_id)
                if future.done():
                    return future.result()
                if stored is not None and stored.done:
                    return _result(stored)
        finally:
            self.forget(evaluation_id)

    def _resolve(self, ending: Ending) -> None:
        future = self._futures.get(ending.stored.id)
        if future is None or future.done():
            return
        if ending.evaluation is not None:
            future.set_result(ending.evaluation)
            return
        future.set_exception(ending.error or PoolClosed())
        # the request may have been closed: an exception that nobody reads would be logged
        future.exception()

    def _stored(self, evaluation_id: str) -> Stored | None:
        try:
            return self._store.get(evaluation_id)
        except SQLAlchemyError:
            # it waits for the database
            return None


def _result(stored: Stored) -> Evaluation:
    """Return the result of an evaluation that another replica ran. Raises EndedElsewhere."""
    evaluation = stored.evaluation()
    if evaluation is None:
        raise EndedElsewhere(stored.id, stored.state, stored.error or {})
    return evaluation
