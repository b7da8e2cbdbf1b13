"""
The compiler of stored code; pure except for the line cache, which lets tracebacks show the stored lines.

A procedure is the body of a function. It becomes one in the syntax tree, not by indenting its text, so line numbers
are those that the author sees, and multi-line strings stay as written.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import keyword
import linecache
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from types import CodeType, FunctionType
from typing import Any

import anyio.to_thread

from ..exceptions import CompileError, MissingVariablesError
from ..schema.code import Mode, ProcedureEntry
from .dependencies import Import, imports_of

__all__ = [
    "Procedure",
    "compile_entry",
    "compile_module",
    "compile_procedure",
    "file_of",
    "forget_source",
    "module_imports",
]


@dataclass(frozen=True)
class Procedure:
    """A compiled procedure. Calling it runs it as its mode says."""

    name: str
    mode: Mode
    vars: tuple[str, ...]
    """The required parameters, in the order in which positional arguments fill them."""
    default: Mapping[str, Any]
    """Values of arguments that a call does not pass."""
    code: CodeType

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """
        Run the procedure and return its value, or an awaitable for it unless the mode is "sync".

        Positional arguments fill the required variables in order. Other arguments by name are the procedure's
        globals. Raises MissingVariablesError, TypeError for too many positional arguments, and whatever
        the procedure raises.
        """
        run = self.bind(args, kwargs)
        return anyio.to_thread.run_sync(run) if self.mode == "thread" else run()

    def bind(self, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None) -> partial[Any]:
        """Return the call with these arguments; it returns the value or, if "async", a coroutine."""
        if len(args) > len(self.vars):
            takes = ", ".join(self.vars) or "none"
            raise TypeError(
                f"{self.name}: {len(args)} positional arguments (expected: at most {len(self.vars)}: {takes})"
            )
        by_name = {**self.default, **(kwargs or {})}
        taken = set(self.vars[: len(args)]) & set(kwargs or ())
        if taken:
            raise TypeError(f"{self.name}: {', '.join(sorted(taken))} passed twice, by position and by name")
        rest = self.vars[len(args) :]
        missing = tuple(name for name in rest if name not in by_name)
        if missing:
            raise MissingVariablesError(self.name, missing)
        values = (*args, *(by_name.pop(name) for name in rest))
        for name in self.vars[: len(args)]:
            by_name.pop(name, None)
        scope = {"__builtins__": builtins, "__name__": f"distkv:{self.name}", **by_name}
        return partial(FunctionType(self.code, scope, self.name), *values)


def compile_procedure(
    name: str,
    source: str,
    mode: Mode,
    vars: Iterable[str] = (),  # noqa: A002  (the word of the stored record)
    default: Mapping[str, Any] | None = None,
) -> Procedure:
    """
    Compile a stored procedure.

    ``name`` (``forty.two``) is its name in errors and tracebacks. Raises CompileError, which names it and the line.
    """
    names = _variables(name, vars)
    if not isinstance(source, str):
        raise CompileError(name, f"code: a {type(source).__name__} (expected: text)")
    code = _function(name, source, mode, names)
    _show_source(file_of(name), source)
    return Procedure(name, mode, names, dict(default or {}), code)


def compile_entry(name: str, entry: ProcedureEntry) -> Procedure:
    """Compile a procedure as it is stored; raises CompileError."""
    return compile_procedure(name, entry.code, entry.mode, entry.vars, entry.default)


@lru_cache(maxsize=64)
def _function(name: str, source: str, mode: Mode, names: tuple[str, ...]) -> CodeType:
    """Compile the body of a function; jobs that run the same code share the result."""
    file = file_of(name)
    tree = _parse(name, source, file)
    hoisted = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    body = [node for node in tree.body if node not in hoisted] or [ast.Pass(lineno=1, col_offset=0)]
    kind = ast.AsyncFunctionDef if mode == "async" else ast.FunctionDef
    parameters = [ast.arg(arg=one, lineno=1, col_offset=0) for one in names]
    function: Any = kind(
        name=name,  # any text is a valid name here, since no code refers to it
        args=ast.arguments(posonlyargs=[], args=parameters, kwonlyargs=[], kw_defaults=[], defaults=[]),
        body=body,
        decorator_list=[],
        lineno=1,
        col_offset=0,
    )
    function.type_params = []
    code = _compile(name, ast.Module(body=[*hoisted, function], type_ignores=[]), file)
    inner = next(const for const in code.co_consts if isinstance(const, CodeType))
    if inner.co_flags & inspect.CO_ASYNC_GENERATOR:
        raise CompileError(name, "'yield' in an asynchronous procedure (expected: return)")
    return inner


def compile_module(name: str, source: str) -> CodeType:
    """Compile a stored module; raises CompileError, which names it and the line."""
    file = file_of(name, module=True)
    code = _compile(name, _parse(name, source, file), file)
    _show_source(file, source)
    return code


def module_imports(name: str, source: str) -> tuple[Import, ...]:
    """Return the imports that loading a module makes; none if it does not compile."""
    try:
        return imports_of(_parse(name, source, file_of(name, module=True)))
    except CompileError:
        return ()


def file_of(name: str, *, module: bool = False) -> str:
    """Return the file name that tracebacks show for a procedure or module."""
    return f"distkv:module:{name}" if module else f"distkv:{name}"


def forget_source(name: str, *, module: bool = False) -> None:
    """Remove the lines that tracebacks show for this procedure or module."""
    linecache.cache.pop(file_of(name, module=module), None)


def _variables(name: str, given: Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise CompileError(name, f"vars: {given!r} (expected: a list of names)")
    names = tuple(given)
    for one in names:
        if not isinstance(one, str) or not one.isidentifier() or keyword.iskeyword(one) or names.count(one) > 1:
            raise CompileError(name, f"vars: {one!r} (expected: names, each once)")
    return names


def _parse(name: str, source: Any, file: str) -> ast.Module:
    if not isinstance(source, str):
        raise CompileError(name, f"code: a {type(source).__name__} (expected: text)")
    try:
        return ast.parse(source, file)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _compile_error(name, error) from None


def _compile(name: str, tree: ast.Module, file: str) -> CodeType:
    try:
        # dont_inherit: this module's own __future__ imports are not the stored code's.
        return compile(tree, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _compile_error(name, error) from None


def _show_source(file: str, source: str) -> None:
    """Make tracebacks show these lines."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)


def _compile_error(name: str, error: Exception) -> CompileError:
    if isinstance(error, SyntaxError):
        return CompileError(name, error.msg, error.lineno)
    return CompileError(name, str(error) or type(error).__name__)
