"""One connection to a server, from its greeting to its end."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from logging import getLogger
from typing import Any, Final, Protocol

import anyio
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from anyio.streams.tls import TLSStream

from .. import codec
from ..exceptions import (
    ClientAuthError,
    ClientAuthRequiredError,
    DistKVError,
    ServerClosedError,
    ServerConnectionError,
    ServerError,
    error_from,
)
from ..util import attrdict
from .address import Address
from .epochs import newer_than
from .tls import context, reason, server_name

__all__ = ["Connection", "ReplySink"]

logger = getLogger(__name__)

_CHUNK: Final = 1 << 18
_SEND_BUFFER: Final = 1 << 20  # bytes waiting to be sent; with more, callers wait
_LARGEST: Final = 1 << 24  # bytes of a request
_DEEPEST: Final = 64  # levels of maps and arrays in a request, including the request
_ORIGINAL_REFUSAL: Final = re.compile(r"\w+Error\('([^']*)', '[^']*'\)")
_PEER_TIMEOUT: Final = 5  # seconds without a response after which the other machine counts as gone


class ReplySink(Protocol):
    """Takes the replies to one request. Called by the reader; must not block."""

    def put(self, message: attrdict) -> bool:
        """Take a reply; return whether it was the last one."""

    def lost(self, error: DistKVError) -> None:
        """The connection has ended, there will be no more replies."""


class Connection:
    """
    One connection.

    `run` serves it until it ends: the calling task reads, and hands every reply to its `ReplySink` at once; a second
    task writes, and sends in one batch whatever callers of `send` have queued.
    """

    def __init__(self, stream: ByteStream, unpacker: Any, greeting: attrdict, window: int) -> None:
        self.greeting = greeting
        self.extensions: frozenset[str] = frozenset(greeting.get("ext") or ())
        self.window = _window(greeting, window)
        self.writer = int(greeting.get("writer") or 0)
        """The number by which the server identifies this connection's writes; 0 if it has none."""
        self.can_retry_writes = self.writer > 0 and "again" in self.extensions
        """Whether the server can be asked what became of writes whose replies were lost."""
        self._stream = stream
        self._unpacker = unpacker
        self._packer = codec.packer()
        self._sinks: dict[int, ReplySink] = {}
        self._seq = 0
        self._out: list[bytes] = []
        self._out_size = 0
        self.closed = False
        """Whether the connection has ended."""
        self._running = False
        self._why = "the connection to the server ended"
        self._wake: anyio.Event | None = None
        self._drained: anyio.Event | None = None

    @classmethod
    async def open(
        cls,
        address: Address,
        tls: Any,
        log_in: Mapping[str, str] | None,
        *,
        timeout: float,
        window: int,
        check_log_in: bool = True,
    ) -> Connection:
        """
        Connect, wait for the greeting and log in, together for at most ``timeout`` seconds.

        ``tls`` is ``connect.ssl``; ``log_in`` is what `distkv.client.credentials` has found. Raises
        ServerConnectionError, naming the address, or ClientAuthError if the server refuses the log-in or wants another.
        """
        stream = None
        try:
            with anyio.fail_after(timeout):
                stream = await _connect(address, tls)
                unpacker = codec.unpacker()
                greeting = await _greeting(stream, unpacker)
                connection = cls(stream, unpacker, greeting, window)
                await connection._check_epoch(address)
                if check_log_in:
                    await connection._log_in(address, log_in)
        except BaseException as error:
            if stream is not None:
                await anyio.aclose_forcefully(stream)
            if isinstance(error, TimeoutError):
                raise ServerConnectionError(f"no greeting from {address} within {timeout} s") from None
            if isinstance(error, (OSError, ValueError, anyio.EndOfStream, anyio.BrokenResourceError)):
                raise ServerConnectionError(f"no connection to {address}: {_reason(error)}") from error
            raise
        if connection.window:
            connection._queue({"seq": 0, "qlen": connection.window})
        return connection

    async def _check_epoch(self, address: Address) -> None:
        """Tell a server of an older epoch that there is a newer one, and refuse it."""
        newer = newer_than(self.greeting)
        if newer is not None:
            await self._stream.send(self._packer.pack({"seq": 0, "qlen": 0, "seal": newer.seal}))
            await self._stream.aclose()
            raise ServerConnectionError(
                f"{address}: a server of epoch {self.greeting['epoch']} of the tree, which another one has taken over"
                f" in epoch {newer.epoch} (expected: that one)"
            )

    async def _log_in(self, address: Address, log_in: Mapping[str, str] | None) -> None:
        """Say who this client is, if the server wants to know or the client wants it to."""
        wanted = (self.greeting.get("auth") or (None,))[0]
        if log_in is None:
            if wanted:
                raise ClientAuthRequiredError(
                    f"{address} wants a log-in (expected: a token, or a user with a password; 'distkv login {address}'"
                    " keeps one)"
                )
            return
        # A server of the original without users knows no log-in, and needs none.
        if not wanted and "login" not in self.extensions:
            return
        self._seq = 1
        await self._stream.send(self._packer.pack({"action": "auth", "seq": 1, **log_in}))
        while True:
            self._unpacker.feed(await self._stream.receive())
            for message in self._unpacker:
                if "error" in message:
                    raise _refusal(address, log_in, message)
                if message.get("seq") == 1 and message.get("state") == "end":
                    return

    async def run(self) -> None:
        """Read and write until the connection ends; then every pending request fails."""
        self._running = True
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._write, tasks.cancel_scope)
                await self._read()
                tasks.cancel_scope.cancel()
        finally:
            self._running = False
            self.closed = True
            self._wake_senders()
            sinks, self._sinks = self._sinks, {}
            for sink in sinks.values():
                sink.lost(ServerClosedError(self._why))
            await anyio.aclose_forcefully(self._stream)

    def send(self, action: str, params: Mapping[str, Any], sink: ReplySink | None) -> int:
        """
        Queue a request and return its ``seq``; replies go to ``sink``.

        Raises ServerConnectionError once the connection has ended, TypeError for values that cannot be encoded, and
        ValueError for requests that are too large or nested too deeply, for which a server would close the connection.
        """
        if self.closed:
            raise ServerConnectionError("the connection to the server ended")
        seq = self._seq + 1
        message = {"action": action, "seq": seq, **params}
        if codec.is_deeper(message, _DEEPEST):
            raise ValueError(f"{action}: nested too deeply (expected: {_DEEPEST} levels or fewer)")
        self._queue(message)
        self._seq = seq
        if sink is not None:
            self._sinks[seq] = sink
        return seq

    def acknowledge(self, seq: int, received: int) -> None:
        """Tell the server how far the stream ``seq`` has been consumed."""
        if not self.closed:
            self._queue({"seq": seq, "state": "ack", "ack": received})

    def stop(self, seq: int) -> None:
        """Tell the server to end the stream ``seq``; drop what still arrives of it."""
        self.forget(seq)
        if not self.closed:
            self.send("stop", {"task": seq}, None)

    def forget(self, seq: int) -> None:
        """Drop replies to this request from now on."""
        self._sinks.pop(seq, None)

    async def wait_for_space(self) -> None:
        """Wait until the send buffer has space."""
        while self._out_size > _SEND_BUFFER and not self.closed:
            if self._drained is None:
                self._drained = anyio.Event()
            await self._drained.wait()

    async def close(self) -> None:
        """Send what is queued, for at most a second, then end the connection."""
        with anyio.move_on_after(1, shield=True):
            while self._out_size and self._running:
                if self._drained is None:
                    self._drained = anyio.Event()
                await self._drained.wait()
        self.closed = True
        await anyio.aclose_forcefully(self._stream)

    def _queue(self, message: dict[str, Any]) -> None:
        frame = self._packer.pack(message)
        if len(frame) > _LARGEST:
            raise ValueError(f"{message['action']}: {len(frame)} bytes (expected: {_LARGEST} or fewer)")
        self._out.append(frame)
        self._out_size += len(frame)
        if self._wake is not None:
            self._wake.set()

    async def _write(self, scope: anyio.CancelScope) -> None:
        try:
            while True:
                while not self._out:
                    self._wake = anyio.Event()
                    await self._wake.wait()
                    self._wake = None
                out, self._out = self._out, []
                await self._stream.send(b"".join(out))
                self._out_size -= sum(map(len, out))
                self._wake_senders()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            scope.cancel()

    def _wake_senders(self) -> None:
        if self._drained is not None:
            self._drained.set()
            self._drained = None

    async def _read(self) -> None:
        try:
            while True:
                for message in self._unpacker:
                    seq = message.get("seq")
                    sink = self._sinks.get(seq)
                    if sink is None:
                        self._unsolicited(message)
                    elif sink.put(message):
                        self.forget(seq)
                self._unpacker.feed(await self._stream.receive(_CHUNK))
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            return
        except ServerError:
            logger.warning("%s", self._why)
        except Exception:
            logger.exception("the server sent something that cannot be read; closing the connection")

    def _unsolicited(self, message: attrdict) -> None:
        if message.get("seq") is None:
            self._why = f"the server ended the connection: {message['error']}"
            raise error_from(message)


async def _greeting(stream: ByteStream, unpacker: Any) -> attrdict:
    while True:
        unpacker.feed(await stream.receive())
        for greeting in unpacker:
            if not isinstance(greeting, attrdict) or greeting.get("seq") != 0 or "node" not in greeting:
                raise ValueError("its greeting is not a DistKV server's")
            return greeting


def _refusal(address: Address, log_in: Mapping[str, str], message: attrdict) -> DistKVError:
    text = str(message["error"])
    original = _ORIGINAL_REFUSAL.fullmatch(text)
    if message.get("etype") in ("refused", "conn"):
        # It may be over soon, such as too many failures of others at this address.
        return ServerConnectionError(f"{address}: {text}")
    who = f"user {log_in['ident']}" if "ident" in log_in else "a token"
    return ClientAuthError(f"{address} refuses the log-in as {who}: {original[1] if original else text}")


def _window(greeting: attrdict, wanted: int) -> int:
    """Return how many unconfirmed messages a stream may have; 0 if the server does not limit them."""
    offered = int(greeting.get("qlen") or 0)
    return wanted if offered and "window" in (greeting.get("ext") or ()) else min(offered, wanted)


async def _connect(address: Address, tls: Any) -> ByteStream:
    if address.socket is not None:
        return await anyio.connect_unix(address.socket)
    if not address.tls:
        stream = await anyio.connect_tcp(address.host, address.port)
        _detect_dead_peer(stream)
        return stream
    if address.node is not None:
        tls = address.node.ssl
    secured = await anyio.connect_tcp(
        address.host,
        address.port,
        ssl_context=await context(tls, address),
        tls_hostname=server_name(tls, address),
        tls_standard_compatible=False,
    )
    _detect_dead_peer(secured)
    return secured


def _reason(error: BaseException) -> str:
    cause = error.__cause__ if isinstance(error, anyio.BrokenResourceError) else error
    if isinstance(cause, ssl.SSLError):
        return reason(cause)
    if isinstance(error, (anyio.EndOfStream, anyio.BrokenResourceError)):
        return "it ended before the greeting"
    return str(error)


def _detect_dead_peer(stream: SocketStream | TLSStream) -> None:
    """Have the kernel end the connection when the other machine is silently gone."""
    raw = stream.extra(SocketAttribute.raw_socket)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    options = {"TCP_KEEPIDLE": 2, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": _PEER_TIMEOUT - 2}
    options["TCP_USER_TIMEOUT"] = _PEER_TIMEOUT * 1000
    for name, value in options.items():
        option = getattr(socket, name, None)
        if option is not None:
            raw.setsockopt(socket.IPPROTO_TCP, option, value)
