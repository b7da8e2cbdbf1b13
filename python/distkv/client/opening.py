"""Two ways to open what lives for a while: ``async with``, and ``await`` where no block can hold it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_LIVES: set[asyncio.Task[None]] = set()
"""A loop itself does not keep its tasks from being thrown away."""


class Life:
    """What keeps something open in a task of its own, until it is ended."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None]

    async def keep(self, context: AbstractAsyncContextManager[T]) -> T:
        """Open it, and keep it open."""
        opened: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._live(context, opened))
        _LIVES.add(self._task)
        self._task.add_done_callback(_LIVES.discard)
        try:
            return await opened
        except asyncio.CancelledError:
            self._task.cancel()
            raise

    async def _live(self, context: AbstractAsyncContextManager[T], opened: asyncio.Future[T]) -> None:
        try:
            async with context as value:
                if not opened.done():
                    opened.set_result(value)
                    await self._closing.wait()
        except BaseException as exc:
            if opened.done():
                raise
            opened.set_exception(exc)

    async def end(self) -> None:
        """Close it, and wait for that."""
        self._closing.set()
        await asyncio.wait([self._task])


class Opening(AbstractAsyncContextManager[T], Generic[T]):
    """What `open_client` returns: ``async with`` holds it open, ``await`` opens it until its ``close``."""

    def __init__(self, make: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._make = make
        self._context: AbstractAsyncContextManager[T]

    async def __aenter__(self) -> T:
        self._context = self._make()
        return await self._context.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._context.__aexit__(kind, exc, trace)

    def __await__(self) -> Generator[Any, None, T]:
        return self._kept().__await__()

    async def _kept(self) -> T:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError("await open_client(…) is for asyncio (expected: async with open_client(…))") from None
        life = Life()
        value: Any = await life.keep(self._make())
        value._life = life
        return value  # type: ignore[no-any-return]
