"""
The error tree: what went wrong, where, how often, and whether it is over.

There is one record per subsystem and path (of the job or procedure concerned), stored at the error prefix, then the
name of the node that made it, then a tock. Below it every node that saw the error keeps its latest occurrence.

A record has ``subsystem``, ``path``, ``severity`` (0 fatal to 7 trace), ``resolved`` (False, or the unix time when
it was), ``count``, ``created``, ``first_seen`` and ``last_seen`` (unix times), and ``message``. A node's occurrence has
``seen`` (unix time), ``tock`` (of the record then), ``comment`` (the exception, or a text), ``data``, and where there
are any ``str`` (the exception's own text), ``trace`` and ``message`` (a text into which ``data`` can be formatted).
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from logging import getLogger
from time import time
from typing import TYPE_CHECKING, Any, ClassVar

import anyio

from . import codec
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
from .mirror import Handler
from .util import Path, attrdict

if TYPE_CHECKING:
    from .client import Client

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

_TRACE_HEAD, _TRACE_TAIL = 10, 30  # entries of a traceback that are kept of a longer one

Key = tuple[Any, Path, Any]


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
        """Return the record of an error, open or resolved, None if there is none. Do not change it."""
        key = self._key(subsystem, path, self.name)
        where = self._where.get(key) or next((at for one, at in self._where.items() if one[:2] == key[:2]), None)
        return None if where is None else self.entries[where].value

    def _key(self, subsystem: Any, path: Any, node: Any) -> Key:
        """Return what there is one record of: a job of all nodes has one on each, since it may work on the others."""
        path = Path.build(path)
        each = subsystem == "run" and path.startswith(self.client.config.runner.prefix | "all")
        return subsystem, path, node if each else None

    def all_errors(self, subsystem: str | None = None) -> Iterator[attrdict]:
        """
        Iterate over the records of open errors, of one subsystem or of all.

        Each is a copy of its record with ``syspath``, where it is stored below the prefix, and ``nodes``, what each
        node saw.
        """
        for (system, _, _), where in list(self._where.items()):
            record = self.entries[where].value
            if not record.get("resolved") and subsystem in (None, system):
                nodes = {at[-1]: entry.value for at, entry in self.entries.items() if at[:-1] == where}
                yield attrdict(record, syspath=where, nodes=nodes)

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

        ``data`` is what it takes to reproduce it, ``message`` explains it and may contain ``{key}`` of the data. While
        a more severe error is open there, nothing is recorded and None returned, unless ``force`` is set.
        """
        now = time()

        def update(record: attrdict | None) -> attrdict | None:
            known = record or attrdict(created=now, first_seen=now, count=0)
            if record is not None and not known.get("resolved") and known.get("severity", 7) < severity and not force:
                return None
            new = {"severity": severity, "subsystem": subsystem, "path": Path.build(path), "resolved": False}
            new.update(count=known.get("count", 0) + 1, last_seen=now, message=message or comment or repr(exc))
            return attrdict(known, **new)

        saved = await self._save(self._key(subsystem, path, self.name), update)
        if saved is None:
            return None
        where, tock = saved
        occurrence = {"seen": now, "tock": tock, "comment": comment or repr(exc or message), "data": _storable(data)}
        if exc is not None:
            occurrence["str"] = str(exc)
            occurrence["trace"] = _trace(exc)
        if message is not None:
            occurrence["message"] = message
        logger.warning("error in %s of %s: %s", path, subsystem, comment or _explain(message, data, exc))
        return await self.client.set(self.path + where | self.name, occurrence, nchain=1)

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

        ``comment`` and ``data`` replace what this node had noted; ``force`` makes a record even if there was no error.
        """
        key = self._key(subsystem, path, self.name)
        if key not in self._where and not force:
            return None

        def update(record: attrdict | None) -> attrdict | None:
            if record is not None and record.get("resolved"):
                return None
            known = record or attrdict(subsystem=subsystem, path=key[1], created=time(), count=0)
            return attrdict(known, resolved=time())

        await self._save(key, update)
        where = self._where[key]
        if comment or data:
            note = {"seen": time(), "tock": self.entries[where].tock, "comment": comment, "data": _storable(data)}
            await self.client.set(self.path + where | self.name, note)
        return self.entries[where].value  # type: ignore[no-any-return]

    async def compiled(self, path: Path, error: CompileError | None) -> None:
        """Record that stored code does not compile, or (None) that it does."""
        if error is None:
            await self.record_working("compile", path)
        else:
            await self.record_error("compile", path, exc=error, message=f"Does not compile: {error}")

    async def changed(self, path: Path, entry: attrdict | None) -> None:
        """Keep the records unique: of two about the same thing the older one stays."""
        if len(path) != 2:
            return
        key = self._keys.pop(path, None)
        if key is not None and self._where.get(key) == path:
            del self._where[key]
        record = entry.value if entry is not None else None
        if not isinstance(record, Mapping) or not isinstance(record.get("path"), (Path, tuple)):
            return
        self._keys[path] = key = self._key(record.get("subsystem"), record["path"], path[0])
        other = self._where.get(key)
        if other is None:
            self._where[key] = path
            return
        keep, drop = sorted((path, other), key=self._age)
        self._where[key] = keep
        if drop[0] == self.name:
            await self._merge(drop, keep)

    def _age(self, where: Path) -> tuple[Any, ...]:
        """What two records are compared by, on whatever node that happens, and by runners too."""
        first_seen = self.entries[where].value.get("first_seen")
        node, tock = where
        return float("inf") if first_seen is None else first_seen, str(node), isinstance(tock, str), tock

    async def _merge(self, drop: Path, keep: Path) -> None:
        # What the nodes saw may not have come through the watch yet.
        async for seen in self.client.get_tree(self.path + drop, min_depth=1, max_depth=1):
            with suppress(ClientChainError):
                await self.client.set(self.path + keep + seen.path, seen.value, chain=None)
        await self.client.delete(self.path + drop, recursive=True)

    async def _save(self, key: Key, update: Any) -> tuple[Path, int] | None:
        """Apply ``update`` to a record, whoever else does at the same time; None if there was nothing to change."""
        async with self._lock:
            where = self._where.get(key) or Path(self.name, await self.client.get_tock())
            entry = self.entries.get(where) or attrdict(chain=None)
            while True:
                new = update(entry.get("value"))
                if new is None:
                    return None
                try:
                    reply = await self.client.set(self.path + where, new, chain=entry.get("chain"), nchain=1)
                    break
                except ClientChainError:
                    entry = await self.client.get(self.path + where, nchain=1)
            # What the watch will deliver is known already; waiting for it would add nothing.
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
    """Replace what MsgPack cannot hold by its printed form."""
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
