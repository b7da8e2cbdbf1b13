"""A worker as its parent knows it."""

from __future__ import annotations

import signal
from dataclasses import dataclass

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
    """Whether the parent has killed it, for whatever reason."""

    def kill(self) -> None:
        """Kill it, with everything that it has started."""
        self.killed = True
        linux.kill_quietly(-self.pid, signal.SIGKILL)
        if self.cgroup is not None:
            self.cgroup.kill()
