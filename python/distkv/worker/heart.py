"""The heart of a worker whose runs share a loop: it beats while its threads can run; its parent feels it."""

from __future__ import annotations

import faulthandler
import mmap
import os
import signal

from . import linux

LOOK = 0.5
"""Seconds between two looks of the parent."""

SILENT = 10
"""So many looks without a beat mean that the worker is stuck in code that lets no Python run, not even in a thread."""

ASK = signal.SIGRTMIN + 7
"""Has a worker write down where its threads are; that takes no Python."""

_SIZE = 32768
_DUMP = 64


class Heart:
    """
    Memory of the parent and one worker: first the number of the last beat, 0 while there is nothing to be felt.

    A worker that was stopped by a signal is not stuck; and only the parent's own looks count, so that time in which the
    machine was suspended does not.
    """

    def __init__(self) -> None:
        """Make it; in the parent, before the fork."""
        self._fd = os.memfd_create("distkv-heart", os.MFD_CLOEXEC)
        os.ftruncate(self._fd, _SIZE)
        self._memory = mmap.mmap(self._fd, _SIZE)
        self._last = 0
        self._still = 0

    def listen(self) -> None:
        """In the worker: from now on it can be asked where its threads are."""
        os.lseek(self._fd, _DUMP, os.SEEK_SET)
        faulthandler.register(ASK, file=self._fd, all_threads=True)

    def beat(self) -> None:
        """In the worker: live."""
        self._memory[0] = self._memory[0] % 255 + 1

    def rest(self) -> None:
        """In the worker: from now on there is nothing to be felt."""
        self._memory[0] = 0

    def look(self, pid: int) -> str | None:
        """In the parent, every `LOOK`: where the worker is stuck, if it is."""
        beat = self._memory[0]
        if beat and beat == self._last and not linux.is_stopped(pid):
            self._still += 1
        else:
            self._still = 0
        self._last = beat
        if self._still == SILENT:
            linux.kill_quietly(pid, ASK)
        if self._still <= SILENT:
            return None
        return bytes(self._memory[_DUMP:]).partition(b"\0")[0].decode(errors="replace")

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        os.close(self._fd)
