"""The limits of a worker's run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """The limits of one worker; a limit that is None does not apply."""

    memory: float | None = None
    """Bytes."""
    cpu: float | None = None
    """Seconds of processor time."""
    files: float | None = None
    """Open files of each process."""
    processes: float | None = None
    """Processes and threads besides the worker's own."""
    ends: float | None = None
    """When its time is over, by the monotonic clock."""

    @classmethod
    def read(cls, message: Mapping[str, Any]) -> Limits:
        """Read a ``limit``; its time starts now."""
        keys = ("memory", "cpu", "files", "processes", "time")
        memory, cpu, files, processes, seconds = (_number(message.get(key)) for key in keys)
        return cls(memory, cpu, files, processes, None if seconds is None else time.monotonic() + seconds)

    @property
    def any_set(self) -> bool:
        """Whether there is any limit."""
        return any(limit is not None for limit in (self.memory, self.cpu, self.files, self.processes, self.ends))

    @property
    def need_cgroup(self) -> bool:
        """Whether there is a limit that the kernel can enforce, or measure, in a control group."""
        return any(limit is not None for limit in (self.memory, self.cpu, self.processes))


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) else None
