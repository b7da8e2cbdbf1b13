"""A run's claim, which guards all that it writes."""

from __future__ import annotations

import asyncio

from ..client.client import Guard

STANDBY = ".standby"
"""How the path of a claim ends that is on standby."""


class Claim:
    """
    The guard of a run's writes at present, None if it needs none; used on the event loop.

    A run that takes over from another one begins on standby, with a guard that lets nothing be written. Once the other
    one may write no longer, the real claim takes its place.
    """

    def __init__(self, guard: Guard | None) -> None:
        self.guard = guard
        self._granted = asyncio.Event()
        if not is_standby(guard):
            self._granted.set()

    def replace(self, guard: Guard) -> None:
        """From now on this is the claim: the run is on standby no longer."""
        self.guard = guard
        self._granted.set()

    async def granted(self) -> None:
        """Wait until the run is not on standby."""
        await self._granted.wait()


def is_standby(guard: Guard | None) -> bool:
    """Whether this is the claim of a run on standby."""
    return guard is not None and guard[0].elements[-1:] == (STANDBY,)
