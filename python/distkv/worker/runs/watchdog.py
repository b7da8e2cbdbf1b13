"""The watchdog, which notices that code blocks the event loop it shares with others."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import FrameType
from typing import Any

from ..parent.heartbeat import Heartbeat
from ..protocol.failure_kind import FailureKind
from ..protocol.framing import pack
from ..protocol.runner_connection import Connect
from . import failures
from .run import Run

SLICES = 8
"""The loop counts as blocked if it does not answer in so many slices of its time, one after the other."""


class Watchdog:
    """
    A thread that probes the loop periodically; created on the loop's thread.

    Only time in which this thread runs, too, counts: a process that was suspended was not blocked. The loop's own
    connection to the runner is unusable while the loop is blocked, so the report goes through a new one; then the
    runner kills this worker. While code lets no thread run, this one does not run either, which the parent notices.
    """

    def __init__(self, connect: Connect, block: float, runs: Callable[[], Iterable[Run]], heartbeat: Heartbeat) -> None:
        self._connect = connect
        self._block = block
        self._runs = runs
        self._heartbeat = heartbeat
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._answer = threading.Event()
        heartbeat.enable_dump()
        # Code may hold Python's lock before the thread has run for the first time.
        heartbeat.beat()
        threading.Thread(target=self._run, name="distkv-watchdog", daemon=True).start()

    def _run(self) -> None:
        try:
            self._watch()
        finally:
            self._heartbeat.stop()

    def _watch(self) -> None:
        slice_ = self._block / SLICES
        while True:
            self._answer.clear()
            try:
                self._loop.call_soon_threadsafe(self._answer.set)
            except RuntimeError:
                return  # the loop is closed
            if not any(self._answers_within(slice_) for _ in range(SLICES)) and self._report_blocked():
                return
            time.sleep(slice_)

    def _answers_within(self, slice_: float) -> bool:
        self._heartbeat.beat()
        return self._answer.wait(slice_)

    def _report_blocked(self) -> bool:
        """Report what blocks the loop; False if nothing does any more."""
        frame = sys._current_frames().get(self._thread)
        blocking = self._blocking_runs(frame)
        if frame is None or not blocking or self._answer.is_set():
            return False
        message = f"blocked the event loop for {self._block:g} s (expected: await, or is_async unset)"
        packed = bytearray()
        for run in blocking:
            trace, line = failures.stack_of(frame, run.filename)
            details: dict[str, Any] = {"type": "Blocked", "message": message, "trace": trace, "line": line, "data": {}}
            packed += pack({"op": "failed", "run": run.spec.run, "kind": FailureKind.BLOCKED.value, **details})
        with suppress(OSError), self._connect() as sock:  # without a runner this worker ends anyway
            sock.sendall(packed)
        return True

    def _blocking_runs(self, frame: FrameType | None) -> list[Run]:
        """Return the runs whose task is running, or for a callback whose code is on the stack; otherwise all."""
        runs = [run for run in list(self._runs()) if run.running]
        task = asyncio.current_task(self._loop)
        owners = [run for run in runs if task is not None and run.orphan_tasks.has(task)]
        return owners or [run for run in runs if failures.passes(frame, run.filename)] or runs
