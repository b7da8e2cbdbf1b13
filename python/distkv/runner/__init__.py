"""
What stored code works with while a runner runs it: its messages, and `CallAdmin`, its controller.

Also a job's entries in the tree: `RunnerEntry` and `StateEntry`.
"""

from ..exceptions import ErrorRecorded
from .admin import CallAdmin
from .entries import PastRun, RunnerEntry, StateEntry
from .inbox import Inbox
from .messages import (
    ActorState,
    BrokenState,
    ChangeMsg,
    CompleteState,
    DetachedState,
    MQTTmsg,
    PartialState,
    ReadyMsg,
    RunnerMsg,
    TimerMsg,
)
from .task import Task
from .timer import Timer
from .watching import Watcher

__all__ = [
    "ActorState",
    "BrokenState",
    "CallAdmin",
    "ChangeMsg",
    "CompleteState",
    "DetachedState",
    "ErrorRecorded",
    "Inbox",
    "MQTTmsg",
    "PartialState",
    "PastRun",
    "ReadyMsg",
    "RunnerEntry",
    "RunnerMsg",
    "StateEntry",
    "Task",
    "Timer",
    "TimerMsg",
    "Watcher",
]
