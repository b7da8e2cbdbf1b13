"""Stored code: procedures and modules, and what they require of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ..exceptions import CompileError
from ..util import P, Path, PathSyntaxError

__all__ = ["Mode", "ModuleEntry", "ProcedureEntry", "is_foreign", "mode_of", "name_of", "required_paths"]

Mode = Literal["async", "sync", "thread"]
"""How a procedure runs: as a coroutine, in place, or in a worker thread."""

_MODES: Final[dict[Any, Mode]] = {True: "async", None: "sync", False: "thread"}


@dataclass(frozen=True)
class ProcedureEntry:
    """A stored procedure. Compiling it checks ``code`` and ``vars``."""

    code: Any
    is_async: bool | None = None
    vars: Any = ()
    """The names of the required variables."""
    default: Mapping[str, Any] = field(default_factory=dict)
    """Values of variables that a call does not pass."""
    requires: tuple[Path, ...] = ()

    @property
    def mode(self) -> Mode:
        """How the procedure runs."""
        return _MODES[self.is_async]

    @classmethod
    def decode(cls, name: str, value: Any) -> ProcedureEntry:
        """Read a stored value; raises CompileError, naming the procedure, the field, and what was expected."""
        if not isinstance(value, Mapping):
            raise CompileError(name, f"a {type(value).__name__} is stored (expected: a map with 'code')")
        default = value.get("default") or {}
        if not isinstance(default, Mapping):
            raise CompileError(name, f"default: {default!r} (expected: a map)")
        is_async = value.get("is_async")
        try:
            mode_of(is_async)
        except ValueError as error:
            raise CompileError(name, str(error)) from None
        requires = required_paths(name, value)
        return cls(value.get("code"), is_async, value.get("vars") or (), default, requires)

    def encode(self) -> dict[str, Any]:
        """Return the value to be stored."""
        value: dict[str, Any] = {"code": self.code, "is_async": self.is_async, "vars": self.vars}
        if self.default:
            value["default"] = self.default
        if self.requires:
            value["requires"] = self.requires
        return value


@dataclass(frozen=True)
class ModuleEntry:
    """A stored module. Compiling it checks ``code``."""

    code: Any
    requires: tuple[Path, ...] = ()

    @classmethod
    def decode(cls, name: str, value: Any) -> ModuleEntry:
        """Read a stored value, a map or just the source; raises CompileError as `required_paths` does."""
        code = value.get("code") if isinstance(value, Mapping) else value
        return cls(code, required_paths(name, value))

    def encode(self) -> dict[str, Any]:
        """Return the value to be stored."""
        return {"code": self.code, **({"requires": self.requires} if self.requires else {})}


def mode_of(is_async: bool | None) -> Mode:
    """Return the mode that a stored ``is_async`` stands for; raises ValueError for anything but true, false and nil."""
    if is_async is None or isinstance(is_async, bool):
        return _MODES[is_async]
    raise ValueError(f"is_async: {is_async!r} (expected: true, false or nil)")


def is_foreign(value: Any) -> bool:
    """Whether this stored value is code in another language than Python."""
    return isinstance(value, Mapping) and value.get("language", "python") != "python"


def name_of(path: Path) -> str:
    """Return the name of the procedure or module at this path."""
    return ".".join(map(str, path))


def required_paths(name: str, value: Any) -> tuple[Path, ...]:
    """Return the paths that a stored value requires; raises CompileError if ``requires`` is not a list of paths."""
    given = value.get("requires") if isinstance(value, Mapping) else None
    if given is None:
        return ()
    if isinstance(given, (str, bytes, Path)) or not isinstance(given, Sequence):
        raise CompileError(name, f"requires: {given!r} (expected: a list of paths)")
    paths = []
    for one in given:
        try:
            path = P(one) if isinstance(one, str) else Path.build(one)
        except (TypeError, ValueError, PathSyntaxError):
            path = Path()
        if not path.elements:
            raise CompileError(name, f"requires: {one!r} (expected: a list of paths, none of them empty)")
        paths.append(path)
    return tuple(paths)
