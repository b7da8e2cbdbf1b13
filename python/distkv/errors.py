"""
The error tree: what went wrong, where, how often, and whether it is over.

`distkv.schema.errors` says what is stored. The exceptions that stored code handles can be imported from here, too.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from logging import getLogger
from time import time
from typing import Any, ClassVar

import anyio

from . import codec
from .client import Client, Handler
from .exceptions import (
    ClientChainError,
    CompactedError,
    CompileError,
    DistKVError,
    ErrorRecorded,
    GuardError,
    Lost,
    NotYet,
    ServerError,
)
from .schema import is_on_all_nodes
from .schema.errors import COMPILE, DEPTH, RUN, ErrorRecord, Occurrence
from .util import Path, attrdict

__all__ = [
    "ClientChainError",
    "CompactedError",
    "CompileError",
    "DistKVError",
    "ErrorRecorded",
    "ErrorRoot",
    "GuardError",
    "Lost",
    "NotYet",
    "ServerError",
]

logger = getLogger(__name__)

_TRACE_HEAD, _TRACE_TAIL = 10, 30  # entries that are kept of a longer traceback

Key = tuple[Any, Path, Any]
Update = Callable[[ErrorRecord | None], ErrorRecord | None]


class ErrorRoot(Handler):
    """The error tree: ``errors = await ErrorRoot.as_handler(client)``."""

    CFG: ClassVar[str] = "errors"

    def __init__(self, client: Client, path: Path) -> None:
        super().__init__(client, path, nchain=1)
        self.name = client.client_name
        """The node that this client records errors for."""
        self._where: dict[Key, Path] = {}
        self._keys: dict[Path, Key] = {}
        self._lock = anyio.Lock()

    def get_error_record(self, subsystem: str, path: Path) -> attrdict | None:
        """Return the record of an error, open or resolved, as it is stored; None if there is none. Do not change it."""
        key = self._key(subsystem, path, self.name)
        where = self._where.get(key) or next((at for one, at in self._where.items() if one[:2] == key[:2]), None)
        return None if where is None else self.entries[where].value

    def _key(self, subsystem: Any, path: Any, node: Any) -> Key:
        """
        Return the key that has one record.

        For jobs of all nodes the node is part of it, since the job may fail on one node and work on others.
        """
        path = Path.build(path)
        on_each = subsystem == RUN and is_on_all_nodes(self.client.config.runner.prefix, path)
        return subsystem, path, node if on_each else None

    def all_errors(self, subsystem: str | None = None) -> Iterator[attrdict]:
        """
        Iterate over the records of open errors, of one subsystem or of all.

        Each is a copy of its record with ``syspath``, where it is stored below the prefix, and ``nodes``, what each
        node saw.
        """
        for (system, _, _), where in list(self._where.items()):
            record = ErrorRecord.decode(self.entries[where].value)
            if record is not None and record.is_open and subsystem in (None, system):
                nodes = {at[-1]: entry.value for at, entry in self.entries.items() if at[:-1] == where}
                yield attrdict(self.entries[where].value, syspath=where, nodes=nodes)

    async def record_error(
        self,
        subsystem: str,
        path: Path,
        *,
        exc: BaseException | None = None,
        data: Mapping[str, Any] | None = None,
        severity: int = 0,
        message: str | None = None,
        comment: str | None = None,
        force: bool = False,
    ) -> attrdict | None:
        """
        Record that an error has happened; return the server's reply to writing this node's occurrence.

        ``data`` is what is needed to reproduce the error; ``message`` explains it and may contain ``{key}`` of the
        data. While a more severe error is open there, nothing is recorded and None is returned, unless ``force``.
        """
        now = time()
        new = ErrorRecord(subsystem, Path.build(path), count=0, created=now, first_seen=now)

        def update(record: ErrorRecord | None) -> ErrorRecord | None:
            if record is not None and record.covers(severity) and not force:
                return None
            return (record or new).occurred(now, severity, message or comment or repr(exc))

        saved = await self._save(self._key(subsystem, path, self.name), update)
        if saved is None:
            return None
        where, tock = saved
        occurrence = Occurrence(
            seen=now,
            tock=tock,
            comment=comment or repr(exc or message),
            data=_storable(data),
            text=None if exc is None else str(exc),
            trace=None if exc is None else _trace(exc),
            message=message,
            type=None if exc is None else type(exc).__name__,
        )
        logger.warning("error in %s of %s: %s", path, subsystem, comment or _explain(message, data, exc))
        return await self.client.set(self.path + where | self.name, occurrence.encode(), nchain=1)

    async def record_working(
        self,
        subsystem: str,
        path: Path,
        *,
        comment: str | None = None,
        data: Mapping[str, Any] | None = None,
        force: bool = False,
    ) -> attrdict | None:
        """
        Record that what had failed works now; return the record, None if there was none.

        ``comment`` and ``data`` replace this node's occurrence; ``force`` creates a record even without an error.
        """
        key = self._key(subsystem, path, self.name)
        if key not in self._where and not force:
            return None

        def update(record: ErrorRecord | None) -> ErrorRecord | None:
            if record is not None and not record.is_open:
                return None
            return (record or ErrorRecord(subsystem, key[1], count=0, created=time())).worked(time())

        await self._save(key, update)
        where = self._where[key]
        if comment or data:
            occurrence = Occurrence(time(), self.entries[where].tock, comment, _storable(data))
            await self.client.set(self.path + where | self.name, occurrence.encode())
        return self.entries[where].value  # type: ignore[no-any-return]

    async def compiled(self, path: Path, error: CompileError | None) -> None:
        """Record that stored code does not compile, or (None) that it does."""
        if error is None:
            await self.record_working(COMPILE, path)
        else:
            await self.record_error(COMPILE, path, exc=error, message=f"Does not compile: {error}")

    async def changed(self, path: Path, entry: attrdict | None) -> None:
        """Keep the records unique: of two records with the same key, the older one stays."""
        if len(path) != DEPTH:
            return
        key = self._keys.pop(path, None)
        if key is not None and self._where.get(key) == path:
            del self._where[key]
        record = ErrorRecord.decode(entry.value) if entry is not None else None
        if record is None:
            return
        self._keys[path] = key = self._key(record.subsystem, record.path, path[0])
        other = self._where.get(key)
        if other is None:
            self._where[key] = path
            return
        keep, drop = sorted((path, other), key=self._age)
        self._where[key] = keep
        if drop[0] == self.name:
            await self._merge(drop, keep)

    def _age(self, where: Path) -> tuple[Any, ...]:
        """Return the sort key by which every node, and every runner, chooses the same one of two records."""
        record = ErrorRecord.decode(self.entries[where].value)
        first_seen = None if record is None else record.first_seen
        node, tock = where
        return float("inf") if first_seen is None else first_seen, str(node), isinstance(tock, str), tock

    async def _merge(self, drop: Path, keep: Path) -> None:
        # The nodes' occurrences may not have arrived through the watch yet.
        async for seen in self.client.get_tree(self.path + drop, min_depth=1, max_depth=1):
            with suppress(ClientChainError):
                await self.client.set(self.path + keep + seen.path, seen.value, chain=None)
        await self.client.delete(self.path + drop, recursive=True)

    async def _save(self, key: Key, update: Update) -> tuple[Path, int] | None:
        """Apply ``update`` to a record, even if others write it concurrently; None if nothing was to be changed."""
        async with self._lock:
            where = self._where.get(key) or Path(self.name, await self.client.get_tock())
            entry = self.entries.get(where) or attrdict(chain=None)
            while True:
                updated = update(ErrorRecord.decode(entry.get("value")))
                if updated is None:
                    return None
                new = attrdict(updated.encode())
                try:
                    reply = await self.client.set(self.path + where, new, chain=entry.get("chain"), nchain=1)
                    break
                except ClientChainError:
                    entry = await self.client.get(self.path + where, nchain=1)
            # No need to wait for the watch to deliver what was just written.
            self.entries[where] = attrdict(value=new, chain=reply.chain, tock=reply.tock)
            self._keys[where] = key
            self._where[key] = where
            return where, reply.tock


def _trace(exc: BaseException) -> str:
    lines = traceback.format_exception(type(exc), exc, exc.__traceback__)
    if len(lines) > _TRACE_HEAD + _TRACE_TAIL:
        lines = [*lines[:_TRACE_HEAD], "…\n", *lines[-_TRACE_TAIL:]]
    return "".join(lines)


def _storable(data: Mapping[str, Any] | None) -> dict[str, Any]:
    """Replace values that MsgPack cannot encode by their printed form."""
    result = {}
    for key, value in (data or {}).items():
        try:
            codec.pack(value)
            result[key] = value
        except (TypeError, ValueError, OverflowError):
            result[key] = repr(value)
    return result


def _explain(message: str | None, data: Mapping[str, Any] | None, exc: BaseException | None) -> str:
    text = message or ""
    try:
        text = text.format(exc=exc, **(data or {}))
    except (LookupError, ValueError, AttributeError, TypeError):
        text = f"{text} {data!r}"
    return f"{text}: {exc!r}" if text and exc is not None else text or repr(exc)
