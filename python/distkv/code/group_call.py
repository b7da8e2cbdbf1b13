"""Calls of procedures that run once, on a node of a group, while the caller waits for the result."""

from __future__ import annotations

import math
from collections.abc import Mapping
from time import time
from typing import Any, Final

import anyio
from anyio.streams.memory import MemoryObjectSendStream

from ..client import Client, Watch
from ..exceptions import CallLostError, NotBegunError, ProcedureFailedError
from ..schema import ErrorRecord, Occurrence, Reason, RunnerEntry, StateEntry, call_name, name_of
from ..schema.errors import DEPTH, RUN
from ..util import NotGiven, Path, attrdict

__all__ = ["call_in_group"]

TTL: Final = 5
"""Seconds that a call outlives a caller that is gone."""

START_TIMEOUT: float = 10
"""Seconds within which a runner must start the procedure."""

_NEVER = 1e9
_QUEUE_SIZE = 64


async def call_in_group(client: Client, group: str, code: Path, variables: Mapping[str, Any]) -> Any:
    """
    Run a procedure as a job that lives with a session of ``client``, and return its result.

    The client should not be used for anything else that has a session. Raises ProcedureFailedError if the procedure
    fails, CallLostError if it was ended before it was done, NotBegunError if no runner of the group starts it.
    """
    name = call_name(group)
    config = client.config
    call = _Call(code, group, config.runner.prefix + name, config.runner.state + name, config.errors.prefix)
    sending, changes = anyio.create_memory_object_stream[attrdict](_QUEUE_SIZE)
    async with (
        client.session(TTL) as session,
        client.watch(call.state, fetch=True, max_depth=0) as states,
        client.watch(config.errors.prefix) as records,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(_follow, states, sending)
        tasks.start_soon(_follow, records, sending)
        job = RunnerEntry(code=code, data=dict(variables), target=time(), delay=_NEVER)
        await session.set(call.job, job.encode(), chain=None)
        try:
            while not call.over:
                with anyio.move_on_after(math.inf if call.started else START_TIMEOUT):
                    call.take(await changes.receive())
                    continue
                raise call.not_started()
        finally:
            tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await client.delete(call.job)
                if call.record is not None:
                    await client.delete_tree(call.record)
    if call.failure is not None:
        raise call.failure
    return call.result


async def _follow(watch: Watch, changes: MemoryObjectSendStream[attrdict]) -> None:
    async for item in watch:
        if "path" in item:
            await changes.send(item)


class _Call:
    """The progress of one call, according to the changes of its job's state and of the error tree."""

    def __init__(self, code: Path, group: str, job: Path, state: Path, errors: Path) -> None:
        self.name = name_of(code)
        self.group = group
        self.job = job
        self.state = state
        self.started = False
        self.result: Any = None
        self.record: Path | None = None
        """The path of the record of its error, if there is one."""
        self.failure: ProcedureFailedError | CallLostError | None = None
        self._errors = errors
        self._done = False
        self._reason = ""

    @property
    def over(self) -> bool:
        return self._done or self.failure is not None

    def take(self, item: attrdict) -> None:
        path = Path.build(item.path)
        value = item.get("value")
        if path == self.state:
            self._take_state(None if value is None else StateEntry.decode(value))
        elif self._is_own_record(path, value):
            self.record = path
        elif self.record is not None and path.startswith(self.record) and value:
            self.failure = self._failure(Occurrence.decode(value))

    def _take_state(self, found: StateEntry | None) -> None:
        """Take the job's state; None if the job is gone."""
        state = found or StateEntry()
        running = state.node is not None
        self._done = state.result is not NotGiven
        self.started = self.started or running or self._done or state.started > 0
        self.result = state.result
        self._reason = state.reason
        # After an error, its record follows.
        if self.started and not self._done and not running and not state.backoff:
            self.failure = self._ended(found)

    def _ended(self, state: StateEntry | None) -> CallLostError:
        if state is None:
            return CallLostError(self.name, "this client was away from the server for too long")
        return CallLostError(self.name, f"ended: {state.reason}", state.why)

    def _is_own_record(self, path: Path, value: Any) -> bool:
        record = ErrorRecord.decode(value) if len(path) == len(self._errors) + DEPTH else None
        return record is not None and record.subsystem == RUN and record.is_open and record.path == self.job

    def _failure(self, seen: Occurrence) -> ProcedureFailedError | CallLostError:
        if seen.reason is Reason.NODE_LOST:
            why = f"node {(seen.data or {}).get('node')}, which ran it, has died"
            return CallLostError(self.name, why, Reason.NODE_LOST)
        text = seen.text if seen.text is not None else seen.message or seen.comment or "failed"
        return ProcedureFailedError(self.name, seen.type, text, seen.trace)

    def not_started(self) -> NotBegunError:
        why = f": {self._reason}" if self._reason else ""
        return NotBegunError(
            f"{self.name}: no node of group {self.group} has begun it within {START_TIMEOUT} s{why}"
            f" (expected: a runner of its jobs for any node: distkv client run -g {self.group} all)"
        )
