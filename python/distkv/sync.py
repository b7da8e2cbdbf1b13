"""
A client for the prompt, notebooks and scripts: without ``await``, each call waits for its result.

    >>> from distkv.sync import connect
    >>> client = connect(port=27586)
    >>> client.set("room.bath.raw", 190)
    >>> client.get("room.bath.raw").value
    190
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
import threading
from collections.abc import Awaitable, Iterable
from typing import Any

from .client import Client, open_client
from .client.blocking import BlockingClient
from .code import CodeRoot

__all__ = ["SyncClient", "connect"]


def connect(**cfg: Any) -> SyncClient:
    """
    Connect to a server; the client reconnects whenever the connection is lost, until ``close`` or the program's end.

    The configuration is that of `distkv.client.open_client`. Raises ServerConnectionError if there is no server.
    """
    opened: concurrent.futures.Future[SyncClient] = concurrent.futures.Future()

    async def live() -> None:
        async with open_client(**cfg) as client:
            closing = asyncio.Event()
            opened.set_result(SyncClient(client, closing, threading.current_thread()))
            await closing.wait()

    def run() -> None:
        try:
            asyncio.run(live())
        except BaseException as exc:
            if opened.done():
                raise
            opened.set_exception(exc)

    threading.Thread(target=run, name="distkv client", daemon=True).start()
    return opened.result()


class SyncClient(BlockingClient):
    """
    A client whose calls wait for their results; any thread may use it.

    It has the calls of `distkv.client.Client`: ``get``, ``set``, ``delete``, ``list`` … return their results,
    ``get_tree`` is a plain iterator, ``watch`` and ``msg_monitor`` are plain context managers of one.
    """

    def __init__(self, client: Client, closing: asyncio.Event, thread: threading.Thread) -> None:
        super().__init__(client, _nothing)
        self._closing = closing
        self._thread = thread

    def __enter__(self) -> SyncClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if not self._thread.is_alive():
            return "<SyncClient, closed>"
        return f"<SyncClient of {self._client.link.address}{'' if self._client.connected else ', cut off'}>"

    def __dir__(self) -> Iterable[str]:
        return sorted({name for name in (*super().__dir__(), *dir(Client)) if not name.startswith("_")})

    def call(self, name: Any, *args: Any, **kw: Any) -> Any:
        """Run the stored procedure of this name here, and return its result."""
        return self._wait(self._call_code(name, args, kw))

    async def _call_code(self, name: Any, args: Any, kw: Any) -> Any:
        result = (await CodeRoot.as_handler(self._client))(name, *args, **kw)
        return await result if inspect.isawaitable(result) else result

    def close(self) -> None:
        """Close the connection, and wait until that is done. Calling it again does nothing."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join()

    def _wait(self, call: Awaitable[Any]) -> Any:
        if not self._thread.is_alive():
            if inspect.iscoroutine(call):
                call.close()
            raise RuntimeError("the client is closed (expected: an open one; connect() opens another)")
        return super()._wait(call)


async def _nothing() -> None:
    pass
