"""A worker that does one synchronous run, in its main thread; another thread talks to the runner meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Mapping
from types import FrameType
from typing import Any

import anyio

from ..runner.stopping import Terminated
from . import logs
from .blocking import BlockingClient
from .client import RunClient
from .link import Link
from .modules import Modules
from .run import Run
from .shared import LAST_SECONDS
from .spec import Site, Spec, read_claim
from .upstream import Upstream

AGAIN = 0.05
"""Seconds after which a signal is repeated that has not had its effect."""


class SyncRun(Run):
    """The run. SIGTERM raises Terminated in its code, once."""

    def __init__(self, spec: Spec, site: Site, link: Link, modules: Modules) -> None:
        super().__init__(spec, site, link, modules)
        self._in_code = False
        self._main = threading.get_ident()
        self._signals, notes = socket.socketpair()
        for sock in (self._signals, notes):
            sock.setblocking(False)
        signal.signal(signal.SIGTERM, self._signalled)
        signal.set_wakeup_fd(notes.detach(), warn_on_full_buffer=False)

    def attach(self) -> None:
        """From now on the event loop, in its thread, sees to it that signals have their effect."""
        asyncio.get_running_loop().add_reader(self._signals, self._noted)

    def interrupt(self) -> None:
        """
        Interrupt the code, and the system call that it may be waiting in.

        A signal that arrives just before the system call begins does not interrupt it, and Python reacts only when it
        is back from there: so the signal is repeated.
        """
        if self._in_code:
            signal.pthread_kill(self._main, signal.SIGTERM)
            asyncio.get_running_loop().call_later(AGAIN, self.interrupt)

    def _noted(self) -> None:
        if signal.SIGTERM in self._signals.recv(4096) and not (self.cancelled or self.lost):
            self.cancel()

    def execute(self, client: BlockingClient) -> None:
        """Run the code in this, the main, thread, and report how it ended; raises nothing."""
        try:
            call = self.compile().bind(kwargs=self.names(client))
            self._in_code = True
            try:
                if self.cancelled or self.lost:
                    raise Terminated
                result = call()
            finally:
                self._in_code = False
        except BaseException as exc:
            self.report_failed(exc)
        else:
            self.report_done(result)

    def _signalled(self, _signal: int, _frame: FrameType | None) -> None:
        if not self.lost:
            self.cancelled = True
        if self._in_code:
            self._in_code = False
            raise Terminated


class LoneWorker:
    """Does one run. `serve` is the main thread's, `_control` the other one's."""

    def __init__(self, link: Link, site: Site, modules: Modules, spec: Spec) -> None:
        self._link = link
        self._modules = modules
        self._run = SyncRun(spec, site, link, modules)
        self._ready = threading.Event()
        self._client: BlockingClient
        self._loop: asyncio.AbstractEventLoop
        self._finished: anyio.Event
        logs.belongs_to(self._run.log)

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
            self._link.attach(self._obey, self._runner_gone)
            run = self._run
            run.attach()
            server = Upstream(run.site.config, tasks)
            run.uses(server.link)
            client = RunClient(server.link, run.site.config, tasks, run.claim, run.lose)
            self._client = BlockingClient(client, server.tried)
            self._ready.set()
            await self._finished.wait()
            tasks.cancel_scope.cancel()
        with anyio.move_on_after(LAST_SECONDS):
            await self._link.flush()

    def _obey(self, message: Mapping[str, Any]) -> None:
        match message.get("op"):
            case "cancel":
                self._run.lose() if message.get("lost") else self._run.cancel()
            case "claim":
                self._run.claim.replace(read_claim(message.get("claim")))
            case "modules":
                self._modules.take(message)

    def _runner_gone(self) -> None:
        os._exit(1)
