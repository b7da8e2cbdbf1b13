"""What the runs of a worker share."""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol.runner_connection import RunnerConnection
from ..protocol.spec import WorkerContext
from .modules import WorkerModules

__all__ = ["RunEnvironment"]


@dataclass(frozen=True)
class RunEnvironment:
    """The context of a worker, its runner, and the stored modules."""

    context: WorkerContext
    runner: RunnerConnection
    modules: WorkerModules
