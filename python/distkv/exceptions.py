"""
Everything that can go wrong, by name.

An error that a server reports becomes the class whose ``etype`` the reply names; servers without ``etype`` (the
original's) are read by the class name that their text begins with. Whatever a server reports is a `ServerError`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    "RefusedError",
    "RequestError",
    "ServerClosedError",
    "ServerConnectionError",
    "ServerError",
    "SessionError",
    "UnknownActionError",
    "error_from",
]


class DistKVError(RuntimeError):
    """Any error of DistKV."""

    etype: ClassVar[str | None] = None
    path: Any = None
    """The path that the server names in its error, if it does."""
    tick: int | None = None
    """The tick of the last write of what is at that path; None if nothing is."""


class ServerError(DistKVError):
    """The server reports an error, or cannot be reached."""


class ClientError(DistKVError):
    """The request could not be done as it was asked for."""


class ClientChainError(ClientError, ServerError):
    """The entry was changed by somebody else: it does not have the chain that the write expected."""

    etype = "chain"


class ClientValueError(ClientError, ServerError):
    """The entry does not have the value (``prev``) that the write expected."""

    etype = "value"


class GuardError(ClientError, ServerError):
    """An entry that guards the write is gone or was written by somebody else; nothing was written."""

    etype = "guard"


class Lost(GuardError):
    """This run no longer holds its claim: another run may have the job now. Its writes are refused."""


class NotYet(GuardError):
    """This run is on standby: the run that it takes over from still writes. It may once its ``setup_done`` returns."""

    etype = "not_yet"


class ClientConnectionError(ClientError, ServerError):
    """The server reports a problem with this connection."""

    etype = "conn"


class ServerConnectionError(ServerError):
    """There is no connection to the server at present."""


class ServerClosedError(ServerConnectionError):
    """The connection ended before the reply came. A write that was under way may have happened or not."""


class OutcomeUnknownError(ServerError):
    """The server cannot tell whether the write happened: read before trying again."""

    etype = "unknown"


class RefusedError(ServerError):
    """The server did not write, for instance because its disk is full."""

    etype = "refused"


class FullError(ServerError):
    """The server did not write, as its memory is used up: delete something, or give it more."""

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
    """The server's history does not reach back to where a watch wanted to resume."""

    etype = "compacted"


class OverflowedError(ServerError):
    """More messages came than this stream could hold; some are lost, and the stream has ended."""

    etype = "overflow"


class ACLError(ServerError):
    """Access is denied."""

    etype = "access"


class CancelledError(ClientError):
    """The call was cancelled."""


class ClientAuthError(ClientError):
    """Logging in failed."""


class ClientAuthRequiredError(ClientAuthError):
    """The server wants a log-in."""


class ClientAuthMethodError(ClientAuthError):
    """The server wants another way of logging in."""


class ErrorRecorded(DistKVError):
    """Stored code recorded an error and ends; nothing else is to be recorded."""


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
    """A procedure that ran elsewhere has failed. The text names it, the exception's class, and what that says."""

    def __init__(self, name: str, kind: str | None, text: str, trace: str | None) -> None:
        super().__init__(f"{name}: {kind}: {text}" if kind else f"{name}: {text}")
        self.name = name
        self.kind = kind
        """The exception's class, None if there was none."""
        self.trace = trace
        """Where it was raised, if that is known."""


class CallLostError(DistKVError):
    """
    A procedure that was called on a node of a group was ended before it was done.

    Its node has died or was stopped, its code has changed, or the caller was cut off. It may have done part of its
    work, and is not run again by itself.
    """

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"{name}: {why} before it was done; it may have done part of its work"
            " (expected: a new call, if that does no harm)"
        )


class NotBegunError(DistKVError):
    """No node of the group has begun to run a procedure. The text names both."""


class NoSuchProcedureError(DistKVError, KeyError):
    """No procedure is stored under this name."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


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
