"""A slow line between a browser and a server: everything that goes over it is delayed, squeezed and counted, whoever in
the browser asked for it, a service worker too."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any

PIECE = 4096  # what one turn of the shared line carries


class SlowLine:
    """Listens on `port` of 127.0.0.1 while the `with` lasts. `rate` in bytes a second, shared by all connections in
    each direction; `round_trip` in seconds, paid by every handshake and every exchange. `down` and `up` count bytes."""

    def __init__(self, host: str, port: int, *, rate: float, round_trip: float) -> None:
        self.upstream, self.rate, self.round_trip = (host, port), rate, round_trip
        self.port = self.down = self.up = 0
        self._free = {"down": 0.0, "up": 0.0}  # when each direction has carried what it was given
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> SlowLine:
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def reset(self) -> None:
        """Count from nothing."""
        self.down = self.up = 0

    def _call(self, doing: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(20)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=100)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        to_server: asyncio.StreamWriter | None = None
        try:
            await asyncio.sleep(self.round_trip)  # the handshake, which a local connection does not cost
            server, to_server = await asyncio.open_connection(*self.upstream)
            await asyncio.gather(self._carry(client, to_server, "up"), self._carry(server, to_client, "down"))
        except OSError:
            pass
        finally:
            for writer in (to_client, to_server):
                if writer is not None:
                    with suppress(OSError):
                        writer.close()

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, way: str) -> None:
        """Read on while what was read is still on its way."""
        underway: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(256)
        deliver = asyncio.ensure_future(self._deliver(underway, target))
        try:
            while piece := await source.read(PIECE):
                setattr(self, way, getattr(self, way) + len(piece))
                now = self._loop.time()
                self._free[way] = max(self._free[way], now) + len(piece) / self.rate
                await underway.put((self._free[way] + self.round_trip / 2, piece))
            await underway.put((0, b""))
            await deliver
        finally:
            deliver.cancel()

    async def _deliver(self, underway: asyncio.Queue[tuple[float, bytes]], target: asyncio.StreamWriter) -> None:
        while True:
            at, piece = await underway.get()
            if not piece:
                if target.can_write_eof():
                    target.write_eof()
                return
            await asyncio.sleep(max(0, at - self._loop.time()))
            target.write(piece)
            await target.drain()
