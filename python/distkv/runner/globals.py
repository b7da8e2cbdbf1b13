"""The global variables of every stored procedure, wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping
from logging import Logger
from typing import Any

from ..exceptions import ErrorRecorded
from ..util import NotGiven, P, Path, attrdict, digits
from . import messages

__all__ = ["procedure_globals"]

_MESSAGES = (
    messages.CompleteState,
    messages.PartialState,
    messages.DetachedState,
    messages.BrokenState,
    messages.ChangeMsg,
    messages.TimerMsg,
    messages.ReadyMsg,
    messages.MQTTmsg,
    messages.RunnerMsg,
    messages.ActorState,
    ErrorRecorded,
)


def procedure_globals(client: Any, config: Mapping[str, Any], log: Logger) -> dict[str, Any]:
    """Return the globals of a procedure, besides its data and those that only async code has."""
    return {
        "_client": client,
        "_cfg": config,
        "_cls": attrdict({cls.__name__: cls for cls in _MESSAGES}, NotGiven=NotGiven),
        "_digits": digits,
        "_log": log,
        "_P": P,
        "_Path": Path,
        "_secrets": {},  # those of a job, where its runner passes them on
    }
