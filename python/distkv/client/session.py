"""Sessions: entries that live only as long as the client that wrote them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from logging import getLogger
from typing import Any

import anyio

from ..exceptions import DistKVError, ServerConnectionError, SessionError
from ..util import Path, attrdict
from .link import Link

__all__ = ["Session"]

logger = getLogger(__name__)


class Session:
    """
    A session on the server, renewed as long as this client is alive.

    Entries written through `set` are deleted when the session ends: when it is closed, or ``ttl`` seconds after its
    last renewal. A lost connection does not end it; the client attaches the next connection to it.
    """

    def __init__(self, link: Link, set_value: Callable[..., Awaitable[attrdict]], reply: attrdict) -> None:
        self._link = link
        self._set = set_value
        self._secret = reply.secret
        self._connection = link.connects
        """The number of the connection that is attached to this session."""
        self._news = anyio.Event()
        self.id: int = reply.session
        self.ttl: float = reply.ttl
        """Seconds that the entries outlive the last renewal."""
        self.lost = False
        """Whether the session has ended on the server, and its entries are gone."""

    async def set(self, path: Path, value: Any, **options: Any) -> attrdict:
        """
        As ``Client.set``, for an entry bound to this session. Waits for a connection if there is none.

        Raises SessionError if the session is lost.
        """
        while True:
            connects = await self._attached()
            try:
                return await self._set(path, value, session=True, **options)
            except SessionError:
                # A write that was repeated on a new connection may have arrived before the session was attached.
                if connects == self._link.connects:
                    raise

    async def _attached(self) -> int:
        """Wait until the connection is attached to this session, and return the connection's number."""
        while not self.lost and not (self._link.connected and self._connection == self._link.connects):
            await self._news.wait()
        if self.lost:
            raise SessionError(f"session {self.id}: expired before it could be renewed")
        return self._connection

    async def end(self) -> None:
        """End the session; its entries are deleted."""
        await self._link.request("session_end", {})

    async def keep(self) -> None:
        """Renew the session, and attach each new connection to it, until it is lost. This is the session's task."""
        link = self._link
        while not self.lost:
            if self._connection == link.connects or not link.connected:
                with anyio.move_on_after(self.ttl / 3):
                    await link.changed()
            current = link.connects
            try:
                if self._connection == current:
                    await link.request("session_renew", {})
                else:
                    await link.request("session", {"session": self.id, "secret": self._secret})
                    self._connection = current
            except ServerConnectionError:
                continue
            except SessionError as error:
                logger.warning("session %s is lost: %s", self.id, error)
                self.lost = True
            except DistKVError as error:
                logger.warning("session %s was not renewed: %s", self.id, error)
            event, self._news = self._news, anyio.Event()
            event.set()
