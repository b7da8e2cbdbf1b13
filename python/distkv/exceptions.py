"""
The exceptions.

A server's error reply is raised as the class whose ``etype`` it names. The original's servers send no ``etype``: in
their protocol the code is the class name with which the text begins. Whatever a server reports is a `ServerError`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar

__all__ = [
    "ACLError",
    "CancelledError",
    "ClientAuthError",
    "ClientAuthMethodError",
    "ClientAuthRequiredError",
    "ClientChainError",
    "ClientConnectionError",
    "ClientError",
    "ClientValueError",
    "CompactedError",
    "CompileError",
    "DistKVError",
    "ErrorRecorded",
    "FullError",
    "GuardError",
    "Lost",
    "MissingVariablesError",
    "NoSuchProcedureError",
    "NotFoundError",
    "NotYet",
    "OutcomeUnknownError",
    "OverflowedError",
    "ReadOnlyError",
    "RefusedError",
    "RequestError",
    "ServerClosedError",
    "ServerConnectionError",
    "ServerError",
    "SessionError",
    "Terminated",
    "UnknownActionError",
    "error_from",
]


class DistKVError(RuntimeError):
    """Any error of DistKV."""

    etype: ClassVar[str | None] = None
    path: Any = None
    """The path that the server's error names, if any."""
    tick: int | None = None
    """The tick of the last write of the entry at that path; None if there is none."""


class ServerError(DistKVError):
    """The server reports an error, or cannot be reached."""


class ClientError(DistKVError):
    """The request could not be carried out."""


class ClientChainError(ClientError, ServerError):
    """The entry was changed by another client: it does not have the chain that the write expected."""

    etype = "chain"


class ClientValueError(ClientError, ServerError):
    """The entry does not have the value (``prev``) that the write expected."""

    etype = "value"


class GuardError(ClientError, ServerError):
    """An entry that guards the write is gone or was written by another client; nothing was written."""

    etype = "guard"


class Lost(GuardError):
    """This run no longer holds its claim: another run may have the job now. Its writes are refused."""


class NotYet(GuardError):
    """This run is on standby: the run that it takes over from still writes. It can once ``setup_done`` returns."""

    etype = "not_yet"


class ClientConnectionError(ClientError, ServerError):
    """The server reports a problem with this connection."""

    etype = "conn"


class ServerConnectionError(ServerError):
    """There is no connection to the server."""


class ServerClosedError(ServerConnectionError):
    """The connection ended before the reply; the outcome of a write is unknown: read the entry before retrying."""


class OutcomeUnknownError(ServerError):
    """The outcome of the write is unknown, even to the server: read the entry before retrying."""

    etype = "unknown"


class RefusedError(ServerError):
    """The server did not write, for instance because its disk is full."""

    etype = "refused"


class ReadOnlyError(ServerError):
    """This server is a read-only copy, or was the main one once: write to the one that is it now."""

    etype = "read_only"


class FullError(ServerError):
    """The server did not write since its memory is used up: delete something, or give it more."""

    etype = "full"


class NotFoundError(ServerError):
    """There is nothing at this path."""

    etype = "notfound"


class RequestError(ServerError):
    """The request is malformed; the text names the key and what was expected."""

    etype = "request"


class UnknownActionError(ServerError):
    """The server has no such action."""

    etype = "action"


class SessionError(ServerError):
    """The session is gone, or its secret is wrong."""

    etype = "session"


class CompactedError(ServerError):
    """History has been compacted beyond the point where a watch wanted to resume."""

    etype = "compacted"


class OverflowedError(ServerError):
    """More messages arrived than this stream can hold; some are lost, and the stream has ended."""

    etype = "overflow"


class ACLError(ServerError):
    """Access is denied."""

    etype = "access"


class CancelledError(ClientError):
    """The call was cancelled."""


class ClientAuthError(ClientError):
    """The login failed."""


class ClientAuthRequiredError(ClientAuthError):
    """The server requires a login."""


class ClientAuthMethodError(ClientAuthError):
    """The server requires another authentication method."""


class ErrorRecorded(DistKVError):
    """Stored code has recorded an error and ends; nothing else needs to be recorded."""


class CompileError(DistKVError):
    """Stored code does not compile. The text names the procedure or module, and the line where there is one."""

    def __init__(self, name: str, reason: str, line: int | None = None) -> None:
        super().__init__(f"{name}, line {line}: {reason}" if line else f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.line = line

    def again(self) -> CompileError:
        """Return this error as a new exception, to be raised once more."""
        return CompileError(self.name, self.reason, self.line)


class MissingVariablesError(DistKVError, TypeError):
    """A call did not pass everything that the procedure requires. The text names it and what is missing."""

    def __init__(self, name: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"{name}: missing {', '.join(missing)} (required by its vars)")
        self.name = name
        self.missing = missing


class ProcedureFailedError(DistKVError):
    """A procedure that ran on another node has failed. The text names it, the exception's class, and its message."""

    def __init__(self, name: str, kind: str | None, text: str, trace: str | None) -> None:
        super().__init__(f"{name}: {kind}: {text}" if kind else f"{name}: {text}")
        self.name = name
        self.kind = kind
        """The exception's class, None if there was none."""
        self.trace = trace
        """The traceback, if it is known."""


class CallLostError(DistKVError):
    """
    A procedure that was called on a node of a group was ended before it was done.

    Its node has died or was stopped, its code has changed, or the caller was cut off. It may have done part of its
    work, and is not run again automatically.
    """

    def __init__(self, name: str, why: str, reason: Enum | None = None) -> None:
        super().__init__(
            f"{name}: {why} before it was done; it may have done part of its work"
            " (expected: a new call, if that does no harm)"
        )
        self.reason = reason
        """Why it was ended, as a `distkv.schema.Reason`; None if the caller was cut off."""


class NotBegunError(DistKVError):
    """No node of the group has started a procedure. The text names both."""


class NoSuchProcedureError(DistKVError, KeyError):
    """No procedure is stored under this name."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class Terminated(BaseException):
    """
    Raised inside synchronous code whose run is cancelled, wherever it is; do not catch it, use ``finally``.

    In the main thread it interrupts system calls, too; in another thread it waits for the next line of Python.
    """


def _subclasses(cls: type[DistKVError]) -> list[type[DistKVError]]:
    return [cls, *(below for direct in cls.__subclasses__() for below in _subclasses(direct))]


_BY_NAME = {cls.__name__: cls for cls in _subclasses(DistKVError)}
_BY_TYPE: dict[Any, type[DistKVError]] = {
    cls.etype: cls for cls in _BY_NAME.values() if cls.etype is not None and "etype" in vars(cls)
}
_LEADING_NAME = re.compile(r"(\w+)\(")


def error_from(message: Mapping[str, Any]) -> DistKVError:
    """Make the exception that an error reply stands for."""
    text = str(message.get("error"))
    cls = _BY_TYPE.get(message.get("etype"))
    if cls is None:
        named = _LEADING_NAME.match(text)
        cls = _BY_NAME.get(named[1], ServerError) if named else ServerError
        if not issubclass(cls, ServerError):
            cls = ServerError
    error = cls(text)
    error.path = message.get("path")
    error.tick = message.get("tick")
    return error
