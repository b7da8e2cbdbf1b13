"""Stored procedures, called by name."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import ErrorRoot
from ..exceptions import CompileError, NoSuchProcedureError
from ..mirror import Handler
from ..runner.names import names
from ..util import Path, attrdict
from .compiler import Procedure, compile_procedure, forget_source, mode_of
from .groupcall import call_in_group
from .modules import ModuleRoot
from .needs import is_foreign, modules_for, name_of, requires_of

if TYPE_CHECKING:
    from ..client import Client

__all__ = ["CodeRoot"]


class CodeRoot(Handler):
    """
    The stored procedures: ``cr = await CodeRoot.as_handler(client)``, then ``cr("forty.two", …)``.

    Procedures are compiled when they are stored or change. One that does not compile is recorded in the error tree
    (subsystem ``compile``) and raises its CompileError when called; the record is resolved once it compiles again.
    What a procedure requires is loaded before it is called.
    """

    CFG: ClassVar[str] = "codes"

    def __init__(self, client: Client, path: Path) -> None:
        super().__init__(client, path)
        self._procedures: dict[Path, Procedure | CompileError] = {}
        self._foreign: set[Path] = set()
        """The procedures that are in another language."""
        self._errors: ErrorRoot | None = None
        self._modules: ModuleRoot | None = None

    async def start(self) -> None:
        """Load the procedures, and the error tree, where those go that do not compile."""
        self._errors = await ErrorRoot.as_handler(self.client)
        await super().start()

    def __call__(self, name: str | Path | Iterable[Any], /, *args: Any, **kwargs: Any) -> Any:
        """
        Run a procedure: by dotted text, a tuple of names, or a path below the prefix. See `Procedure.__call__`.

        It finds ``_client`` (this client), ``_cfg``, ``_cls``, ``_digits``, ``_log``, ``_P`` and ``_Path`` as globals.
        Raises NoSuchProcedureError, CompileError, MissingVariablesError, and whatever the procedure raises.
        """
        procedure = self.procedure(name)
        given = names(self.client, self.client.config, logging.getLogger(procedure.name))
        return procedure(*args, **{**given, **kwargs})

    async def call(self, name: str | Path | Iterable[Any], /, *, group: str, **variables: Any) -> Any:
        """
        Run a procedure on any one node of a group, and return its result.

        It runs as a job that vanishes with its caller, and begins at most once. Raises ProcedureFailedError if it fails
        there, CallLostError if it was ended before it was done (for example since its node has died), NotBegunError if
        no runner of the group begins it within 10 s.
        """
        from ..client import open_client

        # A connection has one session, and this one may be another's.
        async with open_client(**self.client.config) as own:
            return await call_in_group(own, group, _path(name), variables)

    def procedure(self, name: str | Path | Iterable[Any]) -> Procedure:
        """Return a compiled procedure; raises NoSuchProcedureError or CompileError."""
        path = _path(name)
        if path in self._foreign:
            raise NoSuchProcedureError(
                f"procedure {name_of(path)!r} is not in Python (expected: one that is; or call it in a group)"
            )
        found = self._procedures.get(path)
        if found is None:
            raise NoSuchProcedureError(f"no procedure {name_of(path)!r} is stored below {self.path}")
        if isinstance(found, CompileError):
            raise found.again()
        requires = self.requires(path)
        if requires:
            for module in self._needs(path, requires):
                importlib.import_module(name_of(module))
        return found

    def requires(self, path: Path) -> Sequence[Path] | None:
        """Return what a stored procedure says that it requires, None if there is no procedure."""
        entry = self.get(path)
        if entry is None or path in self._foreign:
            return None
        return requires_of(name_of(path), entry.value)

    def _needs(self, path: Path, requires: Sequence[Path]) -> list[Path]:
        modules = self._modules
        return modules_for(path, requires, (lambda _: None) if modules is None else modules.requires, self.requires)

    async def add(
        self,
        path: Path,
        code: str,
        *,
        is_async: bool | None = None,
        variables: Iterable[str] = (),
        default: Mapping[str, Any] | None = None,
        requires: Iterable[Path] = (),
    ) -> None:
        """
        Store a procedure and wait until it can be called here.

        ``requires`` are the modules that must be loaded before it, and the procedures that it calls. Raises
        CompileError, and stores nothing, if it does not compile, or requires what is not stored, or itself.
        """
        required = tuple(variables)
        compile_procedure(name_of(path), code, mode_of(is_async), required, default)
        value: dict[str, Any] = {
            "code": code,
            "is_async": is_async,
            "vars": required,
            **({"default": default} if default else {}),
        }
        needed = tuple(requires)
        if needed:
            await self._open_modules()
            self._needs(path, needed)
            value["requires"] = needed
        await self.wait_tock((await self.client.set(self.path + path, value)).tock)

    async def remove(self, path: Path) -> None:
        """Delete a procedure and wait until that is known here."""
        await self.wait_tock((await self.client.delete(self.path + path)).tock)

    async def prepare(self, path: Path, entry: attrdict | None) -> None:  # noqa: ARG002
        """Have the modules there before a procedure that requires some can be called."""
        value = None if entry is None else entry.value
        if isinstance(value, Mapping) and value.get("requires") and not is_foreign(value):
            await self._open_modules()

    async def changed(self, path: Path, entry: attrdict | None) -> None:
        """
        Compile what was stored.

        Up to the first ``await`` nothing else runs: whoever sees the entry can call it.
        """
        name = name_of(path)
        self._foreign.discard(path)
        failure = None
        if entry is None or is_foreign(entry.value):
            if entry is not None:
                self._foreign.add(path)
            self._procedures.pop(path, None)
            forget_source(name)
        else:
            try:
                requires_of(name, entry.value)
                self._procedures[path] = compile_stored(name, entry.value)
            except CompileError as error:
                self._procedures[path] = failure = error
        if self._errors is not None and path not in self._foreign:
            await self._errors.compiled(self.path + path, failure)

    async def _open_modules(self) -> None:
        """Follow the modules too: some procedure requires others."""
        if self._modules is None:
            self._modules = await ModuleRoot.as_handler(self.client)


def compile_stored(name: str, value: Any) -> Procedure:
    """Compile a procedure's stored record; raises CompileError."""
    if not isinstance(value, Mapping):
        raise CompileError(name, f"a {type(value).__name__} is stored (expected: a map with 'code')")
    default = value.get("default") or {}
    if not isinstance(default, Mapping):
        raise CompileError(name, f"default: {default!r} (expected: a map)")
    try:
        mode = mode_of(value.get("is_async"))
    except ValueError as error:
        raise CompileError(name, str(error)) from None
    return compile_procedure(name, value.get("code"), mode, value.get("vars") or (), default)  # type: ignore[arg-type]


def _path(name: str | Path | Iterable[Any]) -> Path:
    path = Path(*name.split(".")) if isinstance(name, str) else Path.build(name)
    if not path.elements:
        raise NoSuchProcedureError("the empty path is no procedure's name")
    return path
