"""The roots of subsystems: mirrors that a client has one of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import anyio

from ..util import P, Path
from .client import Client
from .mirror import Mirror

__all__ = ["Handler"]

H = TypeVar("H", bound="Handler")


class Handler(Mirror):
    """
    The root of a subsystem's entries in the tree: a mirror that lives as long as its client.

    A client has one of each class and path.
    """

    CFG: ClassVar[str]
    """The section of the configuration whose ``prefix`` is the root's path."""

    def __init__(self, client: Client, path: Path, *, nchain: int = 0) -> None:
        super().__init__(client, path, nchain=nchain)
        self.client = client

    @classmethod
    async def as_handler(cls: type[H], client: Client, cfg: Mapping[str, Any] | None = None) -> H:
        """
        Return this client's instance, with everything loaded.

        ``cfg`` may name another ``prefix`` (a path, a list of elements, or a path's text) than the client's
        configuration does.
        """
        prefix = (cfg or {}).get("prefix") or client.config[cls.CFG].prefix
        path = P(prefix) if isinstance(prefix, str) else Path.build(prefix)
        key = cls, path
        slot = client.handlers.get(key)
        if slot is None:
            slot = client.handlers[key] = anyio.Lock(), cls(client, path)
        lock, handler = slot
        async with lock:
            if not handler.loaded:
                try:
                    await handler.start()
                except BaseException:
                    client.handlers.pop(key, None)
                    raise
        return handler

    async def start(self) -> None:
        """Load the entries and keep following them."""
        await self.__aenter__()
