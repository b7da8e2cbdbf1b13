"""Watching a subtree, across lost connections."""

from __future__ import annotations

from collections import deque
from typing import Any

from ..exceptions import CompactedError, OverflowedError, ServerConnectionError
from ..util import Path, attrdict
from .link import Link
from .path_expander import PathExpander
from .replies import Stream
from .resumable import ResumableStream

__all__ = ["Watch"]

Key = Path | tuple[str, ...]


class Watch(ResumableStream):
    """
    The changes below a path.

    An item has ``path`` (the full one), ``value`` (no such key if the entry was deleted), ``tock``, and ``chain`` if
    ``nchain`` is 1 or more. With ``fetch`` the current entries come first, then a message with ``state`` "uptodate"
    and no path. Items of one path come in order; older values of the same path may be skipped while the reader lags.

    When the connection is lost, or the server drops a reader that is too slow, iteration resumes where it was as soon
    as possible: from the server's history or, if that has been compacted, by fetching again and delivering the
    differences. Either way only the last state of a path is delivered.
    """

    def __init__(self, link: Link, path: Path, *, fetch: bool, long_path: bool, **options: Any) -> None:
        super().__init__(link)
        self.path = path
        self._options = options
        self._fetch = fetch
        self._long_path = long_path
        self._expand = PathExpander(path)
        self._known: dict[Key, Any] = {}
        """The tock of every present entry that was delivered."""
        self._position: int | None = None
        """Everything up to this tock was delivered, or precedes a watch that does not fetch."""
        self._settled = not fetch
        """Whether the first fetch, if any, was delivered completely."""
        self._catching_up = False
        self._fresh: set[Key] | None = None
        """While fetching again: the entries found so far."""
        self._due: deque[attrdict] = deque()
        """To be delivered before anything else from the stream."""

    def take(self) -> attrdict | None:
        """Return the next item if one has arrived, else None. Never waits."""
        while self._stream is not None:
            if self._due:
                return self._due.popleft()
            message = self._stream.take()
            if message is None:
                return None
            if self._accept(message):
                return message
        return None

    async def ready(self) -> bool:
        """
        Wait until `take` may have something; return False if the watch has ended.

        Raises what the server reports, or ServerClosedError once the client is closed.
        """
        while self._stream is not None:
            if self._due:
                return True
            try:
                return await self._stream.ready()
            except (ServerConnectionError, CompactedError, OverflowedError) as error:
                if self._stream.flooded:
                    raise
                await self._resume(refetch=isinstance(error, CompactedError))
        return False

    async def _resume(self, *, refetch: bool) -> None:
        while True:
            connection = await self._link.wait_connected()
            resumable = "since" in connection.extensions and self._position is not None
            self._fresh = set() if refetch or not resumable else None
            self._catching_up = True
            try:
                await self._open()
                return
            except CompactedError:
                refetch = True
            except ServerConnectionError:
                continue

    async def _open(self) -> None:
        params = dict(self._options, path=self.path.elements)
        if self._catching_up and self._fresh is None:
            params["since"] = self._position
        else:
            params["fetch"] = self._fetch or self._catching_up
        stream = Stream(self._link.connection())
        await stream.open("watch", params)
        self._stream = stream
        self._expand = PathExpander(self.path)
        if not self._fetch and self._position is None and stream.start is not None:
            self._position = stream.start.get("tock")

    def _accept(self, message: attrdict) -> bool:
        """Track a message; return whether the consumer gets it."""
        if "path" not in message:
            return self._up_to_date(message)
        short = None if self._long_path else (message.path, message.get("depth"))
        key = _key(self._expand(message))
        tock = message.get("tock")
        if self._catching_up and not self._is_news(key, message, tock):
            return False
        if "value" in message:
            self._known[key] = tock
        else:
            self._known.pop(key, None)
        if self._settled and self._fresh is None:
            self._position = tock
        if short is not None:
            message["path"], message["depth"] = short
        return True

    def _is_news(self, key: Key, message: attrdict, tock: Any) -> bool:
        known = self._known.get(key)
        if self._fresh is None:
            return known != tock and (self._position is None or tock > self._position)
        if "value" not in message:
            self._fresh.discard(key)
            return known is not None
        self._fresh.add(key)
        if known is not None:
            return bool(known != tock)
        return self._fetch or self._position is None or tock > self._position

    def _up_to_date(self, message: attrdict) -> bool:
        """The current state is complete: deliver entries that are not part of it as deleted."""
        if self._fresh is not None:
            for key in [key for key in self._known if key not in self._fresh]:
                del self._known[key]
                self._due.append(attrdict(path=Path.build(key), tock=message.get("tock")))
        self._fresh = None
        self._catching_up = False
        self._position = message.get("tock", self._position)
        if not self._settled:
            self._settled = True
            self._due.append(message)
        return False


def _key(path: Path) -> Key:
    """
    Return the key of a path in a large dictionary: its elements if all are text, as they nearly always are.

    Python's garbage collector does not track such tuples, but visits each `Path` in every collection. For other paths
    the elements cannot be the key, since 1, 1.0 and True are equal in Python.
    """
    elements = path.elements
    for element in elements:
        if element.__class__ is not str:
            return path
    return elements
