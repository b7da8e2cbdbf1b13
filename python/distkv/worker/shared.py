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

from . import logs, strays
from .asynchronous import AsyncRun
from .heart import Heart
from .link import Link
from .modules import Modules
from .spec import Site, Spec, read_claim
from .threads import ThreadRun
from .upstream import Upstream
from .watchdog import Watchdog

LAST_SECONDS = 2
"""So long the code may take to end once the runner is gone, and reports to be read once all runs have ended."""


class SharedWorker:
    """Obeys the runner until it says stop, or is gone, and no run is left."""

    def __init__(self, link: Link, site: Site, modules: Modules, heart: Heart) -> None:
        self._link = link
        self._modules = modules
        self._heart = heart
        self._site = site
        self._runs: dict[int, AsyncRun | ThreadRun] = {}
        self._stopping = False
        self._watchdog: Watchdog | None = None
        self._tasks: TaskGroup
        self._server: Upstream

    async def serve(self, first: Mapping[str, Any]) -> None:
        """Run what the runner asks for, beginning with this ``start``."""
        strays.watch(asyncio.get_running_loop())
        self._finished = anyio.Event()
        async with anyio.create_task_group() as self._tasks:
            self._server = Upstream(self._site.config, self._tasks)
            self._tasks.start_soon(self._terminate_on_signal)
            self._start(first)
            self._link.attach(self._obey, self._runner_gone)
            await self._finished.wait()
            self._tasks.cancel_scope.cancel()
        with anyio.move_on_after(LAST_SECONDS):
            await self._link.flush()

    def _obey(self, message: Mapping[str, Any]) -> None:
        match message.get("op"):
            case "start":
                self._start(message)
            case "cancel" if run := self._runs.get(message.get("run", 0)):
                run.lose() if message.get("lost") else run.cancel()
            case "claim" if run := self._runs.get(message.get("run", 0)):
                run.claim.replace(read_claim(message.get("claim")))
            case "modules":
                self._modules.take(message)
            case "state":
                for run in self._runs.values():
                    if isinstance(run, AsyncRun):
                        run.set_state(message)
            case "stop":
                self._stop()

    def _start(self, message: Mapping[str, Any]) -> None:
        if self._modules.stale:
            # The runner sent it before it knew.
            self._link.report(op="refused", run=message["run"])
            return
        try:
            spec = Spec.read(message)
            if spec.mode == "sync":
                raise ValueError("mode: 'sync' (expected: async or thread, in a worker that other runs may share)")
        except ValueError as exc:
            refuse(self._link.report, message, exc)
            return
        kind = AsyncRun if spec.mode == "async" else ThreadRun
        run = self._runs[spec.run] = kind(spec, self._site, self._link, self._modules, self._server)
        if spec.block is not None and self._watchdog is None:
            self._watchdog = Watchdog(self._link.path, spec.block, self._runs.values, self._heart)
        context = contextvars.copy_context()
        context.run(logs.CURRENT.set, run.log)
        context.run(strays.OWNER.set, run.strays)
        context.run(self._tasks.start_soon, self._execute, run)

    async def _execute(self, run: AsyncRun | ThreadRun) -> None:
        await run.execute()
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


def refuse(tell: Callable[..., None], message: Mapping[str, Any], exc: ValueError) -> None:
    """Tell the runner that its ``start`` makes no sense."""
    number = message.get("run")
    if isinstance(number, int):
        details: dict[str, Any] = {
            "type": "ValueError",
            "message": f"start: {exc}",
            "trace": None,
            "line": None,
            "data": {},
        }
        tell(op="failed", run=number, kind="error", **details)
    else:
        sys.stderr.write(f"distkv worker: a start without a run number: {exc}\n")
