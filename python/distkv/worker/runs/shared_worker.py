"""A worker whose runs share one event loop, in its main thread: async runs and thread runs."""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

import anyio
from anyio.abc import TaskGroup

from ..parent.heartbeat import Heartbeat
from ..protocol.failure_kind import FailureKind
from ..protocol.spec import RunSpec, read_claim
from . import failures, logs, orphan_tasks
from .async_run import AsyncRun
from .run_context import RunContext
from .server_connection import ServerConnection
from .thread_run import ThreadRun
from .watchdog import Watchdog

__all__ = ["LAST_SECONDS", "SharedWorker", "refuse"]

LAST_SECONDS = 2
"""Seconds that code has to end once the runner is gone, and that the runner has to read reports after the last run."""


class SharedWorker:
    """Serves the runner until it says stop, or is gone, and no run is left."""

    def __init__(self, context: RunContext, heartbeat: Heartbeat) -> None:
        self._context = context
        self._runner = context.runner
        self._modules = context.modules
        self._heartbeat = heartbeat
        self._runs: dict[int, AsyncRun | ThreadRun] = {}
        self._stopping = False
        self._watchdog: Watchdog | None = None
        self._tasks: TaskGroup
        self._server: ServerConnection

    async def serve(self, first: Mapping[str, Any]) -> None:
        """Run what the runner asks for, beginning with this ``start``."""
        orphan_tasks.track_tasks(asyncio.get_running_loop())
        self._finished = anyio.Event()
        async with anyio.create_task_group() as self._tasks:
            self._server = ServerConnection(self._context.environment.config, self._tasks)
            self._tasks.start_soon(self._terminate_on_signal)
            self._start(first)
            self._runner.attach(self._handle, self._runner_gone)
            await self._finished.wait()
            self._tasks.cancel_scope.cancel()
        with anyio.move_on_after(LAST_SECONDS):
            await self._runner.flush()

    def _handle(self, message: Mapping[str, Any]) -> None:
        match message.get("op"):
            case "start":
                self._start(message)
            case "cancel" if run := self._runs.get(message.get("run", 0)):
                run.lose() if message.get("lost") else run.cancel()
            case "claim" if run := self._runs.get(message.get("run", 0)):
                run.take_over(read_claim(message.get("claim")), message.get("token"))
            case "modules":
                self._modules.update(message)
            case "state":
                for run in self._runs.values():
                    if isinstance(run, AsyncRun):
                        run.set_state(message)
            case "stop":
                self._stop()

    def _start(self, message: Mapping[str, Any]) -> None:
        if self._modules.stale:
            # The runner sent it before it knew.
            self._runner.report(op="refused", run=message["run"])
            return
        try:
            spec = RunSpec.read(message)
            if spec.mode == "sync":
                raise ValueError("mode: 'sync' (expected: async or thread, in a worker that other runs may share)")
        except ValueError as exc:
            refuse(self._runner.report, message, exc)
            return
        kind = AsyncRun if spec.mode == "async" else ThreadRun
        run = self._runs[spec.run] = kind(spec, self._context, self._server)
        if spec.block is not None and self._watchdog is None:
            self._watchdog = Watchdog(self._runner.another, spec.block, self._runs.values, self._heartbeat)
        context = contextvars.copy_context()
        context.run(logs.CURRENT.set, run.log)
        context.run(orphan_tasks.OWNER.set, run.orphan_tasks)
        context.run(self._tasks.start_soon, self._execute, run)

    async def _execute(self, run: AsyncRun | ThreadRun) -> None:
        await run.execute()
        run.log_out()
        del self._runs[run.spec.run]
        self._modules.end(run.spec.run)
        if self._stopping and not self._runs:
            self._finished.set()

    def _stop(self) -> None:
        self._stopping = True
        if not self._runs:
            self._finished.set()

    def _cancel_all(self) -> None:
        for run in self._runs.values():
            run.cancel()
        self._stop()

    def _runner_gone(self) -> None:
        self._cancel_all()
        asyncio.get_running_loop().call_later(LAST_SECONDS, os._exit, 1)

    async def _terminate_on_signal(self) -> None:
        with anyio.open_signal_receiver(signal.SIGTERM) as signals:
            async for _ in signals:
                self._cancel_all()


def refuse(report: Callable[..., None], message: Mapping[str, Any], exc: ValueError) -> None:
    """Report that a ``start`` is invalid."""
    number = message.get("run")
    if isinstance(number, int):
        details = failures.without_trace("ValueError", f"start: {exc}")
        report(op="failed", run=number, kind=FailureKind.ERROR.value, data={}, **details)
    else:
        sys.stderr.write(f"distkv worker: a start without a run number: {exc}\n")
