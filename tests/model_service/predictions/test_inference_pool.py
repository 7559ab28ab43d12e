"""The threads of image models: what waits is limited, and an error frees its place."""

import asyncio
import threading

import pytest

from model_service.errors import Overloaded, WrongImage
from model_service.predictions.inference_pool import InferencePool


def test_more_work_than_may_wait_is_rejected_and_the_rest_is_done() -> None:
    pool, gate = InferencePool(threads=2, max_waiting=3), threading.Event()

    async def scenario() -> None:
        running = [asyncio.create_task(pool.run(gate.wait)) for _ in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded, match="3 pictures wait") as refused:
            await pool.run(lambda: True)
        assert refused.value.retry_after_seconds == 1
        gate.set()
        assert await asyncio.gather(*running) == [True] * 5
        assert await pool.run(lambda: "free again") == "free again"

    asyncio.run(scenario())
    pool.close()


def test_an_error_reaches_the_request_and_frees_its_place() -> None:
    pool = InferencePool(threads=1, max_waiting=1)

    def fail() -> None:
        raise WrongImage("damaged")

    async def scenario() -> None:
        for _ in range(5):
            with pytest.raises(WrongImage, match="damaged"):
                await pool.run(fail)

    asyncio.run(scenario())
    pool.close()
