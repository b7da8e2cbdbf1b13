"""The import system's side of stored modules."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from logging import getLogger
from types import CodeType, ModuleType
from typing import Any

import anyio
from anyio.from_thread import BlockingPortal

from ..exceptions import CompileError
from ..util import Path
from .graph import Dependencies, Import

__all__ = ["Importer", "StoredModule", "is_provided", "provide", "reserved"]

logger = getLogger(__name__)

_RESERVED = sys.stdlib_module_names | {"anyio", "distkv", "msgpack"}


def reserved(name: str) -> CompileError | None:
    """Return what is wrong with a stored module's name if it is, before any dot, one of Python's or of ours."""
    if name.partition(".")[0] not in _RESERVED:
        return None
    return CompileError(name, "this name belongs to Python or to DistKV (expected: another name)")


StoredModule = CodeType | CompileError
"""A module's code, or why there is none."""


class _Provided:
    prefix: Path | None = None


def provide(prefix: Path) -> None:
    """Say that the import system of this process has the modules below this prefix already, as workers' have."""
    _Provided.prefix = prefix


def is_provided(prefix: Path) -> bool:
    """Whether stored modules below this prefix can be imported here without further ado."""
    return _Provided.prefix == prefix


class Importer(MetaPathFinder, Loader):
    """
    Finds and loads stored modules. ``run`` puts it into the import system for as long as it runs.

    A stored module comes before an installed one of the same name; a package that exists only because modules are
    stored below it comes after, so that a stored ``numpy.mine`` does not hide an installed numpy. Imports may happen on
    any thread; failures are reported on the event loop's.
    """

    def __init__(self, failed: Callable[[str, Exception], Awaitable[None]]) -> None:
        self.modules: dict[str, StoredModule] = {}
        self.dependencies = Dependencies()
        self._failed = failed
        self._packages = _Packages(self)
        self._failures: list[tuple[str, Exception]] = []
        self._wake = anyio.Event()
        self._portal: BlockingPortal | None = None
        self._thread = 0
        self._asked: set[int] = set()
        """The threads that load a module for somebody who is told what it raises."""

    def find_spec(self, fullname: str, _path: Any = None, _target: Any = None) -> ModuleSpec | None:
        """Return where to load a module from, if it is stored."""
        if fullname not in self.modules:
            return None
        return ModuleSpec(fullname, self, origin=f"distkv:module:{fullname}", is_package=self.has_children(fullname))

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

        It, what is below it, and the modules that need it are loaded anew at the next import; returns their names.
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
            users |= self._drop(user)
        parent = name
        while module is not None and "." in parent:
            parent = parent.rpartition(".")[0]
            if parent in sys.modules and not hasattr(sys.modules[parent], "__path__"):
                users |= self._drop(parent)  # it was a plain module and is a package now
        return sorted(user for user in users if user in self.modules)

    def load(self, name: str) -> BaseException | None:
        """Load a stored module, on this thread; return what it raised, which is reported to nobody else."""
        self._asked.add(threading.get_ident())
        try:
            importlib.import_module(name)
        except (Exception, SystemExit) as error:
            return error
        finally:
            self._asked.discard(threading.get_ident())
        return None

    def _drop(self, name: str) -> set[str]:
        """Forget what was loaded of this name, and below it; return the names."""
        dropped = set()
        for loaded in [one for one in sys.modules if one == name or one.startswith(name + ".")]:
            if getattr(getattr(sys.modules[loaded], "__spec__", None), "loader", None) is self:
                del sys.modules[loaded]
                dropped.add(loaded)
        return dropped

    def has_children(self, name: str) -> bool:
        """Whether modules are stored below this one."""
        return any(stored.startswith(name + ".") for stored in self.modules)

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's code; raises CompileError, or what the code raises."""
        stored = self.modules.get(module.__name__)
        if stored is None:
            return  # a package without code of its own
        if isinstance(stored, CompileError):
            raise stored.again()
        try:
            self.dependencies.check(module.__name__)
            for required in self.dependencies.requires(module.__name__):
                importlib.import_module(required)
            exec(stored, module.__dict__)  # noqa: S102  (what it is for)
        except Exception as error:
            self._report(module.__name__, error)
            raise

    def install(self) -> None:
        """Be part of the import system from now on."""
        sys.meta_path.insert(0, self)
        sys.meta_path.append(self._packages)

    async def run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        """Be part of the import system, and report failures, until cancelled."""
        async with BlockingPortal() as portal:
            self._portal = portal
            self._thread = threading.get_ident()
            self.install()
            task_status.started()
            try:
                while True:
                    while self._failures:
                        name, error = self._failures.pop(0)
                        try:
                            await self._failed(name, error)
                        except Exception:
                            logger.exception("the failure of module %s to load was not recorded", name)
                    self._wake = anyio.Event()
                    await self._wake.wait()
            finally:
                sys.meta_path.remove(self)
                sys.meta_path.remove(self._packages)
                self._portal = None

    def _report(self, name: str, error: Exception) -> None:
        if threading.get_ident() in self._asked:
            return
        self._failures.append((name, error))
        if threading.get_ident() == self._thread:
            self._wake.set()
        elif self._portal is not None:
            self._portal.start_task_soon(self._wake_up)

    async def _wake_up(self) -> None:
        self._wake.set()


class _Packages(MetaPathFinder):
    """Finds packages that hold stored modules and have no code of their own."""

    def __init__(self, importer: Importer) -> None:
        self._importer = importer

    def find_spec(self, fullname: str, _path: Any = None, _target: Any = None) -> ModuleSpec | None:
        """Return the specification of a package without code."""
        if self._importer.has_children(fullname):
            return ModuleSpec(fullname, self._importer, origin=f"distkv:module:{fullname}", is_package=True)
        return None
