"""A line between two programs that can be disturbed, one request at a time.

    with Proxy("127.0.0.1", 8000) as proxy:
        proxy.next(cut_answer())            # the next request
        proxy.policy = lambda number: reset() if number % 3 == 0 else None   # all others, counted from 1
        ... http://127.0.0.1:{proxy.port}/

A request is known by its HTTP head; every connection carries one (`Connection: close`), so that a toxic meets one
request and no other. `Proxy(…, http=False)` is for other lines (PostgreSQL): there a toxic waits for its `mark`, and
one without a mark for the next connection.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

from tests.faults.toxics import Toxic

Policy = Callable[[int], Toxic | None]
PIECE = 65536
HEAD_END = b"\r\n\r\n"
SLICE_SECONDS = 0.001


@dataclass
class Seen:
    """A request that went through, or did not."""

    number: int
    line: str  # the first line of its head
    toxic: str = ""
    answered: bool = False  # the answer was passed on


@dataclass
class Ends:
    """The two ends of one connection."""

    client: asyncio.StreamReader
    to_client: asyncio.StreamWriter
    server: asyncio.StreamReader
    to_server: asyncio.StreamWriter

    def cut(self) -> None:
        """Both at once, as when a mast goes down."""
        for writer in (self.to_server, self.to_client):
            abort(writer)


def abort(writer: asyncio.StreamWriter) -> None:
    """RST instead of a polite end: what is still on its way is thrown away."""
    with suppress(OSError):
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Proxy:
    """Listens on `port` of 127.0.0.1 in a thread of its own while the `with` lasts."""

    def __init__(self, host: str, port: int, *, http: bool = True, port_here: int = 0) -> None:
        self.upstream = (host, port)
        self.http = http
        self.port = port_here
        self.policy: Policy = lambda _number: None
        self.seen: list[Seen] = []
        self._waiting: list[Toxic] = []
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None] | None] = set()  # asyncio itself holds them weakly
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where a browser or a client goes."""
        return f"http://127.0.0.1:{self.port}"

    def next(self, *toxics: Toxic) -> None:
        """For the next requests, one each; they come before the policy."""
        with self._lock:
            self._waiting.extend(toxics)

    def clear(self) -> None:
        """No toxic from now on."""
        with self._lock:
            self._waiting.clear()
        self.policy = lambda _number: None

    def refuse(self) -> None:
        """Stop listening: connections are refused until `listen`."""
        self._call(self._close())

    def listen(self) -> None:
        """Listen (again), on the same port as before."""
        self._call(self._open())

    def __enter__(self) -> Proxy:
        self._thread.start()
        self.listen()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.refuse()
        self._call(self._end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, doing: Awaitable[None]) -> None:
        async def wait() -> None:
            await doing

        asyncio.run_coroutine_threadsafe(wait(), self._loop).result(10)

    async def _open(self) -> None:
        if self._server is None:
            # asyncio sets SO_REUSEADDR, so the port can be taken again at once
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=200)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _end_all(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _take(self, piece: bytes, *, first: bool) -> Toxic | None:
        """The toxic for a request (or for a piece of another line), and a note of it."""
        with self._lock:
            found = next((one for one in self._waiting if (one.mark in piece if one.mark else first)), None)
            if found is not None:
                self._waiting.remove(found)
            if first or found is not None:
                number = len(self.seen) + 1
                found = found or self.policy(number)
                line = piece.split(b"\r\n")[0].decode("latin-1") if self.http else ""
                self.seen.append(Seen(number, line, found.kind if found else ""))
        return found

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        to_server: asyncio.StreamWriter | None = None
        self._tasks.add(asyncio.current_task())
        try:
            first = await client.read(PIECE)
            if not first:  # a browser connects ahead and says nothing
                return
            server, to_server = await asyncio.open_connection(*self.upstream)
            ends = Ends(client, to_client, server, to_server)
            await (self._one_request(ends, first) if self.http else self._other_line(ends, first))
        except (OSError, asyncio.IncompleteReadError):
            abort(to_client)
        finally:
            self._tasks.discard(asyncio.current_task())
            for writer in (to_client, to_server):
                if writer is not None:
                    with suppress(OSError):
                        writer.close()

    async def _one_request(self, ends: Ends, first: bytes) -> None:
        toxic = self._take(first, first=True)
        noted = self.seen[-1]
        if toxic is not None and toxic.kind == "down":
            ends.cut()
            return
        request = await whole_request(ends.client, first)
        await disturbed(ends, request, toxic, noted)

    async def _other_line(self, ends: Ends, first: bytes) -> None:
        back = asyncio.ensure_future(pump(ends.server, ends.to_client))
        try:
            piece, new = first, True
            while piece:
                toxic = self._take(piece, first=new)
                if toxic is not None and not await struck(ends, piece, toxic, back):
                    return
                if toxic is None:
                    ends.to_server.write(piece)
                    await ends.to_server.drain()
                piece, new = await ends.client.read(PIECE), False
        finally:
            back.cancel()


async def whole_request(client: asyncio.StreamReader, first: bytes) -> bytes:
    """A request with its body, its head asking for the connection to end after the answer."""
    data = first
    while HEAD_END not in data:
        data += await more(client)
    head, body = data.split(HEAD_END, 1)
    length = re.search(rb"(?im)^content-length:\s*(\d+)", head)
    if length:
        while len(body) < int(length[1]):
            body += await more(client)
    elif re.search(rb"(?im)^transfer-encoding:\s*chunked", head):
        while not body.endswith(b"0" + HEAD_END):
            body += await more(client)
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"expect:"))]
    return b"\r\n".join([*lines, b"Connection: close"]) + HEAD_END + body


async def more(reader: asyncio.StreamReader) -> bytes:
    """The next piece, or the error of one who left."""
    piece = await reader.read(PIECE)
    if not piece:
        raise ConnectionResetError
    return piece


async def disturbed(ends: Ends, request: bytes, toxic: Toxic | None, noted: Seen) -> None:
    """One request under a toxic."""
    kind, amount = (toxic.kind, toxic.amount) if toxic else ("", 0)
    if kind == "timeout":
        with suppress(TimeoutError):
            await asyncio.wait_for(ends.client.read(1), amount)
    if kind in {"timeout", "reset"}:
        ends.cut()
        return
    if kind == "limit_data":
        ends.to_server.write(request[: int(amount)])
        await ends.to_server.drain()
        ends.cut()
        return
    if kind == "latency":
        await asyncio.sleep(amount / 1000)
    await send(ends.to_server, request, kind, amount)
    answer = await ends.server.read()  # to its end: whatever the server meant to do is done
    if kind == "cut_answer":
        ends.cut()
        return
    if kind == "latency":
        await asyncio.sleep(amount / 1000)
    noted.answered = True  # before the last byte, for the client goes on at once
    await send(ends.to_client, answer, kind, amount)


async def send(writer: asyncio.StreamWriter, data: bytes, kind: str = "", amount: float = 0) -> None:
    """Whole, slowly, or in slices."""
    size, pause = len(data) or 1, 0.0
    if kind == "bandwidth":
        size, pause = max(1, int(amount / 20)), 0.05
    elif kind == "slicer":
        size, pause = int(amount), SLICE_SECONDS
    for start in range(0, len(data), size):
        writer.write(data[start : start + size])
        await writer.drain()
        if pause:
            await asyncio.sleep(pause)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass everything on, and the end too."""
    with suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    abort(writer)


async def struck(ends: Ends, piece: bytes, toxic: Toxic, back: asyncio.Future[None]) -> bool:
    """A toxic on a line that is not HTTP; whether the line still stands."""
    kind, amount = toxic.kind, toxic.amount
    if kind in {"latency", "bandwidth", "slicer"}:
        if kind == "latency":
            await asyncio.sleep(amount / 1000)
        await send(ends.to_server, piece, kind, amount)
        return True
    back.cancel()  # nothing more comes back
    with suppress(asyncio.CancelledError):
        await back
    if kind == "timeout":
        with suppress(TimeoutError):
            await asyncio.wait_for(ends.client.read(1), amount)
    elif kind == "limit_data":
        await send(ends.to_server, piece[: int(amount)])
    elif kind == "cut_answer":
        await send(ends.to_server, piece)
        await ends.server.read(PIECE)
    ends.cut()
    return False
