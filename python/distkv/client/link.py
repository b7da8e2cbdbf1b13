"""The link to a server: a connection that is made again whenever it ends."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from logging import getLogger
from typing import Any, Final

import anyio

from ..exceptions import ClientAuthError, DistKVError, OutcomeUnknownError, ServerClosedError, ServerConnectionError
from ..util import attrdict
from .address import Address, candidates
from .connection import Connection
from .credentials import LogIn, configured, found
from .replies import Reply
from .run_tokens import RunTokens

__all__ = ["Link"]

logger = getLogger(__name__)

_FIRST_PAUSE: Final = 0.02  # seconds; doubled from attempt to attempt
_UNKNOWN_PAUSE: Final = 0.25  # seconds to wait after the server could not tell whether a write happened
_STALE: Final = 1  # seconds for which a tock counts as recent
_MOST_ATTEMPTS: Final = 100

_WRITES: Final = frozenset({"set_value", "delete_value", "delete_tree", "commit"})
_REPEATABLE: Final = frozenset({"get_value", "enum", "get_state", "get_tock"})
"""Actions that can be repeated without harm."""


class Link:
    """
    Keeps a `Connection` to a server.

    `run` is its task. While there is no connection, requests fail at once with ServerConnectionError, and callers of
    `wait_connected` wait. A link can start without a connection; then `run` makes the first one, too. When the server
    refuses the link's log-in, `run` ends, and all requests raise ClientAuthError.
    """

    def __init__(
        self,
        connection: Connection | None,
        connect: attrdict,
        address: Address | None = None,
        runs: RunTokens | None = None,
        *,
        log_in: Callable[[attrdict, Address], LogIn | None] = lambda connect, _: configured(connect),
    ) -> None:
        self.greeting = attrdict() if connection is None else connection.greeting
        self.attempted = anyio.Event()
        """Set by `run` once the first attempt to connect has succeeded or failed."""
        self.connects = 0 if connection is None else 1
        """How often a connection was made."""
        self.address = address or candidates(connect)[-1]
        """Where the server is, or was last looked for."""
        self._connect = connect
        self._log_in = log_in
        self._refused: ClientAuthError | None = None
        self._runs = runs
        """What it logs in with, if it is that of runs."""
        self._connection = connection
        self._closed = False
        self._changed = anyio.Event()
        self._tock = 0
        self._tock_noted_at = 0.0
        self._note_tock(self.greeting)

    @classmethod
    async def open(cls, connect: attrdict) -> Link:
        """
        Make the first connection, with the log-in that the user has for this server.

        Raises ServerConnectionError if that fails, ClientAuthError if the server refuses the log-in or wants one.
        """
        connection, address = await _open(connect, found)
        return cls(connection, connect, address, log_in=found)

    @property
    def connected(self) -> bool:
        """Whether there is a connection."""
        return self._connection is not None and not self._connection.closed

    @property
    def losses(self) -> int:
        """How many connections have been lost."""
        return self.connects - self.connected

    def connection(self) -> Connection:
        """Return the connection; raises ServerConnectionError if there is none."""
        if self._connection is None or self._connection.closed:
            self._check_refused()
            raise ServerConnectionError(f"not connected to {self.address}")
        return self._connection

    async def request(self, action: str, params: dict[str, Any]) -> attrdict:
        """
        Send a request and wait for its reply.

        If the connection ends before the reply, the request continues on the next one: a read is repeated; a write
        names its earlier attempts, so that the server applies it exactly once (``again`` in docs/protocol.md).

        Raises ServerConnectionError at once if there is no connection, ServerClosedError if there is no reply within
        ``connect.patience`` seconds after the connection ended (messages and sessions: when it ends), or what the
        server reports.
        """
        connection = self.connection()
        write = action in _WRITES
        if not (write or action in _REPEATABLE) or not connection.can_retry_writes:
            return await self._ask(connection, action, params, [])
        if write and time.monotonic() - self._tock_noted_at > _STALE:
            # The server searches for a write in its history from this tock on, and that is limited.
            await self.request("get_state", {})
            connection = self.connection()
        asked = params
        tock = self._tock
        attempts: list[tuple[int, int]] = []
        deadline = 0.0
        while True:
            try:
                reply = await self._ask(connection, action, asked, attempts)
            except (ServerClosedError, OutcomeUnknownError) as error:
                deadline = deadline or time.monotonic() + self._connect.patience
                if isinstance(error, OutcomeUnknownError):
                    if len(attempts) > 1:
                        raise  # the server was asked, and cannot tell
                    await anyio.sleep(_UNKNOWN_PAUSE)
                found = await self._next_connection(deadline)
                if found is None or not found.can_retry_writes or len(attempts) >= _MOST_ATTEMPTS:
                    raise
                connection = found
                asked = {**params, "again": attempts, "since": tock} if write else params
            else:
                if write or action == "get_state":
                    self._note_tock(reply)
                return reply

    async def _ask(
        self, connection: Connection, action: str, params: dict[str, Any], attempts: list[tuple[int, int]]
    ) -> attrdict:
        """Send a request on this connection, and add that to the attempts."""
        reply = Reply()
        seq = connection.send(action, params, reply)
        attempts.append((connection.writer, seq))
        try:
            await connection.wait_for_space()
            return await reply.wait()
        except ServerClosedError as error:
            raise ServerClosedError(f"no reply to {action}: {error}") from None
        finally:
            connection.forget(seq)

    async def _next_connection(self, deadline: float) -> Connection | None:
        """Wait for a connection until the deadline; None if there is none."""
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        with anyio.move_on_after(left):
            try:
                return await self.wait_connected()
            except ServerClosedError:
                return None
        return None

    def _note_tock(self, message: attrdict) -> None:
        """Note the latest tock that the server has reported."""
        tock = message.get("tock")
        if isinstance(tock, int):
            self._tock = max(self._tock, tock)
            self._tock_noted_at = time.monotonic()

    async def wait_connected(self) -> Connection:
        """Wait until there is a connection; raises ServerClosedError once the link was closed."""
        while self._connection is None or self._connection.closed:
            self._check_refused()
            if self._closed:
                raise ServerClosedError("the client was closed")
            await self._changed.wait()
        return self._connection

    def _check_refused(self) -> None:
        if self._refused is not None:
            raise type(self._refused)(str(self._refused))

    async def changed(self) -> None:
        """Wait until the connection ends or a new one is made."""
        await self._changed.wait()

    async def run(self) -> None:
        """Keep the connection up until `close`, or until the server refuses the log-in."""
        while not self._closed:
            try:
                connection = self._connection or await self._connected_again()
            except ClientAuthError as error:
                logger.error("%s", error)
                self._refused = error
                self.attempted.set()
                self._set(None)
                return
            self.attempted.set()
            await connection.run()
            self._set(None)
            if not self._closed:
                logger.warning("lost the connection to %s", self.address)

    async def _connected_again(self) -> Connection:
        connection = await self._reconnect()
        if self._runs is not None:
            self._runs.connected(connection)
        self.greeting = connection.greeting
        self._note_tock(connection.greeting)
        self.connects += 1
        self._set(connection)
        if self.connects > 1:
            logger.warning("connected to %s again", self.address)
        return connection

    async def close(self) -> None:
        """Send what is queued, then end the connection for good."""
        self._closed = True
        connection = self._connection
        self._set(None)
        if connection is not None:
            await connection.close()

    async def _reconnect(self) -> Connection:
        pause = _FIRST_PAUSE if self.connects else 0
        while True:
            await anyio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
            pause = min(2 * pause, self._connect.retry) or _FIRST_PAUSE
            if self._runs is not None:
                await self._runs.wait()
            try:
                connection, self.address = await _open(self._connect, self._log_in, self._runs is None)
                return connection
            except ClientAuthError:
                raise
            except DistKVError as error:
                logger.debug("%s", error)
                self.attempted.set()

    def _set(self, connection: Connection | None) -> None:
        self._connection = connection
        event, self._changed = self._changed, anyio.Event()
        event.set()


async def _open(
    connect: attrdict, log_in: Callable[[attrdict, Address], LogIn | None], check_log_in: bool = True
) -> tuple[Connection, Address]:
    *others, last = candidates(connect)
    for address in others:
        try:
            return await _open_at(address, connect, log_in, check_log_in), address
        except ServerConnectionError as error:
            logger.debug("%s", error)
    return await _open_at(last, connect, log_in, check_log_in), last


async def _open_at(
    address: Address, connect: attrdict, log_in: Callable[[attrdict, Address], LogIn | None], check_log_in: bool
) -> Connection:
    try:
        with_what = log_in(connect, address)
    except ValueError as error:
        raise ClientAuthError(str(error)) from error
    return await Connection.open(
        address,
        connect.get("ssl"),
        with_what,
        timeout=connect.init_timeout,
        window=connect.window,
        check_log_in=check_log_in,
    )
