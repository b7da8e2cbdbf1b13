"""Which workers the kernel has killed because those without limits used too much memory together."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable

from .child_process import ChildProcess

__all__ = ["SharedMemoryKills"]


class SharedMemoryKills:
    """Attributes each kill that the kernel has counted to a worker, or to a process that some worker had started."""

    def __init__(self, count: Callable[[], int]) -> None:
        """`count` returns how many processes the kernel has killed so far."""
        self._count = count
        self._attributed = 0

    def ended(self, child: ChildProcess, code: int) -> bool:
        """Whether this worker, which has ended with this code, ended by such a kill."""
        if code != -signal.SIGKILL or child.killed or child.exceeded or self._count() <= self._attributed:
            return False
        self._attributed += 1
        return True

    def forget(self, living: Iterable[ChildProcess]) -> None:
        """Attribute all other kills to processes that workers had started, unless one of these workers is dying."""
        # The kernel counts a kill and then signals, holding a lock of the victim that reading its status takes, too.
        # So a worker whose kill is in this count is seen to be dying, as long as the count is read first.
        kills = self._count()
        if not any(child.is_dying() for child in living):
            self._attributed = max(self._attributed, kills)
