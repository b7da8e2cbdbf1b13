"""Functions of the Linux kernel with which the parent keeps hold of everything that its workers start."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_TFD_TIMER_ABSTIME = 1
_PF_EXITING = 4

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, call: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result


def become_subreaper() -> None:
    """Make this process the parent of all processes below it whose own parent has ended."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1), 0, 0, 0), "prctl")


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, even if that has just happened."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL), 0, 0, 0), "prctl")
    if os.getppid() != parent:
        os._exit(1)


def children(pid: int) -> list[int]:
    """Return the ids of this process's children; none if it is gone."""
    found: list[int] = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    return found


def process_tree(pid: int) -> list[int]:
    """Return the ids of this process and all below it."""
    found = [pid]
    for one in found:
        found += children(one)
    return found


def kill_trees(pids: Iterable[int]) -> None:
    """
    Kill these processes and all below them.

    They are stopped first, so that none can fork during the search for the others. A process that was forked just
    before becomes this process's child, as an orphan.
    """
    found: set[int] = set()
    new = set(pids)
    while new:
        for pid in new:
            kill_quietly(pid, signal.SIGSTOP)
        found |= new
        new = {child for pid in found for child in children(pid)} - found
    for pid in found:
        kill_quietly(pid, signal.SIGKILL)


def kill_quietly(pid: int, number: int) -> None:
    """Signal a process, or with a negative id its group, which may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def is_stopped(pid: int) -> bool:
    """Whether this process was stopped by a signal, or by a debugger."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(") ")[2][:1] in ("T", "t")
    return False


def is_dying(pid: int) -> bool:
    """Whether this process has been killed, is exiting, or is gone."""
    with suppress(OSError, ValueError, IndexError):
        state, *fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(") ")[2].split()
        if state in ("Z", "X") or int(fields[5]) & _PF_EXITING:
            return True
        lines = Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines()
        pending = [int(line.split()[1], 16) for line in lines if line.startswith(("SigPnd:", "ShdPnd:"))]
        return any(signals >> (signal.SIGKILL - 1) & 1 for signals in pending)
    return True


class BootAlarm:
    """
    A file descriptor that becomes readable at a time of CLOCK_BOOTTIME.

    That clock continues while the machine is suspended, as the leases of other machines do, and the kernel fires an
    overdue alarm at once on resume; a timeout of ``select`` would continue to sleep.
    """

    class _Spec(ctypes.Structure):
        _fields_ = [(name, ctypes.c_long) for name in ("every_s", "every_ns", "at_s", "at_ns")]

    def __init__(self) -> None:
        flags = os.O_NONBLOCK | os.O_CLOEXEC
        self.fd = _check(_libc.timerfd_create(time.CLOCK_BOOTTIME, flags), "timerfd_create")

    def set(self, at: float | None) -> None:
        """Fire at ``at``, or with None not at all; this also clears an alarm that has fired."""
        ns = 0 if at is None else max(1, int(at * 1e9))
        spec = self._Spec(0, 0, ns // 10**9, ns % 10**9)
        _check(
            _libc.timerfd_settime(self.fd, _TFD_TIMER_ABSTIME, ctypes.byref(spec), None),
            "timerfd_settime",
        )
