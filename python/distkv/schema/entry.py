"""What job entries and states have in common: how they are read, written, and checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Protocol, TypeVar

from ..util import NotGiven, Path

__all__ = ["EntryClient", "StoredEntry", "check", "check_number", "path_below"]

E = TypeVar("E", bound="StoredEntry")


class EntryClient(Protocol):
    """The part of a client that reading and writing entries needs."""

    config: Any

    @property
    def server_name(self) -> str:
        """The name of the server."""

    async def get(self, path: Path, *, nchain: int = 0) -> Any:
        """Read an entry."""

    async def set(self, path: Path, value: Any = NotGiven, *, chain: Any = NotGiven, nchain: int = 0) -> Any:
        """Write an entry."""


@dataclass(kw_only=True)
class StoredEntry:
    """An entry that is read from a stored value, and encoded as one. Unknown fields survive a round trip."""

    more: dict[str, Any] = field(default_factory=dict)
    """Fields of other implementations; they are written as they were read."""
    tick: int | None = None
    """The tick of the write that was read; None if this entry was not read."""

    @classmethod
    def decode(cls: type[E], value: Any, *, tick: int | None = None) -> E:
        """
        Read a stored value; missing fields get their defaults, unknown ones are kept in ``more``.

        Raises ValueError, naming the field and what was expected, if a field has the wrong type.
        """
        if not isinstance(value, Mapping):
            raise ValueError(f"{cls.__name__}: {value!r} (expected: a map)")
        known = {one.name for one in fields(cls)} - {"more", "tick"}
        given = {name: cls._read(name, value[name]) for name in known if name in value}
        more = {name: item for name, item in value.items() if name not in known}
        return cls(**given, more=more, tick=tick)

    @classmethod
    def _read(cls, name: str, found: Any) -> Any:
        """Return the value of a field; raises ValueError."""
        raise NotImplementedError

    @classmethod
    async def read(cls: type[E], client: EntryClient, path: Path) -> E | None:
        """Read the entry at this full path; None if there is none. Raises as `decode` and ``client.get`` do."""
        entry = await client.get(path, nchain=1)
        if "value" not in entry:
            return None
        return cls.decode(entry.value, tick=entry.chain["tick"])

    async def write(self, client: EntryClient, path: Path) -> None:
        """
        Write this entry to this full path, and set ``tick`` to that of the write.

        An entry that was read is written only if nobody has changed it since; otherwise ClientChainError is raised.
        A new one replaces whatever is there.
        """
        chain = NotGiven if self.tick is None else {"node": client.server_name, "tick": self.tick}
        self.tick = (await client.set(path, self.encode(), chain=chain, nchain=1)).chain["tick"]

    def encode(self) -> dict[str, Any]:
        """Return the value to be stored."""
        raise NotImplementedError


def path_below(prefix: Path, name: Path, group: str, node: str | None) -> Path:
    """Return the path of a job, or its state, below a prefix: on any node, on ``node``, or ("-") on all nodes."""
    if node is None:
        kind: tuple[str, ...] = ("any", group)
    elif node == "-":
        kind = ("all", group)
    else:
        kind = ("at", node, group)
    return prefix + kind + Path.build(name)


def check_number(owner: str, name: str, found: Any, least: float = -math.inf) -> float:
    """Return a field that must be a number; raises ValueError."""
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not math.isfinite(found) or found < least:
        expected = "a number" if least == -math.inf else f"a number, {least:g} or more"
        raise ValueError(f"{owner}.{name}: {found!r} (expected: {expected})")
    return found


def check(owner: str, name: str, found: Any, kind: type | tuple[type, ...], expected: str) -> Any:
    """Return a field that must be of some type; raises ValueError."""
    if not isinstance(found, kind):
        raise ValueError(f"{owner}.{name}: {found!r} (expected: {expected})")
    return found
