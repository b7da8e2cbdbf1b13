"""How much a worker, with all that its code has started, uses of what its run may use."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import linux

if TYPE_CHECKING:
    from .cage import Cage

POLL = 0.05
"""Seconds between two looks at what a worker uses."""

OWN_THREADS = 4
"""So many threads of a Python worker may be its own, not its code's."""

PROGRAM_THREADS = 100
"""So many threads of a worker in another language may be its own: a Java virtual machine has many."""

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Limits:
    """
    The limits of one worker; those that are None do not bind.

    Where there are control groups the kernel looks after memory and processes. Everything else is looked after by
    looking: that needs no rights, counts all processes of a worker together, and tells which limit it was. In
    exchange a worker can exceed a limit for `POLL`.
    """

    memory: float | None
    cpu: float | None
    files: float | None
    processes: float | None
    ends: float | None
    """When its time is over, by the monotonic clock."""

    @classmethod
    def read(cls, message: Mapping[str, Any]) -> Limits:
        """Read a ``limit``; its time begins now."""
        keys = ("memory", "cpu", "files", "processes", "time")
        memory, cpu, files, processes, seconds = (_number(message.get(key)) for key in keys)
        return cls(memory, cpu, files, processes, None if seconds is None else time.monotonic() + seconds)

    @property
    def bind(self) -> bool:
        """Whether there is any."""
        return any(limit is not None for limit in (self.memory, self.cpu, self.files, self.processes, self.ends))

    @property
    def caged(self) -> bool:
        """Whether there is one that the kernel can look after, or measure, in a control group."""
        return any(limit is not None for limit in (self.memory, self.cpu, self.processes))

    def exceeded(self, worker: int, own_threads: int, cage: Cage | None = None) -> str | None:
        """The name of a limit that this worker, in this control group if any, exceeds; None if it keeps to all."""
        if self.ends is not None and time.monotonic() > self.ends:
            return "time"
        pids = linux.family(worker)
        if cage is not None:
            cage.take(pids)  # what it started before it was in there
            if name := cage.exceeded():
                return name
            used = cage.cpu()
            if self.cpu is not None and used is not None and used > self.cpu:
                return "cpu"
        threads = None if self.processes is None else self.processes + own_threads
        uses: tuple[tuple[str, float | None, Callable[[int], float]], ...] = (
            ("memory", self.memory if cage is None else None, _memory),
            ("cpu", self.cpu, _cpu),
            ("processes", threads if cage is None else None, _threads),
        )
        for name, most, use in uses:
            if most is not None and sum(map(use, pids)) > most:
                return name
        if self.files is not None and any(_files(pid) > self.files for pid in pids):
            return "files"
        return None


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) else None


def _memory(pid: int) -> float:
    """Bytes; what it shares with others counts in parts."""
    with suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as lines:
        for line in lines:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _cpu(pid: int) -> float:
    """Seconds, with those of its children that have ended and been waited for."""
    return sum(map(int, _stat(pid)[11:15])) / _TICKS


def _threads(pid: int) -> float:
    return sum(map(int, _stat(pid)[17:18]))


def _files(pid: int) -> int:
    with suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/fd"))
    return 0


def _stat(pid: int) -> list[str]:
    """What /proc/PID/stat says after the name, which may contain anything; nothing if the process is gone."""
    with suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()
    return []
