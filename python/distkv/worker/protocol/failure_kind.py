"""How a run can fail."""

from __future__ import annotations

from enum import Enum

__all__ = ["FailureKind"]


class FailureKind(Enum):
    """The ``kind`` of a ``failed``; docs/worker.md says what each means."""

    COMPILE = "compile"
    VARS = "vars"
    ERROR = "error"
    RECORDED = "recorded"
    CANCELLED = "cancelled"
    LOST = "lost"
    STALLED = "stalled"
    INTERRUPTED = "interrupted"
    BLOCKED = "blocked"
