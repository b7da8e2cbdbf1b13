"""A forked worker, from its first message to its exit."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import anyio

from ...code.importer import refuse_the_rest_if_signed
from ..parent.heartbeat import Heartbeat
from ..protocol.runner_connection import Connect, RunnerConnection
from ..protocol.spec import RunSpec, WorkerEnvironment, limits_of
from . import logs
from .modules import WorkerModules
from .run_context import RunContext
from .shared_worker import SharedWorker, refuse
from .sync_worker import SyncWorker

__all__ = ["work"]

ApplyLimits = Callable[[Mapping[str, float]], None]
"""Has the kernel apply limits to this process, as far as it can."""


def work(worker: int, enter: Callable[[], Connect], apply_limits: ApplyLimits, heartbeat: Heartbeat) -> None:
    """Be the worker of this number; does not return. `enter` takes the process into its sandbox, if there is one."""
    status = 1
    try:
        runner = RunnerConnection(enter())
        runner.send(op="worker", worker=worker, pid=os.getpid())
        _serve(runner, apply_limits, heartbeat)
        status = 0
    except (ConnectionError, FileNotFoundError, ValueError) as exc:
        sys.stderr.write(f"distkv worker {worker}: {exc}\n")
    except Exception:
        sys.excepthook(*sys.exc_info())
    finally:
        _exit(status)


def _serve(runner: RunnerConnection, apply_limits: ApplyLimits, heartbeat: Heartbeat) -> None:
    """Wait for the first run, whose mode decides what the main thread does: run the code, or the event loop."""
    context: RunContext | None = None
    while (message := runner.receive()) is not None:
        match message.get("op"):
            case "init":
                context = _set_up(runner, WorkerEnvironment.read(message))
            case "modules" if context is not None:
                context.modules.update(message)
            case "start" if context is not None:
                apply_limits(limits_of(message))
                _begin(context, heartbeat, message)
                return
            case "start":
                raise ValueError("the runner sent start before init")
            case "stop":
                return


def _set_up(runner: RunnerConnection, environment: WorkerEnvironment) -> RunContext:
    """Prepare this process for running stored code."""
    logs.install(environment.config)
    modules = WorkerModules(runner, environment.modules)
    modules.install()
    refuse_the_rest_if_signed(environment.config)
    return RunContext(environment, runner, modules)


def _begin(context: RunContext, heartbeat: Heartbeat, message: Mapping[str, Any]) -> None:
    if message.get("mode") != "sync":
        anyio.run(SharedWorker(context, heartbeat).serve, message)
        return
    try:
        spec = RunSpec.read(message)
    except ValueError as exc:
        refuse(context.runner.send, message, exc)
    else:
        SyncWorker(context, spec).serve()


def _exit(status: int) -> None:
    """Exit without waiting for threads that the code has left behind."""
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)
