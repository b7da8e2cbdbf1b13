"""A worker's connection to its runner."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from .framing import MessageReader, pack
from .report_queue import ReportQueue

__all__ = ["Connect", "RunnerConnection"]

Connect = Callable[[], socket.socket]
"""Returns a new connection to the runner."""

_CHUNK = 65536


class RunnerConnection:
    """
    Carries messages both ways; ``report`` and ``log`` may be called on any thread.

    It starts without an event loop: ``receive`` blocks for the next message. After ``attach`` it belongs to a loop, and
    everything else is used only on that loop's thread.
    """

    def __init__(self, connect: Connect) -> None:
        self.another = connect
        """Opens one more connection to the same runner."""
        self._sock = connect()
        self._messages = MessageReader()
        self._read: deque[dict[str, Any]] = deque()
        self._queue = ReportQueue()
        self._loop: asyncio.AbstractEventLoop
        self._thread: int | None = None
        self._pump_is_due = False
        self._unsent = memoryview(b"")
        self._writing = False
        self._gone = False
        self._senders: deque[asyncio.Future[None]] = deque()
        self._handle: Callable[[dict[str, Any]], None]
        self._on_gone: Callable[[], None]

    def send(self, **message: Any) -> None:
        """Send a message, before there is a loop."""
        self._sock.sendall(pack(message))

    def receive(self) -> dict[str, Any] | None:
        """Block for the next message, before there is a loop; None if the runner is gone."""
        while not self._read:
            data = self._sock.recv(_CHUNK)
            if not data:
                return None
            self._read.extend(self._messages.feed(data))
        return self._read.popleft()

    def attach(self, handle: Callable[[dict[str, Any]], None], on_gone: Callable[[], None]) -> None:
        """From now on, call ``handle`` with each message, and ``on_gone`` at the end of file."""
        self._handle = handle
        self._on_gone = on_gone
        self._sock.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._loop.call_soon(self._deliver)
        self._loop.add_reader(self._sock, self._readable)
        self._pump()

    def report(self, **message: Any) -> None:
        """Send a message that is never dropped. Raises TypeError if MsgPack cannot hold it."""
        self._queue.report(pack(message))
        self._wake()

    def log(self, run: int, **record: Any) -> None:
        """Send a log record; if the runner does not read, the oldest records are dropped."""
        self._queue.log(run, pack({"op": "log", "run": run, **record}))
        self._wake()

    async def wait_for_space(self) -> None:
        """Wait until the runner has read enough of the waiting reports."""
        while self._queue.full and not self._gone:
            await self._progress()

    async def flush(self) -> None:
        """Wait until everything has been sent, or the runner is gone."""
        self._pump()
        while self._unsent and not self._gone:
            await self._progress()

    async def _progress(self) -> None:
        sender = self._loop.create_future()
        self._senders.append(sender)
        await sender

    def _wake(self) -> None:
        if self._thread is None or self._pump_is_due:
            return
        self._pump_is_due = True
        try:
            if threading.get_ident() == self._thread:
                self._loop.call_soon(self._pump)
            else:
                self._loop.call_soon_threadsafe(self._pump)
        except RuntimeError:
            pass  # the loop is closed, and a thread that the code has left behind still logs

    def _pump(self) -> None:
        """Send what is queued, until the socket accepts no more."""
        self._pump_is_due = False
        if self._gone:
            return
        try:
            while self._unsent or self._refill():
                self._unsent = self._unsent[self._sock.send(self._unsent) :]
        except BlockingIOError:
            self._write_when_possible(True)
        except OSError:
            self._disconnected()
        else:
            self._write_when_possible(False)
        while self._senders:
            sender = self._senders.popleft()
            if not sender.done():
                sender.set_result(None)

    def _refill(self) -> bool:
        parts = []
        size = 0
        while size < _CHUNK and (packed := self._queue.take()):
            parts.append(packed)
            size += len(packed)
        self._unsent = memoryview(b"".join(parts))
        return bool(parts)

    def _write_when_possible(self, wanted: bool) -> None:
        if wanted and not self._writing:
            self._loop.add_writer(self._sock, self._pump)
        elif self._writing and not wanted:
            self._loop.remove_writer(self._sock)
        self._writing = wanted

    def _readable(self) -> None:
        try:
            data = self._sock.recv(_CHUNK)
            self._read.extend(self._messages.feed(data))
        except BlockingIOError:
            return
        except (OSError, ValueError):  # ValueError: what it sends is not MsgPack
            data = b""
        if data:
            self._deliver()
        else:
            self._disconnected()

    def _deliver(self) -> None:
        while self._read:
            self._handle(self._read.popleft())

    def _disconnected(self) -> None:
        if not self._gone:
            self._gone = True
            self._loop.remove_reader(self._sock)
            self._write_when_possible(False)
            self._on_gone()
