"""Job entries: which code is to run, with which data, and when."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ..util import P, Path
from .entry import EntryClient, StoredEntry, check, check_number, path_below

__all__ = ["RunnerEntry", "call_name", "is_on_all_nodes"]


@dataclass
class RunnerEntry(StoredEntry):
    """
    A job: which code is to run, with which data, and when. Users write it, runners never do.

    It is at ``<prefix> any <group> <name>``, ``at <node> <group> <name>`` or ``all <group> <name>``, see `path_of`.
    Times are unix time, durations seconds. `docs/runner.md` says what the fields mean.
    """

    code: Path | None = None
    """The procedure, below the prefix of procedures."""
    data: dict[str, Any] = field(default_factory=dict)
    """Global variables of the code; they take precedence over the procedure's own defaults."""
    target: float | None = None
    """When the job is to start next; None or 0: never."""
    repeat: float = 0
    """How long after a success the job runs again; 0: it does not."""
    cron: str | None = None
    """When the job runs, in crontab notation."""
    delay: float = 100
    """How long after an error the job runs again …"""
    backoff: float = 1.1
    """… times this to the power of the number of errors."""
    ok_after: float = 0
    """How long a run must last to count as healthy; 0: the code says so by ``_self.setup_done()``."""
    where: dict[str, Any] = field(default_factory=dict)
    """``has``: the labels of the nodes that may run the job."""
    limits: dict[str, Any] = field(default_factory=dict)
    """The resources that a run may use."""
    secrets: dict[str, str] = field(default_factory=dict)
    """What the code finds under which name in ``_secrets``: files of the node's directory of secrets."""
    split: str = "stop"
    """What a run does while its node is cut off from the server: "stop" or "run"."""
    handover: bool = False
    """Whether the job moves between nodes without a gap."""
    info: str | None = None
    """One line for people."""

    @property
    def acts_as(self) -> str | None:
        """
        Whom the job acts as: a user, or ``token`` and the name of a token; None: the owner.

        This is the field ``as`` of the entry. The server enters whoever writes the job, unless that is the owner.
        """
        return self.more.get("as")

    @acts_as.setter
    def acts_as(self, name: str | None) -> None:
        if name is None:
            self.more.pop("as", None)
        else:
            self.more["as"] = name

    @classmethod
    def path_of(cls, client: EntryClient, name: Path, *, group: str = "default", node: str | None = None) -> Path:
        """Return the path of a job's entry: on any node, on ``node``, or (``node="-"``) on all nodes of a group."""
        return path_below(client.config.runner.prefix, name, group, node)

    @classmethod
    def _read(cls, name: str, found: Any) -> Any:
        owner = cls.__name__
        if name == "code":
            if isinstance(found, str):
                return P(found)
            return None if found is None else Path.build(check(owner, name, found, (Path, tuple, list), "a path"))
        if name in ("data", "where", "limits", "secrets"):
            return {} if found is None else dict(check(owner, name, found, Mapping, "a map"))
        if name == "target":
            return None if found is None else check_number(owner, name, found)
        if name in ("repeat", "delay", "backoff", "ok_after"):
            return getattr(cls, name) if found is None else check_number(owner, name, found, 0)
        if name == "handover":
            return check(owner, name, found, bool, "true or false")
        if name == "split":
            if found not in ("stop", "run"):
                raise ValueError(f"{owner}.{name}: {found!r} (expected: 'stop' or 'run')")
            return found
        return None if found is None else check(owner, name, found, str, "text")

    def encode(self) -> dict[str, Any]:
        """Return the value to be stored: ``code``, ``data``, ``target``, and what differs from its default."""
        default = RunnerEntry()
        value: dict[str, Any] = {"code": self.code, "data": self.data, "target": self.target}
        for one in fields(self):
            if one.name not in (*value, "more", "tick") and getattr(self, one.name) != getattr(default, one.name):
                value[one.name] = getattr(self, one.name)
        return {**value, **self.more}


def call_name(group: str) -> Path:
    """Return a new name, below the prefixes of jobs and states, for a call of a procedure on a node of a group."""
    return Path("any", group, ".call", secrets.token_hex(8))


def is_on_all_nodes(prefix: Path, job: Path) -> bool:
    """Whether a job's full path, below the prefix of jobs, is that of a job of all nodes."""
    return job.startswith(prefix | "all")
