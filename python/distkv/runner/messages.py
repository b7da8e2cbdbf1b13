"""The messages that a job finds in its ``_info``."""

from __future__ import annotations

from typing import Any


class ActorState:
    """What all messages have in common: one opaque attribute, ``msg``."""

    def __init__(self, msg: Any = None) -> None:
        self.msg = msg

    def __repr__(self) -> str:
        return f"<{type(self).__name__}:{self.msg!r}>"


class BrokenState(ActorState):
    """Something is wrong: the group has not been seen yet, or this node is missing from it."""


class DetachedState(ActorState):
    """No other runner of the group is available."""


class PartialState(ActorState):
    """More than one runner of the group is available, but fewer than it wants."""


class CompleteState(ActorState):
    """At least as many runners of the group are available as it wants."""


class RunnerMsg(ActorState):
    """What the messages that a job causes itself have in common. There are no direct instances."""


class ChangeMsg(RunnerMsg):
    """An entry that the job watches has changed.

    ``path`` is its full path and ``value`` its value; a deleted entry has no ``value``. ``msg`` is
    the server's message. Subclass this, and hand the subclass to ``CallAdmin.watch``, to tell the
    changes of several watches apart.
    """

    path: Any
    value: Any

    def __repr__(self) -> str:
        seen = vars(self)
        what = f"={seen['value']!r}" if "value" in seen else " deleted"
        return f"<{type(self).__name__}:{seen.get('path')}{what}>"


class MQTTmsg(RunnerMsg):
    """A message has been sent to a topic that the job monitors.

    ``path`` is the topic and ``value`` the content; content that MsgPack cannot decode, or was
    asked for ``raw``, is in ``msg`` and there is no ``value``.
    """

    path: Any
    value: Any


class ReadyMsg(RunnerMsg):
    """
    All watches opened so far have sent what was there; ``msg`` is their number.

    It counts each watch once that has sent what was there, those included that were cancelled since. One that is
    cancelled, or refused, before that is not counted, and not waited for. So it never falls; code that opens n watches
    and cancels none too early is ready when it is n. It may come several times with the same number.
    """


class TimerMsg(RunnerMsg):
    """A timer has fired; ``msg`` is the timer. Subclass this to tell timers apart."""


GROUP_STATES = {
    "complete": CompleteState,
    "partial": PartialState,
    "detached": DetachedState,
    "broken": BrokenState,
}
"""The group states by their name in the worker protocol."""
