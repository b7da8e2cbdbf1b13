"""A worker's connection to its DistKV server, shared by its runs."""

from __future__ import annotations

import contextvars
from contextlib import suppress

import anyio
from anyio.abc import TaskGroup

from ...client.link import Link
from ...client.run_tokens import RunTokens
from ...exceptions import ServerClosedError
from ...util import attrdict

__all__ = ["ServerConnection"]

RECONNECT_TIMEOUT = 1.5
"""Seconds that code waits for a connection that was lost: longer than the longest pause between two attempts."""


class ServerConnection:
    """Connects when the first run needs it, and again whenever the connection is lost."""

    def __init__(self, config: attrdict, tasks: TaskGroup) -> None:
        self.runs = RunTokens()
        """What it logs in with."""
        self.link = Link(None, config.connect, runs=self.runs)
        self._first_timeout = config.connect.init_timeout
        """Seconds that code waits for the first connection before it runs without one: those of an attempt."""
        self._tasks = tasks
        self._context = contextvars.copy_context()
        self._started = False

    async def attempted(self) -> None:
        """Wait until the first attempt to connect has succeeded or failed, or its timeout has passed."""
        if not self._started:
            self._started = True
            # In the worker's context, since the task does not belong to the run that happens to need it first.
            self._context.run(self._tasks.start_soon, self.link.run)
        if not self.link.attempted.is_set():
            with anyio.move_on_after(self._first_timeout):
                await self.link.attempted.wait()

    async def reconnected(self) -> None:
        """
        Wait, before code starts, for a connection that was lost and is not made again yet.

        The runner has its own connection again, otherwise it would start nothing.
        """
        if self.link.losses and not self.link.connected:
            with anyio.move_on_after(RECONNECT_TIMEOUT), suppress(ServerClosedError):
                await self.link.wait_connected()
