"""Tasks that code has created with asyncio itself, without its controller: they end with their run all the same."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

__all__ = ["OWNER", "OrphanTasks", "track_tasks"]

TIMEOUT = 2
"""Seconds that a run waits for the end of such tasks after cancelling them."""


class OrphanTasks:
    """The tasks that were created while this was `OWNER`, and so by the run that has that context."""

    def __init__(self) -> None:
        self._tasks: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()

    async def end(self) -> None:
        """Cancel the tasks that are still running, except the current one, and wait for them."""
        left = {task for task in self._tasks if not task.done()} - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=TIMEOUT)

    def has(self, task: asyncio.Task[Any]) -> bool:
        """Whether this is one of them. On any thread."""
        return task in self._tasks

    def add(self, task: asyncio.Task[Any]) -> None:
        """Add a task."""
        self._tasks.add(task)


OWNER: ContextVar[OrphanTasks | None] = ContextVar("distkv_run_tasks", default=None)
"""Where new tasks are recorded."""


def track_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Record the tasks of this loop from now on."""

    def make_task(loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **kw: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(coro, loop=loop, **kw)
        owner = OWNER.get()
        if owner is not None:
            owner.add(task)
        return task

    loop.set_task_factory(make_task)  # type: ignore[arg-type]
