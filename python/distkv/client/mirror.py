"""A live copy of a subtree."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from logging import getLogger
from types import TracebackType
from typing import Any, Protocol, TypeVar

import anyio
from anyio.abc import TaskGroup

from ..exceptions import ServerError
from ..util import P, Path, attrdict
from .watch import Watch

__all__ = ["Mirror"]

logger = getLogger(__name__)

M = TypeVar("M", bound="Mirror")


class WatchSource(Protocol):
    """The part of a client that a mirror needs."""

    tasks: TaskGroup

    def watch(self, path: Path, *, fetch: bool, **options: Any) -> Watch:
        """Watch a subtree."""


class Mirror:
    """
    A live copy of a subtree, by path below its root.

    One task applies the changes in order and calls `changed` for each before it takes the next. An entry is a
    dictionary with ``value``, ``tock`` and, if ``nchain`` is 1 or more, ``chain``. As an async context manager it is
    complete when the block begins; after the block the entries can be read but no longer change.
    """

    def __init__(self, source: WatchSource, path: Path, *, nchain: int = 0) -> None:
        self.path = path
        self._source = source
        self.entries: dict[Path, attrdict] = {}
        self._nchain = nchain
        self._seen = 0
        self._waiters: list[tuple[int, int, anyio.Event]] = []
        self._loaded = anyio.Event()
        self._news = anyio.Event()
        self._scope = anyio.CancelScope()

    async def __aenter__(self: M) -> M:
        await self._source.tasks.start(self._run)
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
        """Whether the copy has been complete."""
        return self._loaded.is_set()

    async def wait_loaded(self) -> None:
        """Wait until the copy is complete."""
        await self._loaded.wait()

    async def wait_tock(self, tock: int) -> None:
        """Wait until the copy includes a write below its root, given that write's ``tock``."""
        if self._seen < tock:
            event = anyio.Event()
            heapq.heappush(self._waiters, (tock, id(event), event))
            await event.wait()

    async def wait_chain(self, chain: Mapping[str, Any]) -> None:
        """As `wait_tock`, given the chain in the write's reply."""
        await self.wait_tock(chain["tick"])

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until a condition holds; it is checked after each change of this copy."""
        while not condition():
            await self._news.wait()

    async def prepare(self, path: Path, entry: attrdict | None) -> None:
        """Prepare for a change that is not visible yet. For subclasses."""

    async def changed(self, path: Path, entry: attrdict | None) -> None:
        """Handle the change or (None) the deletion of an entry. For subclasses; ``path`` is below the root."""

    async def _run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        self._scope = anyio.CancelScope()
        try:
            with self._scope:
                async with self._source.watch(self.path, fetch=True, nchain=self._nchain) as watch:
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
            logger.exception("%s: preparing for the change of %s failed", type(self).__name__, self.path + path)
        if entry is None:
            self.entries.pop(path, None)
        else:
            self.entries[path] = entry
        try:
            await self.changed(path, entry)
        except Exception:
            logger.exception("%s: handling the change of %s failed", type(self).__name__, self.path + path)

    def _reached(self, tock: int) -> None:
        event, self._news = self._news, anyio.Event()
        event.set()
        self._seen = max(self._seen, tock)
        while self._waiters and self._waiters[0][0] <= self._seen:
            heapq.heappop(self._waiters)[2].set()


def _path(path: Any) -> Any:
    return P(path) if isinstance(path, str) else path
