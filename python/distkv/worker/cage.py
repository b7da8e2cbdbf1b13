"""The control group of one worker: the kernel holds it, and all that it starts, to its limits, and finds all of it."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from . import linux
from .controls import Files, count
from .limits import Limits


class Cage:
    """A group; of version 1, one for each controller."""

    def __init__(self, files: Files, groups: Mapping[str, Path], version: int) -> None:
        """Take these groups, by their controllers; they may or may not be there."""
        self._files = files
        self._v2 = version == 2
        self._groups = groups
        self._memory = groups["memory"]
        self._pids = groups["pids"]

    def limit(self, limits: Limits, own_threads: int, *, whole: bool = True) -> None:
        """
        Make the group, with what of these limits the kernel looks after; OSError if it cannot be.

        When it has not enough memory all that is in it ends, or if not `whole` its largest process.
        """
        write = self._files.write
        for group in set(self._groups.values()):
            self._files.make(group)
        if limits.processes is not None:
            write(self._pids / "pids.max", int(limits.processes) + own_threads)
        if limits.memory is None:
            return
        if not self._v2:
            write(self._memory / "memory.limit_in_bytes", int(limits.memory))
            with suppress(OSError):  # there only where swap is accounted for
                write(self._memory / "memory.memsw.limit_in_bytes", int(limits.memory))
        else:
            write(self._memory / "memory.max", int(limits.memory))
            write(self._memory / "memory.oom.group", int(whole))
            with suppress(OSError):
                write(self._memory / "memory.swap.max", 0)

    def take(self, pids: Iterable[int]) -> None:
        """Put these processes in that are not yet; what they start from then on is in it, too."""
        for group in set(self._groups.values()):
            for pid in set(pids) - set(self._processes(group)):
                with suppress(ProcessLookupError):
                    self._files.write(group / "cgroup.procs", pid)

    def exceeded(self) -> str | None:
        """Return the name of a limit because of which the kernel has killed something, or let nothing more start."""
        if self.killed():
            return "memory"
        return "processes" if count(self._read(self._pids / "pids.events"), "max") else None

    def killed(self) -> int:
        """Return how many processes the kernel has killed in it for want of memory."""
        events = "memory.events" if self._v2 else "memory.oom_control"
        return count(self._read(self._memory / events), "oom_kill")

    def cpu(self) -> float | None:
        """Return the seconds of processor time that have been used in it; None if that is not counted."""
        if self._v2:
            return count(self._read(self._memory / "cpu.stat"), "usage_usec") / 1e6
        usage = self._read(self._groups["cpuacct"] / "cpuacct.usage") if "cpuacct" in self._groups else ""
        return int(usage) / 1e9 if usage else None

    def remove(self) -> bool:
        """Kill all that is in it, and remove it if that is gone already; False: call it again a little later."""
        self.kill()
        gone = True
        for group in set(self._groups.values()):
            try:
                self._files.remove(group)
            except FileNotFoundError:
                pass
            except OSError:
                gone = False
        return gone

    def kill(self) -> None:
        """Kill all that is in it."""
        with suppress(OSError):
            self._files.write(self._pids / "cgroup.kill", 1)  # version 2, since Linux 5.14
            return
        with suppress(OSError):
            self._files.write(self._pids / "pids.max", 0)  # nothing can fork any more, so none is missed
        for pid in self._processes(self._pids):
            linux.kill_quietly(pid, signal.SIGKILL)

    def _processes(self, group: Path) -> list[int]:
        return [int(pid) for pid in self._read(group / "cgroup.procs").split()]

    def _read(self, file: Path) -> str:
        try:
            return self._files.read(file)
        except OSError:
            return ""
