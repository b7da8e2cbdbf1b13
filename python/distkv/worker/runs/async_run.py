"""Async runs: tasks on the worker's event loop, each with an inbox and a controller."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

import anyio

from ...code import Procedure
from ...exceptions import Lost
from ...runner import CallAdmin, Inbox, ReadyMsg
from ...runner.messages import GROUP_STATES
from ...util import Path, attrdict
from ..protocol.framing import pack, sendable_text
from ..protocol.spec import RunSpec
from . import failures
from .run import Run
from .run_client import RunClient
from .run_context import RunContext
from .server_connection import ServerConnection
from .trace import Station

__all__ = ["AsyncRun"]


class AsyncRun(Run):
    """One run of an async procedure. It is the host of the run's `CallAdmin`."""

    client: RunClient

    def __init__(self, spec: RunSpec, context: RunContext, server: ServerConnection) -> None:
        super().__init__(spec, context)
        self.inbox = Inbox(spec.idle, lambda: self.trace.reached(Station.FIRST_MESSAGE))
        self._connection = server
        self._scope = anyio.CancelScope()
        self.inbox.put(ReadyMsg(0))
        if spec.state is not None:
            self.set_state(spec.state)

    @property
    def fence(self) -> int | None:
        """The tick of its current claim."""
        return None if self.claim.guard is None else self.claim.guard[1]

    def interrupt(self) -> None:
        """Cancel the code's tasks; their ``finally`` blocks run."""
        self._scope.cancel()

    def lose(self) -> None:
        """Stop because the claim is gone: code that reads its messages gets `Lost`."""
        super().lose()
        self.inbox.fail(Lost("its claim is gone"))

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Notify the code of the state of its group."""
        cls = GROUP_STATES.get(state.get("state", ""))
        if cls is not None:
            self.inbox.put_state(cls(attrdict(count=state.get("count"), nodes=state.get("nodes"))))

    async def execute(self) -> None:
        """Run the code and report how it ended; raises nothing."""
        ended = False
        result = None
        failure: BaseException | None = None
        try:
            procedure = self.compile()
            self.log_in(self._connection.runs)
            with self._scope:
                await self._connection.attempted()
                await self._connection.reconnected()
                self.uses(self._connection.link)
                result = await self._run(procedure)
                ended = True
        except BaseException as exc:
            failure = exc
        self.inbox.close()
        await self.orphan_tasks.end()
        if not ended:
            self.report_failed(failure)
        elif self.inbox.gave_up:
            self.report_stalled()
        else:
            self.report_done(result)

    async def _run(self, procedure: Procedure) -> Any:
        result = None
        async with anyio.create_task_group() as tasks:
            async with AsyncExitStack() as stack:
                self.client = RunClient(self._connection.link, self.environment.config, tasks, self.claim, self.lose)
                admin = CallAdmin(self, tasks, stack)
                call = procedure.bind(kwargs={**self.code_globals(self.client), "_self": admin, "_info": self.inbox})
                try:
                    result = await call()
                finally:
                    with anyio.CancelScope(shield=True):
                        await admin.end()
            tasks.cancel_scope.cancel()
        return result

    async def record_setup(self, data: dict[str, Any]) -> None:
        """Report that the code has set up; on standby, wait for the claim."""
        await self.runner.wait_for_space()
        self.runner.report(op="setup", run=self.spec.run, data=_packable(data))
        self.trace.reached(Station.SETUP_SENT)
        await self.claim.granted()

    def warn(self, text: str) -> None:
        """Log a warning in the run's log."""
        self.log.logger.warning(text)

    async def record_error(self, path: Path | None, exc: BaseException | None, details: dict[str, Any]) -> None:
        """Have the runner record an error."""
        await self.runner.wait_for_space()
        data = details.get("data")
        self.runner.report(
            op="error",
            run=self.spec.run,
            path=path,
            type=None if exc is None else type(exc).__name__,
            message=_text(details.get("message")) or (None if exc is None else failures.message_of(exc)),
            trace=None if exc is None else failures.trace_of(exc),
            severity=int(details.get("severity", 0)),
            comment=_text(details.get("comment")),
            data=_data(data),
        )


def _data(data: Any) -> dict[Any, Any]:
    if isinstance(data, Mapping):
        return _packable(data)
    return {} if data is None else {"data": sendable_text(repr(data))}


def _text(value: Any) -> str | None:
    return None if value is None else sendable_text(str(value))


def _packable(data: Mapping[Any, Any]) -> dict[Any, Any]:
    """Replace values that cannot be sent by their printed form; they are only for people."""
    result = {}
    for key, value in data.items():
        try:
            pack({key: value})
            result[key] = value
        except Exception:
            result[sendable_text(str(key))] = sendable_text(repr(value))
    return result
