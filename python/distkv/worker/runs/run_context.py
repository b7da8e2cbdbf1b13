"""What the runs of a worker share."""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol.runner_connection import RunnerConnection
from ..protocol.spec import WorkerEnvironment
from .modules import WorkerModules

__all__ = ["RunContext"]


@dataclass(frozen=True)
class RunContext:
    """The environment of a worker, its runner, and the stored modules."""

    environment: WorkerEnvironment
    runner: RunnerConnection
    modules: WorkerModules
