"""What all runs have in common: their names, their end, and what the runner is told of it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any

from ..client.link import Link as Server
from ..code import CompileError, MissingVariablesError, Procedure, compile_procedure
from ..exceptions import ErrorRecorded, OutcomeUnknownError, ServerConnectionError
from ..runner.names import names
from ..runner.stopping import Terminated
from . import report
from .claim import Claim
from .link import Link
from .logs import RunLog
from .modules import Modules
from .spec import Site, Spec
from .strays import Strays
from .wire import clean

LOST_GRACE = 0.1
"""Seconds between the `Lost` that code gets and its being stopped."""


class Run(ABC):
    """One run of a procedure; its methods are called on the event loop unless they say otherwise."""

    def __init__(self, spec: Spec, site: Site, link: Link, modules: Modules) -> None:
        self.spec = spec
        self.claim = Claim(spec.claim)
        self.site = site
        self.link = link
        self.modules = modules
        self.log = RunLog(spec.run, spec.log, link.log)
        self.strays = Strays()
        self.name = str(spec.code)
        self.filename = f"distkv:{self.name}"
        """How the code is called in traces."""
        self.running = False
        """Whether the code has begun: from then on what it raises is its own."""
        self.cancelled = False
        self.lost = False
        self._uplink: Server | None = None
        self._losses = 0

    def uses(self, server: Server) -> None:
        """Note, when the code begins, what connects it to the server."""
        self._uplink = server
        self._losses = server.losses

    def cancel(self) -> None:
        """Stop, because the runner says so."""
        self.cancelled = True
        self.interrupt()

    def lose(self) -> None:
        """
        Stop, because the claim is gone: a write was refused, or the runner says so.

        The code gets `Lost` where it can hear it; if it catches that, or hears nothing, it ends all the same.
        """
        if not self.lost:
            self.lost = True
            asyncio.get_running_loop().call_later(LOST_GRACE, self.interrupt)

    @abstractmethod
    def interrupt(self) -> None:
        """Make the code stop, if it has begun."""

    def compile(self) -> Procedure:
        """Compile the procedure, after what it requires, and say that it starts; raises CompileError and the like."""
        self.modules.begin(self.spec.run)
        self.modules.load(self.name, self.spec.modules)
        procedure = compile_procedure(self.name, self.spec.source, self.spec.mode, self.spec.vars)
        missing = tuple(name for name in self.spec.vars if name not in self.spec.globals)
        if missing:
            raise MissingVariablesError(self.name, missing)
        self.running = True
        self.link.report(op="started", run=self.spec.run)
        return procedure

    def names(self, client: Any) -> dict[str, Any]:
        """What the code finds as globals, besides what only async code has."""
        return {**self.spec.globals, **names(client, self.site.config, self.log.logger)}

    def report_done(self, result: Any) -> None:
        """Tell the runner that the code returned. On any thread."""
        if self.lost:
            self.report_failed(None)
            return
        self.log.close()
        try:
            self.link.report(op="done", run=self.spec.run, result=result)
        except Exception as exc:
            kind = TypeError if isinstance(exc, TypeError) else ValueError
            self.report_failed(kind(f"the result: {exc}"))

    def report_failed(self, exc: BaseException | None) -> None:
        """Tell the runner that the code raised this, or with None that it was stopped. On any thread."""
        self.log.close()
        kind = self._kind(exc)
        if exc is None or (kind in ("cancelled", "lost") and _is_stop(exc)):
            message = "its claim is gone" if self.lost else "stopped"
            details: dict[str, Any] = {"type": kind.capitalize(), "message": message, "trace": None, "line": None}
        elif kind in ("compile", "vars"):
            line = getattr(exc, "line", None)
            details = {"type": type(exc).__name__, "message": clean(str(exc)), "trace": None, "line": line}
        else:
            details = report.describe(exc, self.filename)
        limit = report.limit_behind(exc, self.spec.limits) if kind == "error" else None
        data = {"missing": exc.missing} if kind == "vars" and isinstance(exc, MissingVariablesError) else {}
        self.link.report(op="failed", run=self.spec.run, kind=kind, limit=limit, data=data, **details)

    def report_stalled(self) -> None:
        """Tell the runner that the code returned because it had been sent ``None``."""
        self.log.close()
        self.link.report(
            op="failed",
            run=self.spec.run,
            kind="stalled",
            type="Stalled",
            message=f"nothing was taken from _info for {self.spec.idle:g} s while messages waited",
            trace=None,
            line=None,
            data={},
        )

    def _kind(self, exc: BaseException | None) -> str:
        if self.lost:
            return "lost"
        if self.cancelled or exc is None:
            return "cancelled"
        if not self.running and isinstance(exc, CompileError):
            return "compile"
        if not self.running and isinstance(exc, MissingVariablesError):
            return "vars"
        if self._is_cut_off(exc):
            return "interrupted"
        return "recorded" if all(isinstance(leaf, ErrorRecorded) for leaf in report.leaves(exc)) else "error"

    def _is_cut_off(self, exc: BaseException) -> bool:
        """Whether it has raised this only since the connection to the server was lost."""
        lost = self._uplink is not None and self._uplink.losses > self._losses
        return lost and all(
            isinstance(leaf, (ServerConnectionError, OutcomeUnknownError)) for leaf in report.leaves(exc)
        )


def _is_stop(exc: BaseException) -> bool:
    return isinstance(report.bare(exc), (asyncio.CancelledError, Terminated))
