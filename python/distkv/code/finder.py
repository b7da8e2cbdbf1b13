"""The part of Python's import system that finds stored modules."""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Container, Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any, Protocol

from ..exceptions import CompileError

__all__ = ["StoredModuleFinder", "reserved"]

_RESERVED = sys.stdlib_module_names | {"anyio", "distkv", "msgpack"}


def reserved(name: str) -> CompileError | None:
    """Return the error of a stored module whose name is, before any dot, one of Python's or of ours."""
    if name.partition(".")[0] not in _RESERVED:
        return None
    return CompileError(name, "this name belongs to Python or to DistKV (expected: another name)")


class Names(Container[str], Iterable[str], Protocol):
    """The names of stored modules."""


class StoredModuleFinder(MetaPathFinder, Loader):
    """
    Finds stored modules; a subclass loads them.

    A stored module comes before an installed one of the same name; a package that exists only because modules are
    stored below it comes after, so that a stored ``numpy.mine`` does not hide an installed numpy.
    """

    def __init__(self) -> None:
        self._packages = _PackageFinder(self)

    @property
    @abstractmethod
    def stored(self) -> Names:
        """The names of the stored modules."""

    def find_spec(self, fullname: str, _path: Sequence[str] | None = None, _target: Any = None) -> ModuleSpec | None:
        """Return the specification of a stored module."""
        return self.spec(fullname) if fullname in self.stored else None

    def spec(self, name: str) -> ModuleSpec:
        """Return the specification of a stored module, or of a package without code."""
        return ModuleSpec(name, self, origin=f"distkv:module:{name}", is_package=self.has_children(name))

    def has_children(self, name: str) -> bool:
        """Whether modules are stored below this one."""
        return any(stored.startswith(name + ".") for stored in self.stored)

    def install(self) -> None:
        """Become part of the import system of this process."""
        sys.meta_path.insert(0, self)
        sys.meta_path.append(self._packages)

    def uninstall(self) -> None:
        """Leave the import system."""
        sys.meta_path.remove(self)
        sys.meta_path.remove(self._packages)


class _PackageFinder(MetaPathFinder):
    """Finds packages that hold stored modules and have no code of their own, after everything installed."""

    def __init__(self, finder: StoredModuleFinder) -> None:
        self._finder = finder

    def find_spec(self, fullname: str, _path: Sequence[str] | None = None, _target: Any = None) -> ModuleSpec | None:
        """Return the specification of a package without code."""
        return self._finder.spec(fullname) if self._finder.has_children(fullname) else None
