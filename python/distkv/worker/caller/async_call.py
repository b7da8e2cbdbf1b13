"""Calls of async procedures, with what a runner would give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from logging import Logger
from types import CodeType
from typing import Any

import anyio

from ...client import Client, open_client
from ...client.background import background
from ...code import Procedure
from ...runner import CallAdmin, Inbox, ReadyMsg
from ...runner.globals import procedure_globals
from ...util import Path, attrdict

__all__ = ["call_async", "uses_tree"]

IDLE = 10.0
"""Seconds after which code that takes no messages counts as stalled, as in a runner."""

_TREE = {"_client", "_self", "_info", "globals", "eval", "exec"}


def uses_tree(code: CodeType) -> bool:
    """Whether this code may use the server, so that it needs a connection."""
    if not _TREE.isdisjoint(code.co_names):
        return True
    return any(uses_tree(const) for const in code.co_consts if isinstance(const, CodeType))


class _Host:
    """The host of the `CallAdmin` of a call, which has neither a state nor a claim."""

    fence = None

    def __init__(self, client: Client, log: Logger) -> None:
        self.client = client
        self.inbox = Inbox(IDLE)
        self._log = log

    async def record_setup(self, data: dict[str, Any]) -> None:
        """Log what a runner would record."""
        self._log.debug("set up %s", data or "")

    def warn(self, text: str) -> None:
        """Log a warning."""
        self._log.warning(text)

    async def record_error(self, path: Path | None, exc: BaseException | None, details: dict[str, Any]) -> None:
        """Log what a runner would record in the error tree."""
        text = details.get("message") or details.get("comment") or repr(exc)
        self._log.error("%s%s", "" if path is None else f"{path}: ", text, exc_info=exc)


async def call_async(
    procedure: Procedure, call: Callable[[Mapping[str, Any]], partial[Any]], config: attrdict, log: Logger
) -> Any:
    """Run an async procedure to its end and return its result."""
    if not uses_tree(procedure.code):
        return await call(procedure_globals(None, config, log))()
    async with open_client(**config) as client, background() as tasks:
        host = _Host(client, log)
        host.inbox.put(ReadyMsg(0))
        async with AsyncExitStack() as stack:
            admin = CallAdmin(host, tasks, stack)
            try:
                result = await call({**procedure_globals(client, config, log), "_self": admin, "_info": host.inbox})()
            finally:
                host.inbox.close()
                with anyio.CancelScope(shield=True):
                    await admin.end()
    return result
