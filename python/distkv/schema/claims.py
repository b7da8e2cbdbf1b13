"""Claims: entries that say which run has a job, and that guard all writes of that run."""

from __future__ import annotations

from typing import Final

from ..util import Path

__all__ = ["Guard", "is_standby"]

Guard = tuple[Path, int]
"""A path and the tick of its last write: a guarded write happens only while that was the last one."""

_STANDBY: Final = ".standby"


def is_standby(guard: Guard | None) -> bool:
    """Whether this guard is the claim of a run on standby, which cannot write yet."""
    return guard is not None and guard[0].elements[-1:] == (_STANDBY,)
