"""Which modules must be imported before code that requires others can run; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ..exceptions import CompileError
from ..schema import name_of
from ..util import Path

__all__ = ["Requires", "modules_for"]

Requires = Callable[[Path], "Sequence[Path] | None"]
"""Returns what the module, or procedure, at a path requires; None if there is none that can be used."""

_MAX_DEPTH: Final = 100


def modules_for(path: Path, requires: Sequence[Path], module: Requires, procedure: Requires | None) -> list[Path]:
    """
    Return the modules to be imported before this code, each after those that it requires.

    Without ``procedure`` the code is a module, which can only require modules. Raises CompileError, whose text names
    the chain, if something is missing or requires itself.
    """
    search = _Search(name_of(path), module, procedure)
    search.visit(procedure is None, path, requires)
    return search.modules


class _Search:
    def __init__(self, name: str, module: Requires, procedure: Requires | None) -> None:
        self.modules: list[Path] = []
        self._name = name
        self._module = module
        self._procedure = procedure
        self._chain: list[tuple[bool, Path]] = []
        self._done: set[tuple[bool, Path]] = set()

    def visit(self, is_module: bool, path: Path, requires: Sequence[Path]) -> None:
        self._chain.append((is_module, path))
        if len(self._chain) > _MAX_DEPTH:
            raise CompileError(self._name, f"requires: a chain of more than {_MAX_DEPTH} (expected: a shorter one)")
        for name in requires:
            piece, needed = self._find(is_module, name)
            if piece in self._chain:
                text = self._arrows(self._chain[self._chain.index(piece) :], name)
                raise CompileError(
                    self._name, f"requires: {text} is a cycle (expected: code that does not require itself)"
                )
            if piece not in self._done:
                self.visit(*piece, needed)
                self._done.add(piece)
                if piece[0]:
                    self.modules.append(name)
        self._chain.pop()

    def _find(self, by_module: bool, name: Path) -> tuple[tuple[bool, Path], Sequence[Path]]:
        needed = self._module(name)
        if needed is not None:
            return (True, name), needed
        if not by_module and self._procedure is not None:
            needed = self._procedure(name)
            if needed is not None:
                return (False, name), needed
        expected = "a module" if by_module else "a module or procedure"
        text = f"requires: {name} is not stored: {self._arrows(self._chain, name)} (expected: {expected} of that name)"
        raise CompileError(self._name, text)

    @staticmethod
    def _arrows(chain: Sequence[tuple[bool, Path]], last: Path) -> str:
        return " → ".join(str(path) for path in (*(path for _, path in chain), last))
