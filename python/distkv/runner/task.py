"""Subtasks of a job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio

from .done import Done


class Task:
    """A subtask that ``CallAdmin.spawn`` has started."""

    def __init__(self, on_end: Callable[[Any], None]) -> None:
        self._scope = anyio.CancelScope()
        self._ended = anyio.Event()
        self._on_end = on_end

    def cancel(self) -> Done:
        """Cancel it; the result is whether it was still running. Awaiting waits for its end."""
        running = not self._ended.is_set()
        self._scope.cancel()
        return Done(running, self._ended.wait)

    async def run(self, proc: Callable[..., Awaitable[Any]], args: tuple[Any, ...], kw: dict[str, Any]) -> None:
        """Run the procedure within this task's scope."""
        try:
            with self._scope:
                await proc(*args, **kw)
        except (SystemExit, KeyboardInterrupt) as exc:
            # Raised out of a task these would end the event loop, and with it every other job.
            raise RuntimeError(f"a subtask raised {type(exc).__name__}: {exc}") from exc
        finally:
            self._ended.set()
            self._on_end(self)
