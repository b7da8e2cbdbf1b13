"""The user that workers run as, if that is not their parent's."""

from __future__ import annotations

import math
import os
import pwd
import resource
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from .limit_backend import Unsupported

_SPARE = 1
"""Seconds of processor time beyond the limit, so that the parent's poll comes first and names the limit."""


class WorkerUser:
    """A user of this machine, for a process of root."""

    def __init__(self, name: str) -> None:
        """Look up the user; KeyError if there is none."""
        self.name = name
        self._entry = pwd.getpwnam(name)

    @property
    def ids(self) -> tuple[int, int]:
        """The numbers of the user and its group."""
        return self._entry.pw_uid, self._entry.pw_gid

    def check(self) -> None:
        """Check that the user can read Python and this package; raises Unsupported if not."""
        needed = [sys.executable, str(Path(__file__).parents[2] / "__init__.py")]
        pid = os.fork()
        if pid == 0:
            self.become()
            os._exit(next((at for at, path in enumerate(needed, 1) if not os.access(path, os.R_OK)), 0))
        wrong = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if wrong:
            raise Unsupported(
                f"worker user {self._entry.pw_name}: cannot read {needed[wrong - 1]} (expected: an installation that"
                " all users may read)"
            )

    def become(self) -> None:
        """Make this process that user's, irrevocably."""
        entry = self._entry
        os.initgroups(entry.pw_name, entry.pw_gid)
        os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
        os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)
        os.environ.update(HOME=entry.pw_dir, USER=entry.pw_name, LOGNAME=entry.pw_name)
        try:
            os.chdir(entry.pw_dir)
        except OSError:
            os.chdir("/")

    def apply_limits(self, limits: Mapping[str, float], *, in_cgroup: bool) -> None:
        """Have the kernel apply these limits, as far as it can, to this process and to each that it starts."""
        _lower(resource.RLIMIT_CORE, 0)
        if "files" in limits:
            _lower(resource.RLIMIT_NOFILE, int(limits["files"]))
        if "cpu" in limits:
            _lower(resource.RLIMIT_CPU, math.ceil(limits["cpu"]) + _SPARE)
        if "memory" in limits and not in_cgroup:
            _lower(resource.RLIMIT_DATA, _data() + int(limits["memory"]))
        if "processes" in limits and not in_cgroup:
            _lower(resource.RLIMIT_NPROC, self._tasks() + int(limits["processes"]))

    def _tasks(self) -> int:
        """Return how many processes and threads the user has: the kernel counts all of them together."""
        found = 0
        for process in Path("/proc").iterdir():
            with suppress(OSError):
                if process.name.isdigit() and f"\nUid:\t{self._entry.pw_uid}\t" in (process / "status").read_text():
                    found += len(os.listdir(process / "task"))
        return found


def _data() -> int:
    """Return the bytes of this process's private memory, used or not."""
    with suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmData:")).split()[1]) * 1024
    return 0


def _lower(which: int, value: int) -> None:
    _, most = resource.getrlimit(which)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(which, (value, value))
