"""Notices that code blocks the event loop which it shares with others."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

from . import report
from .heart import Heart
from .run import Run
from .wire import pack

STEPS = 8
"""So many times the loop is given an eighth of the time that it may take, before it counts as blocked."""


class Watchdog:
    """
    A thread that asks the loop for a sign of life, again and again; made on the loop's thread.

    Only time counts in which this thread runs, too: a process that was suspended has not been blocked. The loop's own
    connection to the runner is of no use while it is blocked, so the report goes through one made for it; thereupon the
    runner kills this worker. While code lets no thread run, this one does not either: that the parent notices.
    """

    def __init__(self, path: str, block: float, runs: Callable[[], Iterable[Run]], heart: Heart) -> None:
        self._path = path
        self._block = block
        self._runs = runs
        self._heart = heart
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._answer = threading.Event()
        heart.listen()
        threading.Thread(target=self._live, name="distkv-watchdog", daemon=True).start()

    def _live(self) -> None:
        try:
            self._watch()
        finally:
            self._heart.rest()

    def _watch(self) -> None:
        step = self._block / STEPS
        while True:
            self._answer.clear()
            try:
                self._loop.call_soon_threadsafe(self._answer.set)
            except RuntimeError:
                return  # the loop is closed
            if not any(self._answers_within(step) for _ in range(STEPS)) and self._accuse():
                return
            time.sleep(step)

    def _answers_within(self, step: float) -> bool:
        self._heart.beat()
        return self._answer.wait(step)

    def _accuse(self) -> bool:
        """Tell the runner what blocks the loop; False if nothing does any more."""
        frame = sys._current_frames().get(self._thread)
        guilty = self._guilty(frame)
        if frame is None or not guilty or self._answer.is_set():
            return False
        message = f"blocked the event loop for {self._block:g} s (expected: await, or is_async unset)"
        told = bytearray()
        for run in guilty:
            trace, line = report.stack_of(frame, run.filename)
            details: dict[str, Any] = {"type": "Blocked", "message": message, "trace": trace, "line": line, "data": {}}
            told += pack({"op": "failed", "run": run.spec.run, "kind": "blocked", **details})
        with socket.socket(socket.AF_UNIX) as sock:
            try:
                sock.connect(self._path)
                sock.sendall(told)
            except OSError:
                pass  # without a runner this worker ends anyway
        return True

    def _guilty(self, frame: FrameType | None) -> list[Run]:
        """Those whose task is running; for a callback those whose code is; else it may be any of them."""
        runs = [run for run in list(self._runs()) if run.running]
        task = asyncio.current_task(self._loop)
        owners = [run for run in runs if task is not None and run.strays.has(task)]
        return owners or [run for run in runs if report.passes(frame, run.filename)] or runs
