"""Importing stored modules in a client."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from logging import getLogger
from types import CodeType, ModuleType
from typing import Any

import anyio
from anyio.from_thread import BlockingPortal

from ..exceptions import CompileError
from ..util import Path
from .dependencies import Dependencies, Import
from .finder import Names, StoredModuleFinder

__all__ = ["Importer", "StoredModule", "is_provided", "provide", "refuse_the_rest_if_signed", "refuse_unjudged"]

logger = getLogger(__name__)

StoredModule = CodeType | CompileError
"""A module's code, or why there is none."""

Report = Callable[[str, "Exception | None"], Awaitable[None]]
"""Takes a module's name, and what it raised while it was loaded; None: it was loaded."""


class _Provided:
    prefix: Path | None = None
    only: bool = False


def provide(prefix: Path) -> None:
    """Declare that this process can import the modules below this prefix without an `Importer`, as workers can."""
    _Provided.prefix = prefix


def is_provided(prefix: Path) -> bool:
    """Whether stored modules below this prefix can be imported in this process without an `Importer`."""
    return _Provided.prefix == prefix


def refuse_the_rest_if_signed(config: Mapping[str, Any]) -> None:
    """Declare that this process runs only code that it is given, if this configuration wants code to be signed."""
    _Provided.only = (config.get("accept") or {}).get("signing") == "required"


def refuse_unjudged(what: str) -> None:
    """Raise a CompileError if stored code must not be read here by anybody but the runner."""
    if _Provided.only:
        reason = "this node starts only signed code (expected: procedures that its runner starts, and modules)"
        raise CompileError(what, reason)


class Importer(StoredModuleFinder):
    """
    Finds and loads stored modules; ``run`` puts it into the import system for as long as it runs.

    Imports may happen on any thread; their outcome is reported on the event loop's.
    """

    def __init__(self, report: Report | None = None) -> None:
        super().__init__()
        self.modules: dict[str, StoredModule] = {}
        self.dependencies = Dependencies()
        self.requested: set[str] = set()
        """The modules that somebody has tried to import."""
        self._report_outcome = report
        self._outcomes: list[tuple[str, Exception | None]] = []
        self._wake = anyio.Event()
        self._portal: BlockingPortal | None = None
        self._thread = 0
        self._loading: set[int] = set()
        """The threads within `load`, whose caller gets the outcome."""

    @property
    def stored(self) -> Names:
        """The names of the stored modules."""
        return self.modules

    def put(
        self,
        name: str,
        module: StoredModule | None,
        *,
        requires: Iterable[str] = (),
        imports: Iterable[Import] = (),
    ) -> list[str]:
        """
        Store or (None) remove a module, with what it requires and imports.

        The next import reloads the module, those below it, and those that depend on it; returns their names.
        """
        users = self.dependencies.users(name)
        if module is None:
            self.modules.pop(name, None)
            self.dependencies.remove(name)
        else:
            self.modules[name] = module
            self.dependencies.put(name, requires, imports)
        users |= self.dependencies.users(name)
        for user in list(users):
            users |= self._unload(user)
        parent = name
        while module is not None and "." in parent:
            parent = parent.rpartition(".")[0]
            if parent in sys.modules and not hasattr(sys.modules[parent], "__path__"):
                users |= self._unload(parent)  # a plain module that is a package now
        return sorted(user for user in users if user in self.modules)

    def load(self, name: str) -> BaseException | None:
        """Load a stored module, on this thread; return what it raised, which is not reported."""
        self._loading.add(threading.get_ident())
        try:
            importlib.import_module(name)
        except (Exception, SystemExit) as error:
            return error
        finally:
            self._loading.discard(threading.get_ident())
        return None

    def _unload(self, name: str) -> set[str]:
        """Remove the loaded modules of this name and below it; return their names."""
        unloaded = set()
        for loaded in [one for one in sys.modules if one == name or one.startswith(name + ".")]:
            if getattr(getattr(sys.modules[loaded], "__spec__", None), "loader", None) is self:
                del sys.modules[loaded]
                unloaded.add(loaded)
        return unloaded

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's code; raises CompileError, or what the code raises."""
        name = module.__name__
        stored = self.modules.get(name)
        if stored is None:
            return  # a package without code of its own
        self.requested.add(name)
        if isinstance(stored, CompileError):
            raise stored.again()
        try:
            self.dependencies.check(name)
            for required in self.dependencies.requires(name):
                importlib.import_module(required)
            exec(stored, module.__dict__)  # noqa: S102  (its purpose)
        except Exception as error:
            self._report(name, error)
            raise
        self._report(name, None)

    async def run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        """Be part of the import system, and report outcomes, until cancelled."""
        async with BlockingPortal() as portal:
            self._portal = portal
            self._thread = threading.get_ident()
            self.install()
            task_status.started()
            try:
                while True:
                    while self._outcomes:
                        name, error = self._outcomes.pop(0)
                        try:
                            if self._report_outcome is not None:
                                await self._report_outcome(name, error)
                        except Exception:
                            logger.exception("the outcome of loading module %s was not recorded", name)
                    self._wake = anyio.Event()
                    await self._wake.wait()
            finally:
                self.uninstall()
                self._portal = None

    def _report(self, name: str, error: Exception | None) -> None:
        if self._portal is None or threading.get_ident() in self._loading:
            return
        self._outcomes.append((name, error))
        if threading.get_ident() == self._thread:
            self._wake.set()
        else:
            self._portal.start_task_soon(self._wake_up)

    async def _wake_up(self) -> None:
        self._wake.set()
