"""Sessions: entries that live only as long as this client does."""

from __future__ import annotations

from logging import getLogger
from typing import TYPE_CHECKING, Any

import anyio

from ..exceptions import DistKVError, ServerConnectionError, SessionError
from ..util import Path, attrdict

if TYPE_CHECKING:
    from .client import Client

__all__ = ["Session"]

logger = getLogger(__name__)


class Session:
    """
    A lease on the server, renewed as long as this client is alive.

    Entries written through `set` vanish when the session ends: when it is closed, or ``ttl`` seconds after its last
    renewal. A lost connection does not end it; the client attaches itself to it again.
    """

    def __init__(self, client: Client, reply: attrdict) -> None:
        self._client = client
        self._secret = reply.secret
        self._connection = client.link.connects
        """The number of the connection that knows this session."""
        self._news = anyio.Event()
        self.id: int = reply.session
        self.ttl: float = reply.ttl
        """Seconds that the entries outlive the last renewal."""
        self.lost = False
        """Whether the server no longer knows this session; its entries are gone then."""

    async def set(self, path: Path, value: Any, **options: Any) -> attrdict:
        """
        As `Client.set`, for an entry bound to this session. Waits for a connection if there is none.

        Raises SessionError if the session is lost.
        """
        while True:
            connects = await self._attached()
            try:
                return await self._client.set(path, value, session=True, **options)
            except SessionError:
                # A write that was made again on a new connection may have been quicker than this session.
                if connects == self._client.link.connects:
                    raise

    async def _attached(self) -> int:
        """Wait until the connection knows this session, and return the connection's number."""
        while not self.lost and not (self._client.connected and self._connection == self._client.link.connects):
            await self._news.wait()
        if self.lost:
            raise SessionError(f"session {self.id}: its time was over before it could be renewed")
        return self._connection

    async def end(self) -> None:
        """End the session; its entries are deleted."""
        await self._client.request("session_end")

    async def keep(self) -> None:
        """Renew the session, and attach every new connection to it, until it is lost: the task of a session."""
        link = self._client.link
        while not self.lost:
            if self._connection == link.connects or not link.connected:
                with anyio.move_on_after(self.ttl / 3):
                    await link.changed()
            current = link.connects
            try:
                if self._connection == current:
                    await self._client.request("session_renew")
                else:
                    await self._client.request("session", session=self.id, secret=self._secret)
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
