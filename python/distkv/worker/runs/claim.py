"""A run's claim, which guards all its writes."""

from __future__ import annotations

import asyncio

from ...schema import Guard, is_standby

__all__ = ["Claim"]


class Claim:
    """
    The current guard of a run's writes, None if it needs none; used on the event loop.

    A run that takes over from another one starts on standby, with a guard that allows no writes. Once the other run can
    no longer write, the real claim replaces it.
    """

    def __init__(self, guard: Guard | None) -> None:
        self.guard = guard
        self._granted = asyncio.Event()
        if not is_standby(guard):
            self._granted.set()

    def replace(self, guard: Guard) -> None:
        """Use this claim from now on: the run is no longer on standby."""
        self.guard = guard
        self._granted.set()

    async def granted(self) -> None:
        """Wait until the run is not on standby."""
        await self._granted.wait()
