"""A worker as the parent of workers knows it."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from . import linux
from .cage import Cage
from .heart import Heart
from .limits import Limits


@dataclass
class Offspring:
    """One worker, from its fork until it is reaped."""

    worker: int
    pid: int
    own_threads: int
    deadline: float | None = None
    limits: Limits | None = None
    exceeded: str | None = None
    """The limit that it exceeded, for which it was killed."""
    cage: Cage | None = None
    heart: Heart | None = None
    """Of a worker in Python."""
    stuck: str | None = None
    """Where it was, if its heart stood still, for which it was killed."""

    overdue: bool = False
    """Whether it was killed since its deadline had passed."""

    killed: bool = False
    """Whether it was killed here, for whatever reason."""

    def kill(self) -> None:
        """Kill it, with what it has started."""
        self.killed = True
        linux.kill_quietly(-self.pid, signal.SIGKILL)
        if self.cage is not None:
            self.cage.kill()
