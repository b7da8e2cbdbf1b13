"""Messages between clients, across lost connections."""

from __future__ import annotations

from typing import Any

from ..exceptions import ServerConnectionError
from ..util import attrdict
from .feed import Feed
from .link import Link
from .sink import Stream

__all__ = ["Monitor"]


class Monitor(Feed):
    """
    The messages sent to a topic.

    A message has ``topic`` (a tuple) and ``data``, or ``raw`` bytes (if that was asked for), or ``raw`` and ``error``
    if the bytes are not MsgPack. What is sent while the connection is lost is not received; iteration goes on after it.
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
                await self._again()
        return False

    async def _again(self) -> None:
        while True:
            await self._link.up()
            try:
                await self._open()
                return
            except ServerConnectionError:
                continue

    async def _open(self) -> None:
        stream = Stream(self._link.wire())
        await stream.open("msg_monitor", self._params)
        self._stream = stream
