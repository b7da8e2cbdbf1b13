"""A worker as its parent knows it."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

from ..sandbox import bubblewrap
from . import linux
from .cgroup import Cgroup
from .heartbeat import Heartbeat
from .limits import Limits

__all__ = ["ChildProcess"]


@dataclass
class ChildProcess:
    """One worker, from its fork until it is reaped."""

    worker: int
    pid: int
    own_threads: int
    wrapped: bool = False
    """Whether `pid` is bubblewrap, which has the worker below it."""
    deadline: float | None = None
    limits: Limits | None = None
    exceeded: str | None = None
    """The limit that it exceeded, for which it was killed."""
    cgroup: Cgroup | None = None
    heartbeat: Heartbeat | None = None
    """Of a worker in Python."""
    stuck: str | None = None
    """The stacks of its threads, if it was killed because its heartbeat had stopped."""
    overdue: bool = False
    """Whether it was killed because its deadline had passed."""
    killed: bool = False
    """Whether the parent has killed it, for whatever reason, before anything else did."""

    def own_pid(self) -> int | None:
        """Return the id of the worker's own process; None if bubblewrap has not started it yet, or it is gone."""
        if not self.wrapped:
            return self.pid
        found = linux.process_tree(self.pid)
        return found[bubblewrap.PROCESSES] if len(found) > bubblewrap.PROCESSES else None

    def is_dying(self) -> bool:
        """Whether it has been killed, is exiting, or is gone, though it may not have been reaped yet."""
        pid = self.own_pid()
        return pid is None or linux.is_dying(pid)

    def exit_code(self, status: int) -> int:
        """Return its exit code for the status that it was reaped with; negative: the signal that ended it."""
        code = os.waitstatus_to_exitcode(status)
        wrapped_kill = self.wrapped and code == 128 + signal.SIGKILL  # how bubblewrap says it
        return -signal.SIGKILL if wrapped_kill else code

    def kill(self) -> None:
        """Kill it, with everything that it has started."""
        # A runner asks for it when the connection of a worker ends, which a dying one's does before it can be reaped.
        self.killed = self.killed or not self.is_dying()
        linux.kill_quietly(-self.pid, signal.SIGKILL)
        if self.cgroup is not None:
            self.cgroup.kill()
