"""The link to a server: a connection that is made again whenever it ends."""

from __future__ import annotations

import random
import time
from logging import getLogger
from typing import Any, Final

import anyio

from ..exceptions import DistKVError, OutcomeUnknownError, ServerClosedError, ServerConnectionError
from ..util import attrdict
from .sink import Reply
from .wire import Wire

__all__ = ["Link"]

logger = getLogger(__name__)

_FIRST_PAUSE: Final = 0.02  # seconds; doubled from attempt to attempt
_UNKNOWN_PAUSE: Final = 0.25  # seconds after a server did not know itself whether it has written something
_STALE: Final = 1  # seconds that a tock counts as the newest one
_MOST_ATTEMPTS: Final = 100

_WRITES: Final = frozenset({"set_value", "delete_value", "delete_tree", "commit"})
_HARMLESS: Final = frozenset({"get_value", "enum", "get_state", "get_tock"})
"""What may be asked for twice."""


class Link:
    """
    Keeps a `Wire` to a server.

    `run` is its task. While there is no connection, requests fail at once with ServerConnectionError and whoever
    waits in `up` goes on waiting. It may begin without a connection; `run` then makes the first one, too.
    """

    def __init__(self, wire: Wire | None, connect: attrdict) -> None:
        self.greeting = attrdict() if wire is None else wire.greeting
        self.attempted = anyio.Event()
        """Set by `run` once there was a connection, or a first attempt to make one has failed."""
        self.connects = 0 if wire is None else 1
        """How often a connection was made."""
        self._connect = connect
        self._wire = wire
        self._closed = False
        self._changed = anyio.Event()
        self._tock = 0
        self._heard = 0.0
        self._hear(self.greeting)

    @classmethod
    async def open(cls, connect: attrdict) -> Link:
        """Make the first connection; raises ServerConnectionError if there is none to be had."""
        return cls(await _open(connect), connect)

    @property
    def connected(self) -> bool:
        """Whether there is a connection at present."""
        return self._wire is not None and not self._wire.closed

    @property
    def losses(self) -> int:
        """How many connections have been lost."""
        return self.connects - self.connected

    def wire(self) -> Wire:
        """Return the connection; raises ServerConnectionError if there is none at present."""
        if self._wire is None or self._wire.closed:
            host, port = self._connect.host, self._connect.port
            raise ServerConnectionError(f"not connected to {host}:{port} at present")
        return self._wire

    async def request(self, action: str, params: dict[str, Any]) -> attrdict:
        """
        Send a request and wait for its reply.

        If the connection ends before that came, it goes on with the next one: a read is made again; a write says which
        it was, so that the server makes it once, whatever had become of it (``again`` in docs/protocol.md).

        Raises ServerConnectionError at once if there is no connection, ServerClosedError if there is no reply within
        ``connect.patience`` seconds after the connection ended (messages and sessions: when it ends), else what the
        server reports.
        """
        wire = self.wire()
        write = action in _WRITES
        if not (write or action in _HARMLESS) or not wire.settles:
            return await self._ask(wire, action, params, [])
        if write and time.monotonic() - self._heard > _STALE:
            # History can be searched for a write only from a tock on that was there before, and ends somewhere.
            await self.request("get_state", {})
            wire = self.wire()
        asked = params
        tock = self._tock
        attempts: list[tuple[int, int]] = []
        deadline = 0.0
        while True:
            try:
                reply = await self._ask(wire, action, asked, attempts)
            except (ServerClosedError, OutcomeUnknownError) as error:
                deadline = deadline or time.monotonic() + self._connect.patience
                if isinstance(error, OutcomeUnknownError):
                    if len(attempts) > 1:
                        raise  # it was asked after, and nobody knows
                    await anyio.sleep(_UNKNOWN_PAUSE)
                found = await self._next(deadline)
                if found is None or not found.settles or len(attempts) >= _MOST_ATTEMPTS:
                    raise
                wire = found
                asked = {**params, "again": attempts, "since": tock} if write else params
            else:
                if write or action == "get_state":
                    self._hear(reply)
                return reply

    async def _ask(self, wire: Wire, action: str, params: dict[str, Any], attempts: list[tuple[int, int]]) -> attrdict:
        """Send a request on this connection, and note that among the attempts."""
        reply = Reply()
        seq = wire.send(action, params, reply)
        attempts.append((wire.writer, seq))
        try:
            await wire.room()
            return await reply.wait()
        except ServerClosedError as error:
            raise ServerClosedError(f"no reply to {action}: {error}") from None
        finally:
            wire.forget(seq)

    async def _next(self, deadline: float) -> Wire | None:
        """Wait until then for a connection."""
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        with anyio.move_on_after(left):
            try:
                return await self.up()
            except ServerClosedError:
                return None
        return None

    def _hear(self, message: attrdict) -> None:
        """Take note of the tock that was the newest one a moment ago."""
        tock = message.get("tock")
        if isinstance(tock, int):
            self._tock = max(self._tock, tock)
            self._heard = time.monotonic()

    async def up(self) -> Wire:
        """Wait until there is a connection; raises ServerClosedError once the link was closed."""
        while self._wire is None or self._wire.closed:
            if self._closed:
                raise ServerClosedError("the client was closed")
            await self._changed.wait()
        return self._wire

    async def changed(self) -> None:
        """Wait until the connection ends or is made anew."""
        await self._changed.wait()

    async def run(self) -> None:
        """Keep the connection up until `close`."""
        while not self._closed:
            wire = self._wire or await self._connected()
            self.attempted.set()
            await wire.run()
            self._set(None)
            if not self._closed:
                logger.warning("lost the connection to %s:%s", self._connect.host, self._connect.port)

    async def _connected(self) -> Wire:
        wire = await self._again()
        self.greeting = wire.greeting
        self._hear(wire.greeting)
        self.connects += 1
        self._set(wire)
        if self.connects > 1:
            logger.warning("connected to %s:%s again", self._connect.host, self._connect.port)
        return wire

    async def close(self) -> None:
        """Send what is waiting, then end the connection for good."""
        self._closed = True
        wire = self._wire
        self._set(None)
        if wire is not None:
            await wire.close()

    async def _again(self) -> Wire:
        pause = _FIRST_PAUSE if self.connects else 0
        while True:
            await anyio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
            pause = min(2 * pause, self._connect.retry) or _FIRST_PAUSE
            try:
                return await _open(self._connect)
            except DistKVError as error:
                logger.debug("%s", error)
                self.attempted.set()

    def _set(self, wire: Wire | None) -> None:
        self._wire = wire
        event, self._changed = self._changed, anyio.Event()
        event.set()


async def _open(connect: attrdict) -> Wire:
    return await Wire.open(connect.host, connect.port, timeout=connect.init_timeout, window=connect.window)
