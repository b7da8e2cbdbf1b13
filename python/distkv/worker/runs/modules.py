"""Stored modules in a worker, for plain ``import``, as the runner describes them."""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import resolve_name
from types import ModuleType
from typing import Any

from ...code import compile_module
from ...code.compiler import module_imports
from ...code.dependencies import Dependencies, DependencyError
from ...code.finder import Names, StoredModuleFinder, reserved
from ...code.importer import provide
from ...exceptions import CompileError
from ...schema import name_of
from ...util import Path
from ..protocol.failure_kind import FailureKind
from ..protocol.runner_connection import RunnerConnection
from . import failures, logs

__all__ = ["WorkerModules"]


@dataclass(frozen=True)
class _Stored:
    path: Path
    version: int
    source: str | None
    wrong: str | None


class WorkerModules(StoredModuleFinder):
    """
    Loads each stored module once, when it is first imported, and reports which run uses which version.

    Nothing is ever reloaded: once a module that was loaded has changed, the worker reports that it is stale, and the
    runner moves the runs that use the module elsewhere. So every import that stored code makes is tracked, not only
    the first one of each module. Imports may happen on any thread; updates from the runner arrive on the event loop's.
    """

    def __init__(self, runner: RunnerConnection, prefix: Path) -> None:
        super().__init__()
        self._runner = runner
        self._stored: dict[str, _Stored] = {}
        self._taken: dict[str, Path] = {}
        """Modules that cannot be imported because their names are reserved, until that has been reported."""
        self._loaded: dict[str, int] = {}
        self._uses: dict[str, set[str]] = {}
        """The modules that each loaded module has imported."""
        self._dependencies = Dependencies()
        self._reported: dict[int, set[str]] = {}
        """The modules that were reported for each run."""
        self.stale = False
        self._import = builtins.__import__
        self._import_module = importlib.import_module
        provide(prefix)

    @property
    def stored(self) -> Names:
        """The names of the stored modules."""
        return self._stored

    def install(self) -> None:
        """Become part of the import system of this process, and track imports."""
        super().install()
        builtins.__import__ = self._tracked_import
        importlib.import_module = self._tracked_import_module

    def update(self, message: Mapping[str, Any]) -> None:
        """Apply a ``modules`` of the runner."""
        for path, version, source, wrong, requires in message["modules"]:
            name = name_of(path)
            if version and reserved(name) is not None:
                self._taken[name] = path
            elif version:
                self._stored[name] = _Stored(path, version, source, wrong)
                imports = () if source is None else module_imports(name, source)
                self._dependencies.put(name, map(name_of, requires), imports)
            else:
                self._stored.pop(name, None)
                self._taken.pop(name, None)
                self._dependencies.remove(name)
            if self._loaded.get(name, version) != version or self._is_new_child(name):
                self._become_stale()

    def _is_new_child(self, name: str) -> bool:
        parent = name.rpartition(".")[0]
        return parent in self._loaded and name not in self._loaded and not hasattr(sys.modules.get(parent), "__path__")

    def _become_stale(self) -> None:
        if not self.stale:
            self.stale = True
            self._runner.report(op="stale")

    def begin(self, run: int) -> None:
        """Track the imports of this run; report on its behalf which modules cannot be imported at all."""
        self._reported[run] = set()
        while self._taken:
            name, path = self._taken.popitem()
            self._report_failure(run, path, -1, FailureKind.COMPILE, _not_compiled(str(reserved(name))))

    def end(self, run: int) -> None:
        """Forget a run."""
        self._reported.pop(run, None)

    def load(self, procedure: str, paths: Iterable[Path]) -> None:
        """Import what a procedure requires; raises CompileError, which names the procedure and the module."""
        for name in map(name_of, paths):
            try:
                taken = reserved(name)
                if taken is not None:
                    raise taken
                importlib.import_module(name)
            except Exception as error:
                text = str(error) if isinstance(error, CompileError) else f"{name}: {failures.message_of(error)}"
                raise CompileError(procedure, f"requires: {text}") from error

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's code; raises CompileError, or what the code raises."""
        name = module.__name__
        stored = self._stored.get(name)
        self._loaded[name] = 0 if stored is None else stored.version
        if stored is None:
            return  # a package without code of its own
        try:
            if stored.source is None:
                raise CompileError(name, stored.wrong or "no code")
            self._dependencies.check(name)
            self._load_required(name)
            exec(compile_module(name, stored.source), module.__dict__)  # noqa: S102  (its purpose)
        except BaseException as error:
            del self._loaded[name]
            if isinstance(error, Exception):
                self._failed(stored, error)
            if isinstance(error, DependencyError) and error.name == name:
                self._fail_dependents(error)
            raise

    def _load_required(self, name: str) -> None:
        """Load what a module requires, so that every run that uses the module uses that too."""
        for required in self._dependencies.requires(name):
            try:
                self._import_module(required)
            finally:
                self._track(name, required, (), ())

    def _fail_dependents(self, error: DependencyError) -> None:
        """Report of the other modules in the chain, too, that they cannot be loaded, or are missing."""
        for name in dict.fromkeys(error.chain[1:]):
            stored = self._stored.get(name)
            if stored is not None and name != error.name:
                self._failed(stored, error)
            elif stored is None:
                for run in self._runs(None):
                    self._report(run, name)

    def _failed(self, stored: _Stored, error: Exception) -> None:
        name = name_of(stored.path)
        if isinstance(error, CompileError):
            kind, details = FailureKind.COMPILE, _not_compiled(str(error), error.line)
        else:
            kind, details = FailureKind.ERROR, failures.describe(error, f"distkv:module:{name}")
        for run in self._runs(None):
            self._reported.get(run, set()).add(name)
            self._report_failure(run, stored.path, stored.version, kind, details)

    def _report_failure(
        self, run: int, path: Path, version: int, kind: FailureKind, details: Mapping[str, Any]
    ) -> None:
        self._runner.report(op="imported", run=run, path=path, version=version, data={}, kind=kind.value, **details)

    def _tracked_import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002  (the name that callers use)
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        by = (globals or {}).get("__name__")
        if not isinstance(by, str) or not (by in self._loaded or by.startswith("distkv:")):
            return self._import(name, globals, locals, fromlist, level)
        package = str((globals or {}).get("__package__") or "")
        full = resolve_name("." * level + name, package) if level and package else name
        missing: Iterable[str] = ()
        try:
            return self._import(name, globals, locals, fromlist, level)
        except ImportError:
            missing = (full, *(f"{full}.{one}" for one in fromlist or ()))
            raise
        finally:
            self._track(by, full, fromlist or (), missing)

    def _tracked_import_module(self, name: str, package: str | None = None) -> ModuleType:
        full = resolve_name(name, package) if name.startswith(".") and package else name
        missing: Iterable[str] = ()
        try:
            return self._import_module(name, package)
        except ImportError:
            missing = (full,)
            raise
        finally:
            self._track(None, full, (), missing)

    def _track(self, by: str | None, full: str, fromlist: Iterable[str], missing: Iterable[str]) -> None:
        """Record that stored code of this name has imported, or looked for, these modules."""
        parts = full.split(".")
        names = [".".join(parts[: i + 1]) for i in range(len(parts))] + [f"{full}.{one}" for one in fromlist]
        found = [name for name in names if name in self._loaded]
        found += [name for name in missing if name not in sys.modules and reserved(name) is None]
        if not found:
            return
        if by in self._loaded:
            self._uses.setdefault(by, set()).update(found)
        for run in self._runs(by):
            for name in found:
                self._report(run, name)

    def _runs(self, by: str | None) -> list[int]:
        """Return the runs that an import concerns: the current one, and all that use the importing module."""
        current = logs.current_run()
        if current is not None:
            return [run for run, reported in self._reported.items() if run == current or by in reported]
        return list(self._reported)

    def _report(self, run: int, name: str) -> None:
        """Report once that a run uses a module, and what that has imported."""
        reported = self._reported.get(run)
        if reported is None or name in reported:
            return
        reported.add(name)
        path = self._stored[name].path if name in self._stored else Path(*name.split("."))
        self._runner.report(op="imported", run=run, path=path, version=self._loaded.get(name, 0))
        for used in list(self._uses.get(name, ())):
            self._report(run, used)


def _not_compiled(message: str, line: int | None = None) -> dict[str, Any]:
    return failures.without_trace("CompileError", message, line)
