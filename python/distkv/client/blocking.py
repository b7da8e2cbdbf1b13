"""A client for code that is not async: the same calls, each waiting for its result."""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any

from ..exceptions import Terminated
from .client import Client


class BlockingClient:
    """
    A client for code on another thread than its event loop's.

    ``get``, ``set``, ``delete``, ``list`` … return their results; ``get_tree`` is a plain iterator, and ``watch`` and
    ``msg_monitor`` are plain context managers of one. On the event loop, for instance within
    ``anyio.from_thread.run(_client.get, path)``, they are those of the async client.
    """

    def __init__(self, client: Client, prepare: Callable[[], Awaitable[None]]) -> None:
        self._client = client
        self._prepare = prepare
        self._loop = asyncio.get_running_loop()
        self._waiting: set[concurrent.futures.Future[Any]] = set()

    def __getattr__(self, name: str) -> Any:
        if not callable(getattr(Client, name, None)):
            self._wait(self._prepare())
            return getattr(self._client, name)

        def call(*args: Any, **kw: Any) -> Any:
            if asyncio._get_running_loop() is self._loop:
                return self._on_loop(name, args, kw)
            return self._wait(self._call(name, args, kw))

        return call

    def interrupt(self) -> None:
        """Make the calls that are waiting for the server raise Terminated."""
        for future in list(self._waiting):
            future.cancel()

    async def _on_loop(self, name: str, args: Any, kw: Any) -> Any:
        await self._prepare()
        result = getattr(self._client, name)(*args, **kw)
        return await result if inspect.isawaitable(result) else result

    async def _call(self, name: str, args: Any, kw: Any) -> Any:
        await self._prepare()
        result = getattr(self._client, name)(*args, **kw)
        if inspect.isawaitable(result):
            return await result
        if hasattr(result, "__aenter__"):
            return self._entered(result)
        if hasattr(result, "__anext__"):
            return self._iterated(result)
        return result

    def _wait(self, call: Awaitable[Any]) -> Any:
        future = asyncio.run_coroutine_threadsafe(_coroutine(call), self._loop)
        self._waiting.add(future)
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise Terminated from None
        except BaseException:
            future.cancel()
            raise
        finally:
            self._waiting.discard(future)

    @contextmanager
    def _entered(self, context: AbstractAsyncContextManager[Any]) -> Iterator[Any]:
        """Hold an async context in a task of its own, since some must be left by the task that entered them."""
        entered: concurrent.futures.Future[Any] = concurrent.futures.Future()
        leave = asyncio.Event()

        async def hold() -> None:
            async with context as value:
                entered.set_result(value)
                await leave.wait()

        held = asyncio.run_coroutine_threadsafe(hold(), self._loop)
        self._waiting.add(held)
        try:
            concurrent.futures.wait((entered, held), return_when=concurrent.futures.FIRST_COMPLETED)
            value: Any = entered.result() if entered.done() else held.result()
            yield self._iterated(value) if hasattr(value, "__anext__") else value
        finally:
            self._loop.call_soon_threadsafe(leave.set)
            self._waiting.discard(held)
        held.result()

    def _iterated(self, iterator: AsyncIterator[Any]) -> Iterator[Any]:
        items = aiter(iterator)
        while (item := self._wait(anext(items, _END))) is not _END:
            yield item


_END = object()


async def _coroutine(call: Awaitable[Any]) -> Any:
    return await call
