"""A job's two entries in the tree: `RunnerEntry`, the wish, and `StateEntry`, what became of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from ..util import NotGiven, P, Path

if TYPE_CHECKING:
    from ..client import Client

__all__ = ["PastRun", "RunnerEntry", "StateEntry"]

E = TypeVar("E", bound="_Entry")

_PREFIX: Final = P(":.distkv.run")
_STATE: Final = P(":.distkv.state")


def _where(config: Any, key: str, missing: Path) -> Path:
    found = config.get("runner", {}).get(key, missing)
    return P(found) if isinstance(found, str) else Path.build(found)


class _Entry:
    """What both have in common: they are read from an entry's value, and written as one."""

    more: dict[str, Any]
    tick: int | None

    _PATHS: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def decode(cls: type[E], value: Any, *, tick: int | None = None) -> E:
        """
        Read an entry's value; fields that are missing get their defaults, those that are not known are kept.

        Raises ValueError, naming the field and what was expected, if one has the wrong type.
        """
        if not isinstance(value, Mapping):
            raise ValueError(f"{cls.__name__}: {value!r} (expected: a map)")
        known = {one.name: one for one in fields(cls) if one.name not in ("more", "tick")}  # type: ignore[arg-type]
        given = {name: cls._read(name, value[name]) for name in known if name in value}
        more = {name: item for name, item in value.items() if name not in known}
        return cls(**given, more=more, tick=tick)  # type: ignore[call-arg]

    @classmethod
    def _read(cls, name: str, found: Any) -> Any:
        raise NotImplementedError

    @classmethod
    async def read(cls: type[E], client: Client, path: Path) -> E | None:
        """Read the entry at this (whole) path; None if there is none. Raises as `decode` and ``client.get`` do."""
        entry = await client.get(path, nchain=1)
        if "value" not in entry:
            return None
        return cls.decode(entry.value, tick=entry.chain["tick"])

    async def write(self, client: Client, path: Path) -> None:
        """
        Write it to this (whole) path.

        One that was read is written only if nobody has changed the entry since: else ClientChainError is raised.
        One that was made here is written whatever is there. Afterwards ``tick`` is that of the write.
        """
        chain = NotGiven if self.tick is None else {"node": client.server_name, "tick": self.tick}
        self.tick = (await client.set(path, self.encode(), chain=chain, nchain=1)).chain["tick"]

    def encode(self) -> dict[str, Any]:
        """Return the value to be stored; what has its default is left out unless runners always write it."""
        raise NotImplementedError


def _number(owner: str, name: str, found: Any, least: float = -math.inf) -> float:
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not math.isfinite(found) or found < least:
        expected = "a number" if least == -math.inf else f"a number, {least:g} or more"
        raise ValueError(f"{owner}.{name}: {found!r} (expected: {expected})")
    return found


def _check(owner: str, name: str, found: Any, kind: type | tuple[type, ...], expected: str) -> Any:
    if not isinstance(found, kind):
        raise ValueError(f"{owner}.{name}: {found!r} (expected: {expected})")
    return found


@dataclass
class RunnerEntry(_Entry):
    """
    A job: which code is to run, with which data, and when. Users write it, runners never do.

    It is at ``<prefix> any <group> <name>``, ``at <node> <group> <name>`` or ``all <group> <name>``, see `path_of`.
    Times are unix time, durations seconds. `docs/runner.md` says what the fields mean.
    """

    code: Path | None = None
    """The procedure, below the prefix of procedures."""
    data: dict[str, Any] = field(default_factory=dict)
    """Global variables of the code; they win over the procedure's own defaults."""
    target: float | None = None
    """When it is to start next; None or 0: not at all."""
    repeat: float = 0
    """It runs again so long after a success; 0: it does not."""
    cron: str | None = None
    """Or at times as in crontab."""
    delay: float = 100
    """It runs again so long after an error …"""
    backoff: float = 1.1
    """… times this to the power of the number of errors."""
    ok_after: float = 0
    """A run that lasted so long is well; 0: the code says so by ``_self.setup_done()``."""
    where: dict[str, Any] = field(default_factory=dict)
    """``has``: the labels of the nodes that may run it."""
    limits: dict[str, Any] = field(default_factory=dict)
    """What it may use."""
    split: str = "stop"
    """What a run does while its node is cut off: "stop" or "run"."""
    handover: bool = False
    """Whether it is moved without a gap."""
    info: str | None = None
    """One line for people."""
    more: dict[str, Any] = field(default_factory=dict)
    """Fields of other implementations; they are written as they were read."""
    tick: int | None = None
    """The write that was read, if it was read."""

    @classmethod
    def path_of(cls, client: Client, name: Path, *, group: str = "default", node: str | None = None) -> Path:
        """Return where the entry of a job is: of any node, of ``node``, or (``node="-"``) of all nodes of a group."""
        return _path(_where(client.config, "prefix", _PREFIX), name, group, node)

    @classmethod
    def _read(cls, name: str, found: Any) -> Any:
        owner = cls.__name__
        if name == "code":
            if isinstance(found, str):
                return P(found)
            return None if found is None else Path.build(_check(owner, name, found, (Path, tuple, list), "a path"))
        if name in ("data", "where", "limits"):
            return {} if found is None else dict(_check(owner, name, found, Mapping, "a map"))
        if name == "target":
            return None if found is None else _number(owner, name, found)
        if name in ("repeat", "delay", "backoff", "ok_after"):
            return getattr(cls, name) if found is None else _number(owner, name, found, 0)
        if name == "handover":
            return _check(owner, name, found, bool, "true or false")
        if name == "split":
            if found not in ("stop", "run"):
                raise ValueError(f"{owner}.{name}: {found!r} (expected: 'stop' or 'run')")
            return found
        return None if found is None else _check(owner, name, found, str, "text")

    def encode(self) -> dict[str, Any]:
        """Return the value to be stored: ``code``, ``data``, ``target``, and what differs from its default."""
        default = RunnerEntry()
        value: dict[str, Any] = {"code": self.code, "data": self.data, "target": self.target}
        for one in fields(self):
            if one.name not in (*value, "more", "tick") and getattr(self, one.name) != getattr(default, one.name):
                value[one.name] = getattr(self, one.name)
        return {**value, **self.more}


@dataclass(frozen=True)
class PastRun:
    """A run that is over, as a job's state keeps the last of them."""

    started: float
    stopped: float
    node: str
    outcome: str
    """"done", "failed: …" with what went wrong, or why it was ended."""


@dataclass
class StateEntry(_Entry):
    """
    What became of a job. Runners write it; others should only read it.

    It is at the job's path below the prefix of states, for a job of all nodes with the node before the name, see
    `path_of`. ``node`` names who ran the job last as far as that was recorded; a job runs if it has a claim.
    """

    started: float = 0
    """When it started last; 0: never."""
    stopped: float = 0
    """When it ended last; 0: never."""
    pinged: float = 0
    """When the run was last known to be well."""
    computed: float = 0
    """When it will start next, as far as that is known; else 0."""
    reason: str = ""
    """Why it will start then, or why it does not run."""
    result: Any = NotGiven
    """What the last success returned; NotGiven: there was none yet."""
    node: str | None = None
    """Who runs it; None: nobody."""
    backoff: int = 0
    """How many errors came one after another, at most 20."""
    offered: bool = False
    """Whether the run goes on only until another node has taken over."""
    runs: tuple[PastRun, ...] = ()
    """The last runs that are over, the newest first."""
    more: dict[str, Any] = field(default_factory=dict)
    """Fields of other implementations; they are written as they were read."""
    tick: int | None = None
    """The write that was read, if it was read."""

    @classmethod
    def path_of(cls, client: Client, name: Path, *, group: str = "default", node: str | None = None) -> Path:
        """
        Return where the state of a job is: of any node, or of ``node``.

        A job of all nodes has one on each: ``all_of(client, name, node, group=…)``.
        """
        return _path(_where(client.config, "state", _STATE), name, group, node)

    @classmethod
    def all_of(cls, client: Client, name: Path, node: str, *, group: str = "default") -> Path:
        """Return where the state of a job of all nodes is on this one."""
        return _where(client.config, "state", _STATE) + ("all", group, node) + Path.build(name)

    @classmethod
    def _read(cls, name: str, found: Any) -> Any:
        owner = cls.__name__
        if name == "result":
            return found
        if name in ("started", "stopped", "pinged", "computed"):
            return 0 if found is None else _number(owner, name, found)
        if name == "backoff":
            return 0 if found is None else int(_number(owner, name, found, 0))
        if name == "node":
            return None if found is None else _check(owner, name, found, str, "text or nil")
        if name == "reason":
            return "" if found is None else _check(owner, name, found, str, "text")
        if name == "offered":
            return _check(owner, name, found, bool, "true or false")
        return tuple(cls._past(one) for one in _check(owner, name, found, (tuple, list), "a list of runs"))

    @classmethod
    def _past(cls, run: Any) -> PastRun:
        try:
            return PastRun(**run)
        except TypeError:
            names = ", ".join(one.name for one in fields(PastRun))
            raise ValueError(f"{cls.__name__}.runs: {run!r} (expected: a map with {names})") from None

    def encode(self) -> dict[str, Any]:
        """Return the value to be stored, as runners write it."""
        value: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("started", "stopped", "pinged", "computed", "reason", "node", "backoff")
        }
        if self.result is not NotGiven:
            value["result"] = self.result
        if self.offered:
            value["offered"] = True
        if self.runs:
            value["runs"] = [vars(run) for run in self.runs]
        return {**value, **self.more}


def _path(prefix: Path, name: Path, group: str, node: str | None) -> Path:
    if node is None:
        kind: tuple[str, ...] = ("any", group)
    elif node == "-":
        kind = ("all", group)
    else:
        kind = ("at", node, group)
    return prefix + kind + Path.build(name)
