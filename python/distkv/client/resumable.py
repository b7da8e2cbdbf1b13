"""The base of watches and monitors: streams that outlive a connection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import TypeVar

from ..util import attrdict
from .link import Link
from .replies import Stream

__all__ = ["ResumableStream"]

Self = TypeVar("Self", bound="ResumableStream")


class ResumableStream(ABC):
    """
    A stream from the server that is reopened on the next connection when one is lost.

    It is an async context manager, and within it an async iterator. Code with a loop of its own can use `take`, which
    never waits, and `ready`, which waits until there may be something to take.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._stream: Stream | None = None

    async def __aenter__(self: Self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __aiter__(self: Self) -> Self:
        return self

    async def __anext__(self) -> attrdict:
        while True:
            message = self.take()
            if message is not None:
                return message
            if not await self.ready():
                raise StopAsyncIteration

    @property
    def seq(self) -> int:
        """The number of the stream on the current connection, for `Client.stop`; 0 if it is closed."""
        return self._stream.seq if self._stream is not None else 0

    @abstractmethod
    def take(self) -> attrdict | None:
        """Return the next message if one has arrived, else None. Never waits."""

    @abstractmethod
    async def ready(self) -> bool:
        """
        Wait until `take` may have something; return False if the stream has ended.

        Raises what the server reports, or ServerClosedError once the client is closed.
        """

    def close(self) -> None:
        """End the stream."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    @abstractmethod
    async def _open(self) -> None:
        """Open the stream on the current connection."""
