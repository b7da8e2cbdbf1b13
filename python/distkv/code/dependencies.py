"""The dependencies between stored modules; pure."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..exceptions import CompileError

__all__ = ["Dependencies", "DependencyError", "Import", "imports_of"]

_MAX_DEPTH: Final = 100


class DependencyError(CompileError):
    """A stored module cannot be loaded because of a dependency; ``chain`` names the modules that led there."""

    def __init__(self, name: str, reason: str, chain: tuple[str, ...] = ()) -> None:
        super().__init__(name, reason)
        self.chain = chain

    def again(self) -> DependencyError:
        """Return this error as a new exception, to be raised once more."""
        return DependencyError(self.name, self.reason, self.chain)


@dataclass(frozen=True)
class Import:
    """
    An import that is made while a module is loaded: of a module, or of names from it.

    ``level`` counts the dots before ``module``, as in the syntax tree.
    """

    module: str
    names: tuple[str, ...] | None
    level: int

    def targets(self, importer: str, stored: Container[str], *, is_package: bool) -> Iterator[str]:
        """Iterate over the modules that this import loads, if they are stored; ``importer`` is the importing module."""
        base = self._base(importer, is_package)
        if base is None:
            return
        parts = base.split(".")
        for parent in (".".join(parts[:end]) for end in range(1, len(parts))):
            if not f"{importer}.".startswith(f"{parent}."):
                yield parent
        if self.names is None:
            yield base
            return
        below = [f"{base}.{name}" if base else name for name in self.names]
        own = f"{importer}.".startswith(f"{base}.")
        # The package around a module is being loaded anyway; it counts only for names defined in it.
        if not own or any(one not in stored for one in below):
            yield base
        yield from below

    def _base(self, importer: str, is_package: bool) -> str | None:
        if not self.level:
            return self.module
        package = importer.split(".") if is_package else importer.split(".")[:-1]
        if self.level > len(package):
            return None
        parts = package[: len(package) - self.level + 1]
        return ".".join([*parts, self.module] if self.module else parts)


def imports_of(tree: ast.Module) -> tuple[Import, ...]:
    """Return the imports made while a module is loaded: all except those in functions and those for type checkers."""
    found: list[Import] = []
    open_: list[ast.AST] = list(reversed(tree.body))
    while open_:
        node = open_.pop()
        if isinstance(node, ast.Import):
            found += [Import(one.name, None, 0) for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(Import(node.module or "", tuple(one.name for one in node.names), node.level))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.expr)):
            continue
        elif isinstance(node, ast.If) and _is_type_checking(node.test):
            open_ += reversed(node.orelse)
        else:
            open_ += reversed(list(ast.iter_child_nodes(node)))
    return tuple(found)


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name == "TYPE_CHECKING"


@dataclass(frozen=True)
class _Edges:
    requires: tuple[str, ...]
    imports: tuple[Import, ...]


class Dependencies:
    """The dependencies between the stored modules: their ``requires``, and their imports."""

    def __init__(self) -> None:
        self._modules: dict[str, _Edges] = {}
        self._checked: set[str] = set()
        self._targets: dict[str, tuple[str, ...]] = {}

    def put(self, name: str, requires: Iterable[str] = (), imports: Iterable[Import] = ()) -> None:
        """Add or replace a module."""
        self._modules[name] = _Edges(tuple(requires), tuple(imports))
        self._forget()

    def remove(self, name: str) -> None:
        """Remove a module."""
        if self._modules.pop(name, None) is not None:
            self._forget()

    def _forget(self) -> None:
        self._checked.clear()
        self._targets.clear()

    def requires(self, name: str) -> Sequence[str]:
        """Return the ``requires`` of a module."""
        return self._modules[name].requires if name in self._modules else ()

    def users(self, name: str) -> set[str]:
        """Return the modules that depend on this one, directly or not, and itself; it need not be stored."""
        users: dict[str, list[str]] = {}
        for one in self._modules:
            for needed in (*self._all_targets(one), *self.requires(one)):
                users.setdefault(needed, []).append(one)
        found, open_ = {name}, [name]
        while open_:
            for user in users.get(open_.pop(), ()):
                if user not in found:
                    found.add(user)
                    open_.append(user)
        return found

    def check(self, name: str) -> None:
        """Raise DependencyError if a dependency of this module is not stored, or depends on itself."""
        self._visit(name, [])

    def check_change(self, name: str, requires: Iterable[str], imports: Iterable[Import]) -> None:
        """Raise DependencyError if `check` would after this change."""
        before = self._modules.get(name)
        self.put(name, requires, imports)
        try:
            self.check(name)
        finally:
            self._forget()
            if before is None:
                del self._modules[name]
            else:
                self._modules[name] = before

    def _visit(self, name: str, chain: list[str]) -> None:
        """Visit the dependencies of a module; ``chain`` is what led to it."""
        chain.append(name)
        if len(chain) > _MAX_DEPTH:
            raise DependencyError(chain[0], f"requires: a chain of more than {_MAX_DEPTH} (expected: a shorter one)")
        for how, needed in self._edges(name):
            if needed in chain:
                cycle = (*chain[chain.index(needed) :], needed)
                raise DependencyError(
                    chain[0],
                    f"{how}: {_arrows(cycle)} is a cycle (expected: modules that do not need themselves)",
                    (*chain, needed),
                )
            if needed not in self._modules:
                reason = (
                    f"requires: {needed} is not stored: {_arrows((*chain, needed))} (expected: a module of that name)"
                )
                raise DependencyError(chain[0], reason, (*chain, needed))
            if needed not in self._checked:
                self._visit(needed, chain)
        self._checked.add(chain.pop())

    def _edges(self, name: str) -> Iterator[tuple[str, str]]:
        for required in self.requires(name):
            yield "requires", required
        for imported in self._all_targets(name):
            if imported in self._modules:
                yield "imports", imported

    def _all_targets(self, name: str) -> tuple[str, ...]:
        found = self._targets.get(name)
        if found is None and name in self._modules:
            package = any(one.startswith(name + ".") for one in self._modules)
            found = tuple(
                dict.fromkeys(
                    target
                    for one in self._modules[name].imports
                    for target in one.targets(name, self._modules, is_package=package)
                )
            )
            self._targets[name] = found
        return found or ()


def _arrows(chain: Sequence[str]) -> str:
    return " → ".join(chain)
