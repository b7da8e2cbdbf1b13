"""Two ways to open a client: ``async with``, and ``await`` at a prompt, where no block can hold it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_RUNNING: set[asyncio.Task[None]] = set()
"""References to the tasks, since an event loop does not keep its tasks alive."""


class BackgroundContext:
    """Keeps an async context open, in a task of its own, until it is closed."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None]

    async def open(self, context: AbstractAsyncContextManager[T]) -> T:
        """Open the context, and keep it open."""
        opened: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._hold(context, opened))
        _RUNNING.add(self._task)
        self._task.add_done_callback(_RUNNING.discard)
        try:
            return await opened
        except asyncio.CancelledError:
            self._task.cancel()
            raise

    async def _hold(self, context: AbstractAsyncContextManager[T], opened: asyncio.Future[T]) -> None:
        try:
            async with context as value:
                if not opened.done():
                    opened.set_result(value)
                    await self._closing.wait()
        except BaseException as exc:
            if opened.done():
                raise
            opened.set_exception(exc)

    async def close(self) -> None:
        """Leave the context, and wait until that is done."""
        self._closing.set()
        await asyncio.wait([self._task])


class Opening(AbstractAsyncContextManager[T], Generic[T]):
    """What `open_client` returns: use it in ``async with``, or ``await`` it and finally ``close`` the client."""

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
        return self._awaited().__await__()

    async def _awaited(self) -> T:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError("await open_client(…) is for asyncio (expected: async with open_client(…))") from None
        context = BackgroundContext()
        value: Any = await context.open(self._make())
        value._opened_by = context
        return value  # type: ignore[no-any-return]
