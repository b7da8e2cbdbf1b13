"""A worker's connection to its DistKV server, shared by its runs."""

from __future__ import annotations

import contextvars
from contextlib import suppress

import anyio
from anyio.abc import TaskGroup

from ..client.link import Link
from ..exceptions import ServerClosedError
from ..util import attrdict

PATIENCE = 1.0
"""Seconds that code waits for the first connection before it runs without one."""


AGAIN = 1.5
"""Seconds that code waits for a connection that was lost: longer than the longest pause between two attempts."""


class Upstream:
    """Makes the connection for the first run that needs it, and again whenever it is lost."""

    def __init__(self, config: attrdict, tasks: TaskGroup) -> None:
        self.link = Link(None, config.connect)
        self._tasks = tasks
        self._context = contextvars.copy_context()
        self._begun = False

    async def tried(self) -> None:
        """Wait until the first attempt to connect has succeeded or failed, but not for long."""
        if not self._begun:
            self._begun = True
            # In the worker's context: the task is not the run's whose need it is, and does not end with it.
            self._context.run(self._tasks.start_soon, self.link.run)
        if not self.link.attempted.is_set():
            with anyio.move_on_after(PATIENCE):
                await self.link.attempted.wait()

    async def back(self) -> None:
        """
        Wait, before code begins, for a connection that was lost and is not made again yet.

        The runner has its own again, or it would begin nothing.
        """
        if self.link.losses and not self.link.connected:
            with anyio.move_on_after(AGAIN), suppress(ServerClosedError):
                await self.link.up()
