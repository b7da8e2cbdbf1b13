"""
What stored code uses while it runs: its messages, and `CallAdmin`, its controller.

Also a job's entries in the tree: `RunnerEntry` and `StateEntry`.
"""

from ..exceptions import ErrorRecorded, Terminated
from ..schema import PastRun, RunnerEntry, StateEntry
from .admin import CallAdmin
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
from .watchers import Watcher

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
    "Terminated",
    "Timer",
    "TimerMsg",
    "Watcher",
]
