"""Where replies wait for the task that made the request: a single one, or a stream of them."""

from __future__ import annotations

from collections import deque
from typing import Final

import anyio

from ..exceptions import DistKVError, OverflowedError, ServerError, error_from
from ..util import attrdict
from .connection import Connection

__all__ = ["Reply", "Stream"]

_UNPACED: Final = 10_000  # messages that may wait if the server has no flow control


class Reply:
    """The one reply to a request."""

    __slots__ = ("_error", "_event", "_message")

    def __init__(self) -> None:
        self._event = anyio.Event()
        self._message: attrdict | None = None
        self._error: DistKVError | None = None

    def put(self, message: attrdict) -> bool:
        """Take the reply."""
        if "error" in message:
            self._error = error_from(message)
        elif "state" in message:
            self._error = ServerError(f"a stream began where one reply was expected: {message}")
        else:
            self._message = message
        self._event.set()
        return True

    def lost(self, error: DistKVError) -> None:
        """The connection has ended, there will be no reply."""
        self._error = error
        self._event.set()

    async def wait(self) -> attrdict:
        """Wait for the reply; raises what the server reports, or ServerClosedError if the connection ends."""
        await self._event.wait()
        if self._message is None:
            raise self._error or ServerError("no reply")
        return self._message


class Stream:
    """
    The replies to a streaming request, on one connection.

    The server sends no more than the window allows beyond what the consumer has taken, so a slow consumer slows down
    only this stream.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._queue: deque[attrdict] = deque()
        self._limit = 2 * connection.window or _UNPACED
        self._wake: anyio.Event | None = None
        self._failure: DistKVError | None = None
        self._ended = False
        self._confirmed = 0
        self._ack_every = connection.window // 3
        self.seq = 0
        self.start: attrdict | None = None
        """The message that opened the stream, once it came."""
        self.flooded = False
        """Whether the server sent more than the window allows, so that the stream was closed."""

    async def open(self, action: str, params: dict[str, object]) -> None:
        """Send the request and wait until the server has opened the stream; raises what it reports."""
        self.seq = self._connection.send(action, params, self)
        try:
            await self._connection.wait_for_space()
            while self.start is None:
                if self._failure is not None:
                    raise self._failure
                await self._wait()
        except BaseException:
            self.close()
            raise

    def put(self, message: attrdict) -> bool:
        """Take one reply."""
        state = message.get("state")
        if "error" in message and "topic" not in message:
            if self._failure is None:
                self._failure = error_from(message)
            # Before the start this error is the whole reply; within a stream the end follows.
            self._ended = self.start is None and state is None
        elif state is None or state == "uptodate":
            if len(self._queue) >= self._limit:
                self._failure = OverflowedError(f"more than {self._limit} messages wait in this stream")
                self.flooded = True
                self.close()
            else:
                self._queue.append(message)
        elif state == "start":
            # A refused stream gets an error next, which `open` waits for.
            self.start = None if message.get("refused") else message
        elif state == "end":
            self._ended = True
        if self._wake is not None:
            self._wake.set()
            self._wake = None
        return self._ended

    def lost(self, error: DistKVError) -> None:
        """The connection has ended."""
        if self._failure is None and not self._ended:
            self._failure = error
        self._ended = True
        if self._wake is not None:
            self._wake.set()
            self._wake = None

    def take(self) -> attrdict | None:
        """Return the oldest message that has arrived and was not taken, None if there is none."""
        if not self._queue:
            return None
        message = self._queue.popleft()
        received = message.pop("wseq", 0)
        if received - self._confirmed > self._ack_every:
            self._confirmed = received
            self._connection.acknowledge(self.seq, received)
        return message

    async def ready(self) -> bool:
        """
        Wait until `take` has something; return False if the stream has ended.

        Raises what the server reported, or ServerClosedError, once everything before that was taken.
        """
        while not self._queue:
            if self._failure is not None:
                raise self._failure
            if self._ended:
                return False
            await self._wait()
        return True

    def close(self) -> None:
        """End the stream; messages under way are dropped."""
        if self.seq and not self._ended:
            self._ended = True
            self._connection.stop(self.seq)

    async def _wait(self) -> None:
        if self._wake is None:
            self._wake = anyio.Event()
        await self._wake.wait()
