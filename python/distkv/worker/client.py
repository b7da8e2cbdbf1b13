"""``_client``: a run's view of its worker's connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from anyio.abc import TaskGroup

from ..client import Client
from ..client.client import Guard
from ..client.link import Link
from ..exceptions import GuardError, Lost
from ..util import Path, attrdict


class RunClient(Client):
    """
    A client whose every write happens only while the run still has its claim.

    The live roots that code opens through it (`CodeRoot` and the like) belong to the run and end with it.
    """

    def __init__(
        self,
        link: Link,
        config: attrdict,
        tasks: TaskGroup,
        claim: Guard | None,
        on_lost: Callable[[], None],
        guards: tuple[Guard, ...] = (),
    ) -> None:
        super().__init__(link, config, tasks, guards if claim is None else (claim, *guards))
        self._claim = claim
        self._own_guards = guards
        self._on_lost = on_lost

    def guarded(self, *guards: Guard) -> Client:
        """Return a view whose writes have these guards besides the claim."""
        view = RunClient(self.link, self.config, self.tasks, self._claim, self._on_lost, (*self._own_guards, *guards))
        view.handlers = self.handlers
        return view

    async def _write(self, action: str, params: dict[str, Any], guard: Iterable[Guard]) -> attrdict:
        try:
            return await super()._write(action, params, guard)
        except Lost as lost:
            if self._claim is not None and lost.path is not None and Path.build(lost.path) != self._claim[0]:
                if self._own_guards:
                    raise
                error = GuardError(str(lost))
                error.path, error.tick = lost.path, lost.tick
                raise error from None
            if self._claim is not None:
                self._on_lost()
            raise
