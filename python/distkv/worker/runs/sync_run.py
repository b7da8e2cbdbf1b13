"""Sync runs: each in the main thread of a worker of its own."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from types import FrameType

from ...client.blocking import BlockingClient
from ...exceptions import Terminated
from ..protocol.spec import RunSpec
from .run import Run
from .run_context import RunContext

__all__ = ["SyncRun"]

RESIGNAL_INTERVAL = 0.05
"""Seconds after which a signal is repeated that has not had its effect."""


class SyncRun(Run):
    """One run of a sync procedure. SIGTERM raises Terminated in its code, once."""

    def __init__(self, spec: RunSpec, context: RunContext) -> None:
        super().__init__(spec, context)
        self._in_code = False
        self._main = threading.get_ident()
        self._signals, notes = socket.socketpair()
        for sock in (self._signals, notes):
            sock.setblocking(False)
        signal.signal(signal.SIGTERM, self._signalled)
        signal.set_wakeup_fd(notes.detach(), warn_on_full_buffer=False)

    def attach(self) -> None:
        """From now on the event loop, in its thread, ensures that signals have their effect."""
        asyncio.get_running_loop().add_reader(self._signals, self._signal_noted)

    def interrupt(self) -> None:
        """
        Interrupt the code, and the system call in which it may be waiting.

        A signal that arrives just before the system call begins does not interrupt it, and Python reacts only after the
        call: so the signal is repeated.
        """
        if self._in_code:
            signal.pthread_kill(self._main, signal.SIGTERM)
            asyncio.get_running_loop().call_later(RESIGNAL_INTERVAL, self.interrupt)

    def _signal_noted(self) -> None:
        if signal.SIGTERM in self._signals.recv(4096) and not (self.cancelled or self.lost):
            self.cancel()

    def execute(self, client: BlockingClient) -> None:
        """Run the code in this, the main, thread, and report how it ended; raises nothing."""
        try:
            call = self.compile().bind(kwargs=self.code_globals(client))
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
