"""The change whose message a job handles."""

from __future__ import annotations

from contextvars import ContextVar

__all__ = ["cause"]

cause: ContextVar[int] = ContextVar("distkv.cause", default=0)
"""
The tick of the change that the job has taken from its ``_info`` last, 0 after any other message: the cause of what it
writes. Tasks that it starts meanwhile inherit it.
"""
