"""Thread runs: synchronous code beside the worker's event loop."""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread

from ...client.blocking import BlockingClient
from ...exceptions import Terminated
from ..protocol.spec import RunSpec
from .run import Run
from .run_client import RunClient
from .run_context import RunContext
from .server_connection import ServerConnection

__all__ = ["InterruptibleThread", "ThreadRun"]

_raise_in_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in_thread.argtypes = (ctypes.c_ulong, ctypes.py_object)


class ThreadRun(Run):
    """One run of a procedure on a thread of its own."""

    def __init__(self, spec: RunSpec, context: RunContext, server: ServerConnection) -> None:
        super().__init__(spec, context)
        self._connection = server
        self._client: BlockingClient | None = None
        self._thread = InterruptibleThread()

    def interrupt(self) -> None:
        """Raise Terminated in the code's thread, once it has returned from the call that it waits in."""
        self._thread.interrupt()
        if self._client is not None:
            self._client.interrupt()

    async def execute(self) -> None:
        """Run the code and report how it ended; raises nothing."""
        result = None
        failure: BaseException | None = None
        try:
            procedure = self.compile()
            self.log_in(self._connection.runs)
            await self._connection.reconnected()
            self.uses(self._connection.link)
            async with anyio.create_task_group() as tasks:
                client = RunClient(self._connection.link, self.environment.config, tasks, self.claim, self.lose)
                self._client = BlockingClient(client, self._connection.attempted)
                call = procedure.bind(kwargs=self.code_globals(self._client))
                result = await self._thread.run(call)
                tasks.cancel_scope.cancel()
        except BaseException as exc:
            failure = exc
        await self.orphan_tasks.end()
        if failure is None:
            self.report_done(result)
        else:
            self.report_failed(failure)


class InterruptibleThread:
    """
    Runs a function on a thread, and can make it raise Terminated.

    The lock guards the thread's identity: after the function has ended nothing is raised in its thread any more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread = 0
        self._interrupted = False

    async def run(self, call: Callable[[], Any]) -> Any:
        """Run the function, and wait for its end even if this task is cancelled."""
        limiter = anyio.CapacityLimiter(math.inf)
        return await anyio.to_thread.run_sync(self._run, call, limiter=limiter)

    def interrupt(self) -> None:
        """Raise Terminated in the function, or do not start it."""
        with self._lock:
            if not self._interrupted and self._thread:
                _raise_in_thread(self._thread, Terminated)
            self._interrupted = True

    def _run(self, call: Callable[[], Any]) -> Any:
        with self._lock:
            if self._interrupted:
                raise Terminated
            self._thread = threading.get_ident()
        try:
            return call()
        finally:
            self._end()

    def _end(self) -> None:
        while self._thread:
            try:
                with self._lock:
                    # An exception that has not arrived yet must not arrive in the thread's next function.
                    _raise_in_thread(self._thread, ctypes.py_object())
                    self._thread = 0
            except Terminated:
                continue
