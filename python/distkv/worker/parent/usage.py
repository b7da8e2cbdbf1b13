"""
How much a worker and all processes below it use.

Where there are control groups the kernel enforces memory and processes. Everything else is polled: that needs no
rights, counts all processes of a worker together, and shows which limit was exceeded. In exchange, a worker can exceed
a limit for up to `POLL`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress

from . import linux
from .cgroup import Cgroup
from .limits import Limits

__all__ = ["OWN_THREADS", "POLL", "PROGRAM_THREADS", "exceeded_limit"]

POLL = 0.05
"""Seconds between two polls of what a worker uses."""

OWN_THREADS = 4
"""How many threads of a Python worker can be its own, not its code's."""

PROGRAM_THREADS = 100
"""How many threads of a worker in another language can be its own: a Java virtual machine has many."""

_TICKS = os.sysconf("SC_CLK_TCK")


def exceeded_limit(limits: Limits, worker: int, own_threads: int, cgroup: Cgroup | None = None) -> str | None:
    """Return the name of a limit that this worker, in this control group if any, exceeds; None if there is none."""
    if limits.ends is not None and time.monotonic() > limits.ends:
        return "time"
    pids = linux.process_tree(worker)
    if cgroup is not None:
        cgroup.add(pids)  # processes that were started before the worker was in the group
        if name := cgroup.exceeded():
            return name
        used = cgroup.cpu()
        if limits.cpu is not None and used is not None and used > limits.cpu:
            return "cpu"
    threads = None if limits.processes is None else limits.processes + own_threads
    uses: tuple[tuple[str, float | None, Callable[[int], float]], ...] = (
        ("memory", limits.memory if cgroup is None else None, _memory),
        ("cpu", limits.cpu, _cpu),
        ("processes", threads if cgroup is None else None, _threads),
    )
    for name, most, use in uses:
        if most is not None and sum(map(use, pids)) > most:
            return name
    if limits.files is not None and any(_files(pid) > limits.files for pid in pids):
        return "files"
    return None


def _memory(pid: int) -> float:
    """Return bytes; memory that is shared with other processes counts in parts."""
    with suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as lines:
        for line in lines:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _cpu(pid: int) -> float:
    """Return seconds, including children that have ended and been waited for."""
    return sum(map(int, _stat(pid)[11:15])) / _TICKS


def _threads(pid: int) -> float:
    return sum(map(int, _stat(pid)[17:18]))


def _files(pid: int) -> int:
    with suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/fd"))
    return 0


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, which may contain anything; none if the process is gone."""
    with suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()
    return []
