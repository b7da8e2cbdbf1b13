"""The heartbeat of a worker whose runs share a loop: it advances while the worker's threads can run."""

from __future__ import annotations

import faulthandler
import mmap
import os
import signal

from . import linux

__all__ = ["INTERVAL", "MISSED_BEATS", "Heartbeat"]

INTERVAL = 0.5
"""Seconds between two checks by the parent."""

MISSED_BEATS = 10
"""After so many checks without a beat, the worker is stuck in code that lets no Python run, not even in a thread."""

_DUMP_SIGNAL = signal.SIGRTMIN + 7
"""Makes a worker dump the stacks of its threads, which needs no Python."""

_SIZE = 32768
_DUMP = 64


class Heartbeat:
    """
    Memory shared by the parent and one worker: first the number of the last beat, 0 while the worker does not beat.

    A worker that was stopped by a signal is not stuck; and only the parent's own checks count, so that time in which
    the machine was suspended does not.
    """

    def __init__(self, file: int | None = None) -> None:
        """Create the memory, in the parent before the fork; or use an inherited file, in a program."""
        self._fd = os.memfd_create("distkv-heartbeat", os.MFD_CLOEXEC) if file is None else file
        os.ftruncate(self._fd, _SIZE)
        self._memory = mmap.mmap(self._fd, _SIZE)
        self._last = 0
        self._missed = 0

    def inheritable(self) -> int:
        """In a worker that becomes another program: return the file, which that inherits."""
        os.set_inheritable(self._fd, True)
        return self._fd

    def enable_dump(self) -> None:
        """In the worker: from now on the parent can make it dump its stacks."""
        os.lseek(self._fd, _DUMP, os.SEEK_SET)
        faulthandler.register(_DUMP_SIGNAL, file=self._fd, all_threads=True)

    def beat(self) -> None:
        """In the worker: beat once."""
        self._memory[0] = self._memory[0] % 255 + 1

    def stop(self) -> None:
        """In the worker: no beats are to be expected any more."""
        self._memory[0] = 0

    def check(self, pid: int) -> str | None:
        """In the parent, every `INTERVAL`: return the stacks of the worker if it is stuck."""
        beat = self._memory[0]
        if beat and beat == self._last and not linux.is_stopped(pid):
            self._missed += 1
        else:
            self._missed = 0
        self._last = beat
        if self._missed == MISSED_BEATS:
            linux.kill_quietly(pid, _DUMP_SIGNAL)
        if self._missed <= MISSED_BEATS:
            return None
        return bytes(self._memory[_DUMP:]).partition(b"\0")[0].decode(errors="replace")

    def close(self) -> None:
        """Release the memory."""
        self._memory.close()
        os.close(self._fd)
