"""A worker with one sync run, in its main thread; another thread talks to the runner meanwhile."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from typing import Any

import anyio

from ...client.blocking import BlockingClient
from ..protocol.spec import RunSpec, read_claim
from . import logs
from .run_client import RunClient
from .run_context import RunContext
from .server_connection import ServerConnection
from .shared_worker import LAST_SECONDS
from .sync_run import SyncRun

__all__ = ["SyncWorker"]


class SyncWorker:
    """Does one run. `serve` is called by the main thread, `_control` runs on the other one."""

    def __init__(self, context: RunContext, spec: RunSpec) -> None:
        self._runner = context.runner
        self._modules = context.modules
        self._run = SyncRun(spec, context)
        self._ready = threading.Event()
        self._client: BlockingClient
        self._loop: asyncio.AbstractEventLoop
        self._finished: anyio.Event
        logs.set_only_run(self._run.log)

    def serve(self) -> None:
        """Do the run; return when the runner knows its outcome."""
        control = threading.Thread(target=anyio.run, args=(self._control,), name="distkv-control", daemon=True)
        control.start()
        self._ready.wait()
        self._run.execute(self._client)
        self._loop.call_soon_threadsafe(self._finished.set)
        control.join()

    async def _control(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._finished = anyio.Event()
        async with anyio.create_task_group() as tasks:
            self._runner.attach(self._handle, self._runner_gone)
            run = self._run
            run.attach()
            server = ServerConnection(run.environment.config, tasks)
            run.log_in(server.runs)
            run.uses(server.link)
            client = RunClient(server.link, run.environment.config, tasks, run.claim, run.lose)
            self._client = BlockingClient(client, server.attempted)
            self._ready.set()
            await self._finished.wait()
            tasks.cancel_scope.cancel()
        with anyio.move_on_after(LAST_SECONDS):
            await self._runner.flush()

    def _handle(self, message: Mapping[str, Any]) -> None:
        match message.get("op"):
            case "cancel":
                self._run.lose() if message.get("lost") else self._run.cancel()
            case "claim":
                self._run.take_over(read_claim(message.get("claim")), message.get("token"))
            case "modules":
                self._modules.update(message)

    def _runner_gone(self) -> None:
        os._exit(1)
