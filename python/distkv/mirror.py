"""A live copy of a subtree, and the roots of the subsystems that keep one."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from logging import getLogger
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import anyio

from .exceptions import ServerError
from .util import P, Path, attrdict

if TYPE_CHECKING:
    from .client import Client

__all__ = ["Handler", "Mirror"]

logger = getLogger(__name__)

M = TypeVar("M", bound="Mirror")
H = TypeVar("H", bound="Handler")


class Mirror:
    """
    A live copy of a subtree, by path below its root.

    One task applies the changes in their order and calls `changed` for each before it takes the next. An entry is a
    dictionary with ``value``, ``tock`` and, if ``nchain`` is 1 or more, ``chain``. As an async context manager it lives
    from its first complete copy to the end of the block; afterwards the entries can be read but no longer change.
    """

    def __init__(self, client: Client, path: Path, *, nchain: int = 0) -> None:
        self.client = client
        self.path = path
        self.entries: dict[Path, attrdict] = {}
        self._nchain = nchain
        self._seen = 0
        self._waiters: list[tuple[int, int, anyio.Event]] = []
        self._loaded = anyio.Event()
        self._news = anyio.Event()
        self._scope = anyio.CancelScope()

    async def __aenter__(self: M) -> M:
        await self.client.tasks.start(self._run)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scope.cancel()

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Path]:
        return iter(list(self.entries))

    def __contains__(self, path: Path | str) -> bool:
        return _path(path) in self.entries

    def __getitem__(self, path: Path | str) -> attrdict:
        return self.entries[_path(path)]

    def get(self, path: Path | str) -> attrdict | None:
        """Return the entry at this path below the root, None if there is none."""
        return self.entries.get(_path(path))

    @property
    def loaded(self) -> bool:
        """Whether the copy was complete once."""
        return self._loaded.is_set()

    async def wait_loaded(self) -> None:
        """Wait until the copy is complete."""
        await self._loaded.wait()

    async def wait_tock(self, tock: int) -> None:
        """Wait until the copy has reached a write that was made below its root, by that write's ``tock``."""
        if self._seen < tock:
            event = anyio.Event()
            heapq.heappush(self._waiters, (tock, id(event), event))
            await event.wait()

    async def wait_chain(self, chain: Mapping[str, Any]) -> None:
        """As `wait_tock`, by the chain that the write's reply carried."""
        await self.wait_tock(chain["tick"])

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until a condition holds that changes of this copy may bring about."""
        while not condition():
            await self._news.wait()

    async def prepare(self, path: Path, entry: attrdict | None) -> None:
        """Get ready for a change that is not seen here yet. For subclasses."""

    async def changed(self, path: Path, entry: attrdict | None) -> None:
        """Take note that an entry has changed or (None) is gone. For subclasses; ``path`` is below the root."""

    async def _run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        self._scope = anyio.CancelScope()
        try:
            with self._scope:
                async with self.client.watch(self.path, fetch=True, nchain=self._nchain) as watch:
                    async for item in watch:
                        if "path" in item:
                            await self._apply(item.path[len(self.path) :], item)
                        else:
                            self._loaded.set()
                            task_status.started()
                        self._reached(item.get("tock") or 0)
        except ServerError:
            if not self.loaded:
                raise
            logger.exception("%s: changes below %s are no longer followed", type(self).__name__, self.path)

    async def _apply(self, path: Path, item: attrdict) -> None:
        entry: attrdict | None = item if "value" in item else None
        try:
            await self.prepare(path, entry)
        except Exception:
            logger.exception("%s: could not get ready for the change of %s", type(self).__name__, self.path + path)
        if entry is None:
            self.entries.pop(path, None)
        else:
            self.entries[path] = entry
        try:
            await self.changed(path, entry)
        except Exception:
            logger.exception("%s: the change of %s was not taken note of", type(self).__name__, self.path + path)

    def _reached(self, tock: int) -> None:
        event, self._news = self._news, anyio.Event()
        event.set()
        self._seen = max(self._seen, tock)
        while self._waiters and self._waiters[0][0] <= self._seen:
            heapq.heappop(self._waiters)[2].set()


class Handler(Mirror):
    """
    The root of a subsystem's entries in the tree: a mirror that lives as long as its client.

    A client has one of each class and path.
    """

    CFG: ClassVar[str]
    """The section of the configuration whose ``prefix`` says where the root is."""

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
        """Load the entries and go on following them."""
        await self.__aenter__()


def _path(path: Any) -> Any:
    return P(path) if isinstance(path, str) else path
