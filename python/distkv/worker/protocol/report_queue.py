"""The messages that a worker has yet to send to its runner, from all of its threads, in order and bounded."""

from __future__ import annotations

import threading
import time
from collections import deque

from .framing import pack

__all__ = ["ReportQueue"]

MAX_LOGS = 1000
"""How many log records wait for a runner that reads slowly; then the oldest are dropped."""

MAX_REPORTS = 100
"""When so many reports wait, code has to wait before it makes more of them."""


class ReportQueue:
    """
    Two queues read as one: reports, which must arrive, and log records, which need not.

    Its lock guards both and is the innermost one: nothing is called while it is held.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._reports: deque[tuple[int, bytes]] = deque()
        self._logs: deque[tuple[int, int, bytes]] = deque()
        self._dropped: dict[int, int] = {}

    def report(self, packed: bytes) -> None:
        """Add a message that is never dropped."""
        with self._lock:
            self._number += 1
            self._reports.append((self._number, packed))

    def log(self, run: int, packed: bytes) -> None:
        """Add a log record of a run; if MAX_LOGS of them wait, the oldest is dropped."""
        with self._lock:
            self._number += 1
            self._logs.append((self._number, run, packed))
            if len(self._logs) > MAX_LOGS:
                _, loser, _ = self._logs.popleft()
                self._dropped[loser] = self._dropped.get(loser, 0) + 1

    @property
    def full(self) -> bool:
        """Whether code has to wait before it makes another report."""
        return len(self._reports) >= MAX_REPORTS

    def take(self) -> bytes:
        """Return the next message, packed; nothing if there is none."""
        with self._lock:
            if self._dropped:
                run, dropped = self._dropped.popitem()
                return _dropped_record(run, dropped)
            if self._logs and (not self._reports or self._logs[0][0] < self._reports[0][0]):
                return self._logs.popleft()[2]
            return self._reports.popleft()[1] if self._reports else b""


def _dropped_record(run: int, dropped: int) -> bytes:
    text = f"{dropped} log records dropped: the runner did not read them in time"
    return pack({"op": "log", "run": run, "level": "WARNING", "text": text, "at": time.time(), "dropped": dropped})
