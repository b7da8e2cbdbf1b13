"""Tasks that code has started by itself, past its controller: they end with their run all the same."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

PATIENCE = 2
"""Seconds that such a task may take to end; a run does not wait longer for what it should not have left behind."""


class Strays:
    """The tasks that were created while this was `OWNER`, and so by the run whose context that is."""

    def __init__(self) -> None:
        self._tasks: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()

    async def end(self) -> None:
        """Cancel those that are left, but for the caller's, and wait for them."""
        left = {task for task in self._tasks if not task.done()} - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=PATIENCE)

    def has(self, task: asyncio.Task[Any]) -> bool:
        """Whether this is one of them. On any thread."""
        return task in self._tasks

    def add(self, task: asyncio.Task[Any]) -> None:
        """Take note of a task."""
        self._tasks.add(task)


OWNER: ContextVar[Strays | None] = ContextVar("distkv_run_tasks", default=None)
"""Whose tasks are created at present."""


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Have the tasks of this loop noted."""

    def make_task(loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **kw: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(coro, loop=loop, **kw)
        owner = OWNER.get()
        if owner is not None:
            owner.add(task)
        return task

    loop.set_task_factory(make_task)  # type: ignore[arg-type]
