"""People who look at a page and let it refresh, without their browsers: Streamlit's own messages
over its websocket, each fragment asked for anew when it is due."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

MAX_MESSAGE_BYTES = 64 * 1024 * 1024


@dataclass
class Seen:
    """What came to all viewers together."""

    scripts: int = 0
    elements: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


async def look(url: str, pages: list[str], query: str, seconds: float) -> Seen:
    """One viewer a page of `pages` for so long; they come one after another."""
    seen = Seen()
    async with asyncio.TaskGroup() as group:
        for number, page in enumerate(pages):
            group.create_task(_viewer(url, page, query, seconds, number * 0.37, seen))
    return seen


async def _viewer(
    url: str, page: str, query: str, seconds: float, later: float, seen: Seen
) -> None:  # fmt: skip
    await asyncio.sleep(later)
    address = f"{url.replace('http', 'ws')}/_stcore/stream"
    async with connect(
        address,
        subprotocols=[Subprotocol("streamlit")],
        max_size=MAX_MESSAGE_BYTES,
        origin=Origin(url),
    ) as connection:
        viewer = _Viewer(connection, page, query, seen)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(viewer.run(), seconds)
        viewer.stop()


class _Viewer:
    def __init__(self, connection: ClientConnection, page: str, query: str, seen: Seen) -> None:
        self._connection = connection
        self._page, self._query, self._seen = page, query, seen
        self._hash = ""
        self._due: dict[str, asyncio.Task[None]] = {}
        self._asked: list[float] = []

    async def run(self) -> None:
        await self._ask("")
        async for received in self._connection:
            message = ForwardMsg()
            message.ParseFromString(received)
            self._take(message)

    def stop(self) -> None:
        for task in self._due.values():
            task.cancel()

    async def _ask(self, fragment: str) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.fragment_id = self._query, fragment
        state.is_auto_rerun = bool(fragment)
        state.page_script_hash = self._hash
        if not self._hash:
            state.page_name = self._page
        state.context_info.timezone, state.context_info.locale = "Europe/Berlin", "de-DE"
        self._asked.append(time.perf_counter())
        await self._connection.send(message.SerializeToString())

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._hash = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self._repeat(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            self._seen.elements += 1
            if element.WhichOneof("type") == "exception":
                self._seen.errors.append(element.exception.message[:200])
            elif element.WhichOneof("type") == "alert" and element.alert.format == 1:
                self._seen.errors.append(element.alert.body[:200])
        elif kind == "script_finished":
            self._seen.scripts += 1
            if self._asked:
                # requests that waited are answered by one run
                self._seen.seconds.append(time.perf_counter() - self._asked[0])
                self._asked.clear()

    def _repeat(self, fragment: str, interval: float) -> None:
        async def forever() -> None:
            while True:
                await asyncio.sleep(interval)
                await self._ask(fragment)

        before = self._due.pop(fragment, None)
        if before is not None:
            before.cancel()
        self._due[fragment] = asyncio.get_running_loop().create_task(forever())
