"""The control group of a worker, in which the kernel enforces its limits."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from . import linux
from .cgroup_files import CgroupFiles, count
from .limits import Limits


class Cgroup:
    """The control group of one worker and everything that it starts; with version 1, one group for each controller."""

    def __init__(self, files: CgroupFiles, groups: Mapping[str, Path], version: int) -> None:
        """Use these groups, by controller; they need not exist yet."""
        self._files = files
        self._v2 = version == 2
        self._groups = groups
        self._memory = groups["memory"]
        self._pids = groups["pids"]

    def limit(self, limits: Limits, own_threads: int, *, whole: bool = True) -> None:
        """
        Create the group, with those of these limits that the kernel enforces; OSError if that is impossible.

        When it runs out of memory all its processes are killed, or only the largest one unless `whole`.
        """
        write = self._files.write
        for group in set(self._groups.values()):
            self._files.create(group)
        if limits.processes is not None:
            write(self._pids / "pids.max", int(limits.processes) + own_threads)
        if limits.memory is None:
            return
        if not self._v2:
            write(self._memory / "memory.limit_in_bytes", int(limits.memory))
            with suppress(OSError):  # exists only where swap is accounted for
                write(self._memory / "memory.memsw.limit_in_bytes", int(limits.memory))
        else:
            write(self._memory / "memory.max", int(limits.memory))
            write(self._memory / "memory.oom.group", int(whole))
            with suppress(OSError):
                write(self._memory / "memory.swap.max", 0)

    def add(self, pids: Iterable[int]) -> None:
        """Add these processes to the group; what they start from then on is in it, too."""
        for group in set(self._groups.values()):
            for pid in set(pids) - set(self._processes(group)):
                with suppress(ProcessLookupError):
                    self._files.write(group / "cgroup.procs", pid)

    def exceeded(self) -> str | None:
        """Return the name of a limit for which the kernel has killed a process, or kept one from starting."""
        if self.killed():
            return "memory"
        return "processes" if count(self._read(self._pids / "pids.events"), "max") else None

    def killed(self) -> int:
        """Return how many of its processes the kernel has killed for lack of memory."""
        events = "memory.events" if self._v2 else "memory.oom_control"
        return count(self._read(self._memory / events), "oom_kill")

    def cpu(self) -> float | None:
        """Return the seconds of processor time that it has used; None if that is not counted."""
        if self._v2:
            return count(self._read(self._memory / "cpu.stat"), "usage_usec") / 1e6
        usage = self._read(self._groups["cpuacct"] / "cpuacct.usage") if "cpuacct" in self._groups else ""
        return int(usage) / 1e9 if usage else None

    def remove(self) -> bool:
        """Kill its processes, and remove the group; False if some still exist: call it again a little later."""
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
        """Kill its processes."""
        with suppress(OSError):
            self._files.write(self._pids / "cgroup.kill", 1)  # version 2, since Linux 5.14
            return
        with suppress(OSError):
            self._files.write(self._pids / "pids.max", 0)  # nothing can fork any more, so no process is missed
        for pid in self._processes(self._pids):
            linux.kill_quietly(pid, signal.SIGKILL)

    def _processes(self, group: Path) -> list[int]:
        return [int(pid) for pid in self._read(group / "cgroup.procs").split()]

    def _read(self, file: Path) -> str:
        try:
            return self._files.read(file)
        except OSError:
            return ""
