"""Stored modules in a worker: what the runner says there is, for plain ``import``."""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import resolve_name
from types import ModuleType
from typing import Any

from ..code import compile_module
from ..code.compiler import module_imports
from ..code.graph import Dependencies, NeedsError
from ..code.importer import provide, reserved
from ..code.needs import name_of
from ..exceptions import CompileError
from ..util import Path
from . import logs, report
from .link import Link


@dataclass(frozen=True)
class _Stored:
    path: Path
    version: int
    source: str | None
    wrong: str | None


class Modules(MetaPathFinder, Loader):
    """
    Loads each stored module once, when it is first imported, and tells the runner which run uses which version.

    Nothing is ever loaded anew: once a module that was loaded has changed, the worker says that it is stale, and the
    runner moves those runs elsewhere that use the module. So every import that stored code makes is looked at, not only
    the first of each module. Imports may happen on any thread; the runner's word is taken in on the event loop's.
    """

    def __init__(self, link: Link, prefix: Path) -> None:
        self._link = link
        self._stored: dict[str, _Stored] = {}
        self._taken: dict[str, Path] = {}
        """Modules that nobody can import, since their names belong to others, while that has not been told."""
        self._loaded: dict[str, int] = {}
        self._needs: dict[str, set[str]] = {}
        self._dependencies = Dependencies()
        self._told: dict[int, set[str]] = {}
        self.stale = False
        self._last = _Last(self)
        self._import = builtins.__import__
        self._import_module = importlib.import_module
        provide(prefix)

    def install(self) -> None:
        """Become part of the import system of this process."""
        sys.meta_path.insert(0, self)
        sys.meta_path.append(self._last)
        builtins.__import__ = self._watched_import
        importlib.import_module = self._watched_import_module

    def take(self, message: Mapping[str, Any]) -> None:
        """Take in what the runner says of some modules."""
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
            self._link.report(op="stale")

    def begin(self, run: int) -> None:
        """Keep account of what this run imports; say in its name which modules cannot be imported at all."""
        self._told[run] = set()
        while self._taken:
            name, path = self._taken.popitem()
            said = {"kind": "compile", "type": "CompileError", "message": str(reserved(name))}
            self._link.report(op="imported", run=run, path=path, version=-1, trace=None, line=None, data={}, **said)

    def end(self, run: int) -> None:
        """Forget a run."""
        self._told.pop(run, None)

    def load(self, procedure: str, names: Iterable[Path]) -> None:
        """Import what a procedure requires; raises CompileError, which names the procedure and the module."""
        for name in (".".join(map(str, path)) for path in names):
            try:
                taken = reserved(name)
                if taken is not None:
                    raise taken
                importlib.import_module(name)
            except Exception as error:
                text = str(error) if isinstance(error, CompileError) else f"{name}: {report.message_of(error)}"
                raise CompileError(procedure, f"requires: {text}") from error

    def find_spec(self, fullname: str, _path: Sequence[str] | None = None, _target: Any = None) -> ModuleSpec | None:
        """Return where to load a module from, if it is stored."""
        if fullname not in self._stored:
            return None
        return self.spec(fullname)

    def spec(self, name: str) -> ModuleSpec:
        """Return where to load a module from that is stored, or a package that only has stored modules below it."""
        return ModuleSpec(name, self, origin=f"distkv:module:{name}", is_package=self.has_children(name))

    def has_children(self, name: str) -> bool:
        """Whether modules are stored below this one."""
        return any(one.startswith(name + ".") for one in self._stored)

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
            exec(compile_module(name, stored.source), module.__dict__)  # noqa: S102  (what it is for)
        except BaseException as error:
            del self._loaded[name]
            if isinstance(error, Exception):
                self._failed(stored, error)
            if isinstance(error, NeedsError) and error.name == name:
                self._blame(error)
            raise

    def _load_required(self, name: str) -> None:
        """Load what a module says that it requires, so that every run that uses it uses that too."""
        for required in self._dependencies.requires(name):
            try:
                self._import_module(required)
            finally:
                self._note(name, required, (), ())

    def _blame(self, error: NeedsError) -> None:
        """Say of the others in the chain, too, that they cannot be loaded, and of one that is missing that it is."""
        for name in dict.fromkeys(error.chain[1:]):
            stored = self._stored.get(name)
            if stored is not None and name != error.name:
                self._failed(stored, error)
            elif stored is None:
                for run in self._runs(None):
                    self._tell(run, name)

    def _failed(self, stored: _Stored, error: Exception) -> None:
        if isinstance(error, CompileError):
            said: dict[str, Any] = {"type": "CompileError", "message": str(error), "trace": None, "line": error.line}
            said["kind"] = "compile"
        else:
            said = {"kind": "error", **report.describe(error, f"distkv:module:{'.'.join(map(str, stored.path))}")}
        for run in self._runs(None):
            self._told.get(run, set()).add(".".join(map(str, stored.path)))
            self._link.report(op="imported", run=run, path=stored.path, version=stored.version, data={}, **said)

    def _watched_import(
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
            self._note(by, full, fromlist or (), missing)

    def _watched_import_module(self, name: str, package: str | None = None) -> ModuleType:
        full = resolve_name(name, package) if name.startswith(".") and package else name
        missing: Iterable[str] = ()
        try:
            return self._import_module(name, package)
        except ImportError:
            missing = (full,)
            raise
        finally:
            self._note(None, full, (), missing)

    def _note(self, by: str | None, full: str, fromlist: Iterable[str], missing: Iterable[str]) -> None:
        """Stored code, of this name, has imported that: keep account of all of it that is stored, or was looked for."""
        parts = full.split(".")
        names = [".".join(parts[: i + 1]) for i in range(len(parts))] + [f"{full}.{one}" for one in fromlist]
        found = [name for name in names if name in self._loaded]
        found += [name for name in missing if name not in sys.modules and reserved(name) is None]
        if not found:
            return
        if by in self._loaded:
            self._needs.setdefault(by, set()).update(found)
        for run in self._runs(by):
            for name in found:
                self._tell(run, name)

    def _runs(self, by: str | None) -> list[int]:
        """Whose import it is: that of the run at work, and of all that use the module that has it."""
        current = logs.current_run()
        if current is not None:
            return [run for run, told in self._told.items() if run == current or by in told]
        return list(self._told)

    def _tell(self, run: int, name: str) -> None:
        told = self._told.get(run)
        if told is None or name in told:
            return
        told.add(name)
        path = self._stored[name].path if name in self._stored else Path(*name.split("."))
        self._link.report(op="imported", run=run, path=path, version=self._loaded.get(name, 0))
        for needed in list(self._needs.get(name, ())):
            self._tell(run, needed)


class _Last(MetaPathFinder):
    """Finds packages that hold stored modules and have no code of their own, after all that is installed."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules

    def find_spec(self, fullname: str, _path: Sequence[str] | None = None, _target: Any = None) -> ModuleSpec | None:
        """Return the specification of a package without code."""
        return self._modules.spec(fullname) if self._modules.has_children(fullname) else None
