"""A few threads that decode and classify pictures, with a limit on how many wait for them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from model_service.errors import Overloaded

Result = TypeVar("Result")


class InferencePool:
    """Runs functions in `threads` threads; rejects more than `max_waiting` besides those that run.

    Its methods are for one event loop.
    """

    def __init__(self, threads: int, max_waiting: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="inference")
        self._max_waiting = max_waiting
        self._limit = threads + max_waiting
        self._in_pool = 0

    def check_free(self) -> None:
        """Raise Overloaded if no further picture can wait."""
        if self._in_pool >= self._limit:
            raise Overloaded(
                f"{self._max_waiting:,} pictures wait already (BELVEDERE_IMAGE_QUEUE_LIMIT), so "
                "this one was not read. Retry shortly."
            )

    async def run(self, function: Callable[[], Result]) -> Result:
        """Return the function's result. Raises Overloaded, and what the function raises."""
        self.check_free()
        self._in_pool += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, function)
        finally:
            self._in_pool -= 1

    def close(self) -> None:
        """Reject what waits, and return when the threads are idle."""
        self._executor.shutdown(cancel_futures=True)
