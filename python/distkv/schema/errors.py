"""
Error records: what went wrong, where, how often, and whether it is over.

There is one record per subsystem and path (of the job or procedure concerned), stored at the error prefix, then the
name of the node that created it, then a tock. Below it each node that saw the error keeps its latest occurrence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from ..util import Path
from .reasons import Reason

__all__ = ["COMPILE", "DEPTH", "RUN", "ErrorRecord", "Occurrence"]

DEPTH: Final = 2
"""How many elements below the error prefix a record is."""

RUN: Final = "run"
"""The subsystem of errors of jobs."""

COMPILE: Final = "compile"
"""The subsystem of errors of procedures and modules that do not compile, or do not load."""

_LEAST_SEVERE: Final = 7
_OLD_LOSSES: Final = ("Runner killed", "Runner restarted")
"""The messages of runs that were lost, from before occurrences had a ``reason``."""


@dataclass(frozen=True)
class ErrorRecord:
    """One error. Fields that are None are not stored."""

    subsystem: Any
    path: Path
    severity: int | None = None
    """0 (fatal) to 7 (trace)."""
    resolved: Any = None
    """False, or the unix time when the error was resolved."""
    count: int | None = None
    created: float | None = None
    """Unix time, as are the following ones."""
    first_seen: float | None = None
    last_seen: float | None = None
    message: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    """Fields of other implementations; they are written as they were read."""

    @classmethod
    def decode(cls, value: Any) -> ErrorRecord | None:
        """Read a stored value; None if it is not an error record."""
        if not isinstance(value, Mapping) or not isinstance(value.get("path"), (Path, tuple)):
            return None
        given: dict[str, Any] = {name: value.get(name) for name in _RECORD_FIELDS}
        more = {name: item for name, item in value.items() if name not in _RECORD_FIELDS}
        given["path"] = Path.build(value["path"])
        return cls(**given, more=more)

    @property
    def is_open(self) -> bool:
        """Whether the error is not resolved."""
        return not self.resolved

    def covers(self, severity: int) -> bool:
        """Whether this error is open and more severe than one of this severity, which then is not recorded."""
        own = _LEAST_SEVERE if self.severity is None else self.severity
        return self.is_open and own < severity

    def occurred(self, now: float, severity: int, message: str) -> ErrorRecord:
        """Return the record after the error has happened once more."""
        count = (self.count or 0) + 1
        return replace(self, severity=severity, resolved=False, count=count, last_seen=now, message=message)

    def worked(self, now: float) -> ErrorRecord:
        """Return the record after what had failed has worked."""
        return replace(self, resolved=now)

    def encode(self) -> dict[str, Any]:
        """Return the value to be stored."""
        known = {name: getattr(self, name) for name in _RECORD_FIELDS}
        return {**{name: item for name, item in known.items() if item is not None}, **self.more}


_RECORD_FIELDS = tuple(one.name for one in fields(ErrorRecord) if one.name != "more")


@dataclass(frozen=True)
class Occurrence:
    """What one node saw of an error."""

    seen: float | None = None
    """Unix time."""
    tock: int | None = None
    """The tock of the record at that time."""
    comment: str | None = None
    """The exception as Python prints it, or another text."""
    data: Mapping[str, Any] | None = None
    text: str | None = None
    """The exception's own text (stored as ``str``)."""
    trace: str | None = None
    message: str | None = None
    """A text into which ``data`` can be formatted."""
    type: str | None = None
    """The exception's class; None if there was none."""
    reason: Reason | None = None
    """Why the run was lost or refused, if it was."""

    @classmethod
    def decode(cls, value: Any) -> Occurrence:
        """Read a stored value; fields of the wrong type count as missing."""
        found = value if isinstance(value, Mapping) else {}

        def text(key: str) -> str | None:
            return item if isinstance(item := found.get(key), str) else None

        data = found.get("data")
        return cls(
            seen=found.get("seen"),
            tock=found.get("tock"),
            comment=text("comment"),
            data=data if isinstance(data, Mapping) else None,
            text=text("str"),
            trace=text("trace"),
            message=text("message"),
            type=text("type") or _old_type(text("str"), text("comment")),
            reason=_reason(text("reason"), text("message")),
        )

    def encode(self) -> dict[str, Any]:
        """Return the value to be stored; ``comment`` is stored even if there is none."""
        value = {"seen": self.seen, "tock": self.tock, "comment": self.comment, "data": self.data}
        reason = None if self.reason is None else self.reason.value
        optional = {"str": self.text, "trace": self.trace, "message": self.message, "type": self.type, "reason": reason}
        return {**value, **{key: item for key, item in optional.items() if item is not None}}


def _old_type(text: str | None, comment: str | None) -> str | None:
    """Return the exception's class of an occurrence from before there was ``type``: ``comment`` begins with it."""
    if text is None or comment is None or "(" not in comment:
        return None
    return comment.partition("(")[0]


def _reason(word: str | None, message: str | None) -> Reason | None:
    if word is not None:
        return Reason.read(word)
    return Reason.NODE_LOST if message in _OLD_LOSSES else None
