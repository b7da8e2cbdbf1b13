"""Procedures that run once on a node of a group, for a caller that waits for what comes of it."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from time import time
from typing import TYPE_CHECKING, Any

import anyio
from anyio.streams.memory import MemoryObjectSendStream

from ..exceptions import CallLostError, NotBegunError, ProcedureFailedError
from ..util import Path, attrdict

if TYPE_CHECKING:
    from ..client import Client
    from ..client.watch import Watch

__all__ = ["call_in_group"]

TTL = 5
"""Seconds that a call which was begun outlives a caller that is gone."""

PATIENCE = 10
"""Seconds that a runner may take to begin."""

_NEVER = 1e9
_WAITING = 64
_KILLED = "Runner killed"  # how runners record that a node has died


async def call_in_group(client: Client, group: str, code: Path, variables: Mapping[str, Any]) -> Any:
    """
    Run a procedure as a job that lives with a session of ``client``, and return its result.

    The client should be used for nothing else that has a session. Raises ProcedureFailedError if it fails,
    CallLostError if it was ended before it was done, NotBegunError if no runner of the group begins it.
    """
    name = Path("any", group, ".call", secrets.token_hex(8))
    config = client.config
    call = _Call(code, group, config.runner.prefix + name, config.runner.state + name, config.errors.prefix)
    sending, news = anyio.create_memory_object_stream[attrdict](_WAITING)
    async with (
        client.session(TTL) as session,
        client.watch(call.state, fetch=True, max_depth=0) as states,
        client.watch(config.errors.prefix) as records,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(_follow, states, sending)
        tasks.start_soon(_follow, records, sending)
        entry = {"code": code, "data": dict(variables), "target": time(), "delay": _NEVER}
        await session.set(call.job, entry, chain=None)
        try:
            while not call.over:
                with anyio.move_on_after(math.inf if call.begun else PATIENCE):
                    call.take(await news.receive())
                    continue
                raise call.not_begun()
        finally:
            tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await client.delete(call.job)
                if call.record is not None:
                    await client.delete_tree(call.record)
    if call.failure is not None:
        raise call.failure
    return call.result


async def _follow(watch: Watch, news: MemoryObjectSendStream[attrdict]) -> None:
    async for item in watch:
        if "path" in item:
            await news.send(item)


class _Call:
    """What is known of one call, as changes of its job's state and of the error tree come in."""

    def __init__(self, code: Path, group: str, job: Path, state: Path, errors: Path) -> None:
        self.name = ".".join(map(str, code))
        self.group = group
        self.job = job
        self.state = state
        self.begun = False
        self.result: Any = None
        self.record: Path | None = None
        self.failure: ProcedureFailedError | CallLostError | None = None
        self._errors = errors
        self._done = False
        self._reason = ""

    @property
    def over(self) -> bool:
        return self._done or self.failure is not None

    def take(self, item: attrdict) -> None:
        found = item.get("value")
        value = found if isinstance(found, Mapping) else {}
        path = Path.build(item.path)
        if path == self.state:
            self._take_state(value)
        elif self._is_record(path, value):
            self.record = path
        elif self.record is not None and path[: len(self.record)] == self.record and value:
            self.failure = self._failure(value)

    def _take_state(self, value: Mapping[str, Any]) -> None:
        """Take in a state, which is empty if the job has gone."""
        running = value.get("node") is not None
        self._done = "result" in value
        self.begun = self.begun or running or self._done or bool(value.get("started"))
        self.result = value.get("result")
        self._reason = str(value.get("reason") or "")
        if self.begun and not self._done and not running and not value.get("backoff"):
            why = f"ended: {self._reason}" if value else "this client was away from the server for too long"
            self.failure = CallLostError(self.name, why)
        # Else an error has ended it, and its record comes.

    def _is_record(self, path: Path, value: Mapping[str, Any]) -> bool:
        return (
            len(path) == len(self._errors) + 2
            and value.get("subsystem") == "run"
            and value.get("resolved") is False
            and Path.build(value.get("path") or ()) == self.job
        )

    def _failure(self, detail: Mapping[str, Any]) -> ProcedureFailedError | CallLostError:
        if detail.get("message") == _KILLED:
            node = (detail.get("data") or {}).get("node")
            return CallLostError(self.name, f"node {node}, which ran it, has died")
        comment, text = detail.get("comment"), detail.get("str")
        # A comment that shows an exception begins with its class.
        kind = comment.partition("(")[0] if text is not None and comment and "(" in comment else None
        message = text if text is not None else detail.get("message") or comment or "failed"
        return ProcedureFailedError(self.name, kind, message, detail.get("trace"))

    def not_begun(self) -> NotBegunError:
        why = f": {self._reason}" if self._reason else ""
        return NotBegunError(
            f"{self.name}: no node of group {self.group} has begun it within {PATIENCE} s{why}"
            f" (expected: a runner of its jobs for any node: distkv client run -g {self.group} all)"
        )
