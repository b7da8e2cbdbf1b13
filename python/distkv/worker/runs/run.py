"""The base of all runs: how a run starts, how it ends, and what is reported to the runner."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any

from ...client.link import Link
from ...client.run_tokens import RunTokens
from ...code import CompileError, MissingVariablesError, Procedure, compile_procedure
from ...exceptions import ErrorRecorded, GuardError, OutcomeUnknownError, ServerConnectionError, Terminated
from ...runner.globals import procedure_globals
from ...schema import Guard
from ..protocol.failure_kind import FailureKind
from ..protocol.framing import sendable_text
from ..protocol.spec import RunSpec
from . import failures
from .claim import Claim
from .logs import RunLog
from .orphan_tasks import OrphanTasks
from .run_context import RunContext
from .trace import RunTrace, Station

__all__ = ["Run"]

LOST_GRACE = 0.1
"""Seconds between the `Lost` that code gets and its being stopped."""

_STOPPED = {FailureKind.CANCELLED: "stopped", FailureKind.LOST: "its claim is gone"}


class Run(ABC):
    """One run of a procedure; its methods are called on the event loop unless they say otherwise."""

    def __init__(self, spec: RunSpec, context: RunContext) -> None:
        self.spec = spec
        self.claim = Claim(spec.claim)
        self.environment = context.environment
        self.runner = context.runner
        self.modules = context.modules
        self.log = RunLog(spec.run, spec.log, self.runner.log)
        self.orphan_tasks = OrphanTasks()
        self.trace = RunTrace(spec.job, spec.run)
        self.name = str(spec.code)
        self.filename = f"distkv:{self.name}"
        """The code's file name in traces."""
        self.running = False
        """Whether the code has started: from then on exceptions are its own."""
        self.cancelled = False
        self.lost = False
        self._server: Link | None = None
        self._losses = 0
        self._tokens: RunTokens | None = None
        self._token: str | None = None
        self.trace.reached(Station.LAUNCH_RECEIVED)

    def uses(self, server: Link) -> None:
        """Note, when the code starts, the link that connects it to the server."""
        self._server = server
        self._losses = server.losses

    def log_in(self, tokens: RunTokens) -> None:
        """Log in at the server as this run, until `log_out`."""
        self._tokens = tokens
        self._present(self.spec.token)

    def log_out(self) -> None:
        """Log in no more: the run has ended."""
        if self._tokens is not None and self._token is not None:
            self._tokens.remove(self._token)

    def _present(self, token: str | None) -> None:
        self._token = token
        if self._tokens is None:
            return
        if token is None:
            self._tokens.add_nobody()
        else:
            self._tokens.add(token, lambda _why: self.lose())

    def take_over(self, claim: Guard, token: str | None) -> None:
        """The run is no longer on standby: it has this claim, and logs in with this token."""
        self.log_out()
        self._present(token)
        self.claim.replace(claim)

    def cancel(self) -> None:
        """Stop because the runner says so."""
        self.cancelled = True
        self.interrupt()

    def lose(self) -> None:
        """
        Stop because the claim is gone: a write was refused, or the runner says so.

        The code gets `Lost` where it makes a call; if it catches that, or makes none, it is stopped all the same.
        """
        if not self.lost:
            self.lost = True
            asyncio.get_running_loop().call_later(LOST_GRACE, self.interrupt)

    @abstractmethod
    def interrupt(self) -> None:
        """Make the code stop, if it has started."""

    def compile(self) -> Procedure:
        """Load what the procedure requires, compile it, and report its start; raises CompileError and the like."""
        self.modules.begin(self.spec.run)
        self.modules.load(self.name, self.spec.modules)
        procedure = compile_procedure(self.name, self.spec.source, self.spec.mode, self.spec.vars)
        missing = tuple(name for name in self.spec.vars if name not in self.spec.globals)
        if missing:
            raise MissingVariablesError(self.name, missing)
        self.trace.reached(Station.CODE_LOADED)
        self.running = True
        self.runner.report(op="started", run=self.spec.run)
        self.trace.reached(Station.STARTED)
        return procedure

    def code_globals(self, client: Any) -> dict[str, Any]:
        """Return the code's globals, besides those that only async code has."""
        given = procedure_globals(client, self.environment.config, self.log.logger)
        return {**self.spec.globals, **given, "_secrets": dict(self.spec.secrets)}

    def report_done(self, result: Any) -> None:
        """Report that the code returned. On any thread."""
        if self.lost:
            self.report_failed(None)
            return
        self.log.close()
        try:
            self.runner.report(op="done", run=self.spec.run, result=result)
        except Exception as exc:
            kind = TypeError if isinstance(exc, TypeError) else ValueError
            self.report_failed(kind(f"the result: {exc}"))
        else:
            self.trace.reached(Station.RESULT_SENT)

    def report_failed(self, exc: BaseException | None) -> None:
        """Report that the code raised this, or with None that it was stopped. On any thread."""
        kind = self._kind(exc)
        if exc is None or (kind in _STOPPED and _is_stop(exc)):
            details = failures.without_trace(kind.value.capitalize(), _STOPPED[kind])
        elif kind in (FailureKind.COMPILE, FailureKind.VARS):
            text = sendable_text(str(exc))
            details = failures.without_trace(type(exc).__name__, text, getattr(exc, "line", None))
        else:
            details = failures.describe(exc, self.filename)
        limit = failures.limit_behind(exc, self.spec.limits) if kind is FailureKind.ERROR else None
        data = {"missing": exc.missing} if kind is FailureKind.VARS and isinstance(exc, MissingVariablesError) else {}
        self._fail(kind, data=data, limit=limit, **details)

    def report_stalled(self) -> None:
        """Report that the code returned because it had been sent ``None``."""
        text = f"nothing was taken from _info for {self.spec.idle:g} s while messages waited"
        self._fail(FailureKind.STALLED, data={}, **failures.without_trace("Stalled", text))

    def _fail(self, kind: FailureKind, **details: Any) -> None:
        self.log.close()
        self.runner.report(op="failed", run=self.spec.run, kind=kind.value, **details)
        self.trace.reached(Station.RESULT_SENT)

    def _kind(self, exc: BaseException | None) -> FailureKind:
        if self.lost or (exc is not None and _is_over(exc)):
            return FailureKind.LOST
        if self.cancelled or exc is None:
            return FailureKind.CANCELLED
        if not self.running and isinstance(exc, CompileError):
            return FailureKind.COMPILE
        if not self.running and isinstance(exc, MissingVariablesError):
            return FailureKind.VARS
        if self._is_cut_off(exc):
            return FailureKind.INTERRUPTED
        recorded = all(isinstance(leaf, ErrorRecorded) for leaf in failures.leaves(exc))
        return FailureKind.RECORDED if recorded else FailureKind.ERROR

    def _is_cut_off(self, exc: BaseException) -> bool:
        """Whether it was raised because the connection to the server was lost."""
        lost = self._server is not None and self._server.losses > self._losses
        return lost and all(
            isinstance(leaf, (ServerConnectionError, OutcomeUnknownError)) for leaf in failures.leaves(exc)
        )


def _is_over(exc: BaseException) -> bool:
    """Whether the server has refused to answer since the run's claim is gone, which names no guard."""
    return any(isinstance(leaf, GuardError) and leaf.path is None for leaf in failures.leaves(exc))


def _is_stop(exc: BaseException) -> bool:
    return isinstance(failures.bare(exc), (asyncio.CancelledError, Terminated))
