"""The messages that a job gets from its ``_info``."""

from __future__ import annotations

from typing import Any


class ActorState:
    """The base of all messages; its one attribute, ``msg``, is opaque."""

    def __init__(self, msg: Any = None) -> None:
        self.msg = msg

    def __repr__(self) -> str:
        return f"<{type(self).__name__}:{self.msg!r}>"


class BrokenState(ActorState):
    """Something is wrong: the group is not known yet, or this node is missing from it."""


class DetachedState(ActorState):
    """No other runner of the group is available."""


class PartialState(ActorState):
    """More than one runner of the group is available, but fewer than it wants."""


class CompleteState(ActorState):
    """At least as many runners of the group are available as it wants."""


class RunnerMsg(ActorState):
    """The base of messages that the job itself has requested. There are no direct instances."""


class ChangeMsg(RunnerMsg):
    """
    An entry that the job watches has changed.

    ``path`` is its full path and ``value`` its value; a deleted entry has no ``value``. ``msg`` is the server's
    message. Pass a subclass to ``CallAdmin.watch`` to distinguish the changes of several watches.
    """

    path: Any
    value: Any

    def __repr__(self) -> str:
        seen = vars(self)
        what = f"={seen['value']!r}" if "value" in seen else " deleted"
        return f"<{type(self).__name__}:{seen.get('path')}{what}>"


class MQTTmsg(RunnerMsg):
    """
    A message has been sent to a topic that the job monitors.

    ``path`` is the topic and ``value`` the content; ``raw`` content, and content that MsgPack cannot decode, is in
    ``msg`` and there is no ``value``.
    """

    path: Any
    value: Any


class ReadyMsg(RunnerMsg):
    """
    All watches opened so far have delivered the current entries; ``msg`` is their number.

    The number counts each watch that has delivered them, even if it was cancelled since. A watch that is cancelled or
    refused earlier is neither counted nor waited for. So the number never decreases: code that opens n watches is ready
    when it is n. The message may arrive several times with the same number.
    """


class TimerMsg(RunnerMsg):
    """A timer has fired; ``msg`` is the timer. Pass a subclass to ``CallAdmin.timer`` to distinguish timers."""


GROUP_STATES = {
    "complete": CompleteState,
    "partial": PartialState,
    "detached": DetachedState,
    "broken": BrokenState,
}
"""The group states by their name in the worker protocol."""
