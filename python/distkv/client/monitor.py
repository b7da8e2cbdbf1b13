"""Messages between clients, across lost connections."""

from __future__ import annotations

from typing import Any

from ..exceptions import ServerConnectionError
from ..util import attrdict
from .link import Link
from .replies import Stream
from .resumable import ResumableStream

__all__ = ["Monitor"]


class Monitor(ResumableStream):
    """
    The messages sent to a topic.

    A message has ``topic`` (a tuple) and ``data``, or ``raw`` bytes (if that was asked for), or ``raw`` and ``error``
    if the bytes are not MsgPack. Messages that are sent while the connection is lost are not received; iteration
    continues after it.
    """

    def __init__(self, link: Link, topic: Any, *, raw: bool) -> None:
        super().__init__(link)
        self._params = {"topic": topic, "raw": raw}

    def take(self) -> attrdict | None:
        """Return the next message if one has arrived, else None. Never waits."""
        return self._stream.take() if self._stream is not None else None

    async def ready(self) -> bool:
        """Wait until `take` may have something; return False if the monitor has ended."""
        while self._stream is not None:
            try:
                return await self._stream.ready()
            except ServerConnectionError:
                await self._reopen()
        return False

    async def _reopen(self) -> None:
        while True:
            await self._link.wait_connected()
            try:
                await self._open()
                return
            except ServerConnectionError:
                continue

    async def _open(self) -> None:
        stream = Stream(self._link.connection())
        await stream.open("msg_monitor", self._params)
        self._stream = stream
