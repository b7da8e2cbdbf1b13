"""``_client``: a run's view of its worker's connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from anyio.abc import TaskGroup

from ...client import Client
from ...client.link import Link
from ...exceptions import GuardError, Lost, NotYet
from ...runner.cause import cause
from ...schema import Guard, is_standby
from ...util import Path, attrdict
from .claim import Claim

__all__ = ["RunClient"]


class RunClient(Client):
    """
    A client whose writes happen only while the run still has its claim.

    The live roots that code opens through it (`CodeRoot` and the like) belong to the run and end with it.
    """

    def __init__(
        self,
        link: Link,
        config: attrdict,
        tasks: TaskGroup,
        claim: Claim,
        on_lost: Callable[[], None],
        guards: tuple[Guard, ...] = (),
    ) -> None:
        super().__init__(link, config, tasks, guards)
        self._claim = claim
        self._on_lost = on_lost

    def guarded(self, *guards: Guard) -> Client:
        """Return a view whose writes have these guards besides the claim."""
        view = RunClient(self.link, self.config, self.tasks, self._claim, self._on_lost, (*self._guards, *guards))
        view.handlers = self.handlers
        return view

    def _standing_guards(self) -> tuple[Guard, ...]:
        claim = self._claim.guard
        return self._guards if claim is None else (claim, *self._guards)

    async def _write(self, action: str, params: dict[str, Any], guard: Iterable[Guard]) -> attrdict:
        if tick := cause.get():
            params["cause"] = tick
        claim = self._claim.guard  # the one of this write; when the write is refused there may be another
        try:
            return await super()._write(action, params, guard)
        except Lost as lost:
            if claim is None:
                raise
            if lost.path is not None and Path.build(lost.path) != claim[0]:
                if self._guards:
                    raise
                raise _as(GuardError(str(lost)), lost) from None
            if is_standby(claim):
                raise _as(NotYet(f"on standby: {lost}"), lost) from None
            self._on_lost()
            raise


def _as(error: GuardError, refused: GuardError) -> GuardError:
    error.path, error.tick = refused.path, refused.tick
    return error
