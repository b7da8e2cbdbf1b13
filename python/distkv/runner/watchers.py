"""Watchers: they put changes of the tree, and messages of other clients, into a job's ``_info``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio

from ..client import Client
from ..client.resumable import ResumableStream
from ..exceptions import ServerConnectionError
from ..util import Path, attrdict
from .done import Done
from .inbox import Inbox
from .messages import ChangeMsg, MQTTmsg


class Watcher:
    """
    A watch or monitor that a job has opened.

    It reads its stream only while the job's inbox has room, so that a slow job slows down the server's stream.
    """

    def __init__(self, client: Client, inbox: Inbox, path: Path) -> None:
        self.path = path
        self._client = client
        self._inbox = inbox
        self._scope = anyio.CancelScope()
        self._started = anyio.Event()
        self._ended = anyio.Event()
        self._awaited = client.connected
        self._open = False
        self._refused: Exception | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path}{', ended' if self._ended.is_set() else ''}>"

    def cancel(self) -> Done:
        """End the watcher; the result is whether it was still running. Awaiting waits for its end."""
        running = not self._ended.is_set()
        self._scope.cancel()
        return Done(running, self._ended.wait)

    async def started(self) -> None:
        """Wait until the server has opened the stream, if there is a connection; raises what the server reports."""
        if not self._awaited:
            return
        try:
            await self._started.wait()
        finally:
            self._awaited = False
        if self._refused is not None:
            raise self._refused

    async def run(self, on_end: Callable[[Any], None]) -> None:
        """Fill the inbox until the stream ends or is cancelled."""
        try:
            with self._scope:
                await self._run()
        finally:
            self._started.set()
            self._ended.set()
            self._close()
            on_end(self)

    async def _run(self) -> None:
        while True:
            await self._client.link.wait_connected()
            try:
                await self._fill()
                return
            except ServerConnectionError:
                if self._open:
                    raise
                self._release()
            except Exception as exc:
                if not self._awaited:
                    raise
                self._refused = exc
                return

    def _opened(self) -> None:
        self._open = True
        self._release()

    def _release(self) -> None:
        """Release code that waits in ``started``: from now on an error fails the job."""
        self._awaited = False
        self._started.set()

    async def _fill(self) -> None:
        raise NotImplementedError

    async def _forward(self, stream: ResumableStream) -> None:
        while True:
            for _ in range(await self._inbox.wait_for_space()):
                item = stream.take()
                if item is None:
                    if not await stream.ready():
                        return
                    break
                self._put(item)

    def _put(self, item: attrdict) -> None:
        raise NotImplementedError

    def _close(self) -> None:
        """Clean up after the end."""


class EntryWatcher(Watcher):
    """Puts the changes of entries into the inbox."""

    def __init__(
        self,
        client: Client,
        inbox: Inbox,
        readiness: Readiness,
        path: Path,
        cls: type[ChangeMsg],
        options: dict[str, Any],
    ) -> None:
        super().__init__(client, inbox, path)
        self._readiness = readiness
        self._cls = cls
        self._options = options
        readiness.opened(self)

    async def _fill(self) -> None:
        async with self._client.watch(self.path, **self._options) as stream:
            self._opened()
            if not self._options["fetch"]:
                self._readiness.ready(self)
            await self._forward(stream)

    def _put(self, item: attrdict) -> None:
        if "path" in item:
            change = self._cls(item)
            change.path = item["path"]
            if "value" in item:
                change.value = item["value"]
            self._inbox.put(change)
        elif item.get("state") == "uptodate":
            self._readiness.ready(self)

    def _close(self) -> None:
        self._readiness.closed(self)


class Readiness:
    """Counts the watches of a job, and reports when all of them have delivered the current entries."""

    def __init__(self, report: Callable[[int], None]) -> None:
        self._report = report
        self._ready = 0
        self._loading: set[EntryWatcher] = set()

    def opened(self, watch: EntryWatcher) -> None:
        """Add a watch to those that are still loading."""
        self._loading.add(watch)

    def ready(self, watch: EntryWatcher) -> None:
        """Note that this watch has delivered the current entries."""
        if watch in self._loading:
            self._loading.discard(watch)
            self._ready += 1
            if not self._loading:
                self._report(self._ready)

    def closed(self, watch: EntryWatcher) -> None:
        """Stop waiting for this watch: it has ended, maybe before it was ready."""
        if watch in self._loading:
            self._loading.discard(watch)
            if self._ready and not self._loading:
                self._report(self._ready)


class TopicWatcher(Watcher):
    """Puts messages of other clients into the inbox."""

    def __init__(self, client: Client, inbox: Inbox, path: Path, cls: type[MQTTmsg], options: dict[str, Any]) -> None:
        super().__init__(client, inbox, path)
        self._cls = cls
        self._options = options

    async def _fill(self) -> None:
        async with self._client.msg_monitor(self.path, **self._options) as stream:
            self._opened()
            await self._forward(stream)

    def _put(self, item: attrdict) -> None:
        message = self._cls(item.get("raw"))
        if "data" in item:
            message.value = item["data"]
        message.path = Path.build(item["topic"])
        self._inbox.put(message)
