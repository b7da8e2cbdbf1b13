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
        self._attached = anyio.Event()
        self._attached.set()
        self.id: int = reply.session
        self.ttl: float = reply.ttl
        """Seconds that the entries outlive the last renewal."""
        self.lost = False
        """Whether the server no longer knows this session; its entries are gone then."""

    async def set(self, path: Path, value: Any, **options: Any) -> attrdict:
        """As `Client.set`, for an entry bound to this session; raises SessionError if it is gone."""
        await self._attached.wait()
        if self.lost:
            raise SessionError(f"session {self.id}: its time was over before it could be renewed")
        return await self._client.set(path, value, session=True, **options)

    async def end(self) -> None:
        """End the session; its entries are deleted."""
        await self._client.request("session_end")

    async def keep(self) -> None:
        """Renew the session until it is lost: the task of a session."""
        link = self._client.link
        connects = link.connects
        while not self.lost:
            with anyio.move_on_after(self.ttl / 3):
                await link.changed()
            if connects != link.connects or not link.connected:
                self._attached = anyio.Event()
            try:
                if connects == link.connects:
                    await self._client.request("session_renew")
                else:
                    now = link.connects
                    await self._client.request("session", session=self.id, secret=self._secret)
                    connects = now
            except SessionError as error:
                logger.warning("session %s is lost: %s", self.id, error)
                self.lost = True
            except ServerConnectionError:
                continue
            except DistKVError as error:
                logger.warning("session %s: %s", self.id, error)
                continue
            self._attached.set()
