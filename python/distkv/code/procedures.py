"""Stored procedures, called by name."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from ..client import Client, Handler, open_client
from ..errors import ErrorRoot
from ..exceptions import CompileError, NoSuchProcedureError
from ..runner.globals import procedure_globals
from ..schema import ProcedureEntry, is_foreign, name_of, required_paths
from ..util import Path, attrdict
from .compiler import Procedure, compile_entry, forget_source
from .group_call import call_in_group
from .importer import refuse_unjudged
from .modules import ModuleRoot
from .requirements import modules_for

__all__ = ["CodeRoot"]


class CodeRoot(Handler):
    """
    The stored procedures: ``cr = await CodeRoot.as_handler(client)``, then ``cr("forty.two", …)``.

    Procedures are compiled when they are stored or change. One that does not compile is recorded in the error tree
    (subsystem ``compile``) and raises its CompileError when called; the record is resolved once it compiles again.
    The modules that a procedure requires are loaded before it is called; other modules are not loaded.
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
        """Load the procedures, and the error tree, where errors of compilation are recorded."""
        refuse_unjudged("CodeRoot")
        self._errors = await ErrorRoot.as_handler(self.client)
        await super().start()

    def __call__(self, name: str | Path | Iterable[Any], /, *args: Any, **kwargs: Any) -> Any:
        """
        Run a procedure: by dotted text, a tuple of names, or a path below the prefix. See `Procedure.__call__`.

        Its globals include ``_client`` (this client), ``_cfg``, ``_cls``, ``_digits``, ``_log``, ``_P`` and ``_Path``.
        Raises NoSuchProcedureError, CompileError, MissingVariablesError, and whatever the procedure raises.
        """
        procedure = self.procedure(name)
        given = procedure_globals(self.client, self.client.config, logging.getLogger(procedure.name))
        return procedure(*args, **{**given, **kwargs})

    async def call(self, name: str | Path | Iterable[Any], /, *, group: str, **variables: Any) -> Any:
        """
        Run a procedure on any one node of a group, and return its result.

        It runs as a job that is deleted when its caller is gone, and is started at most once. Raises
        ProcedureFailedError if it fails there, CallLostError if it was ended before it was done (for example because
        its node died), NotBegunError if no runner of the group starts it within 10 s.
        """
        # A connection has one session, and this one's may be in use.
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
        for module in self._required_modules(path, self.requires(path) or ()):
            importlib.import_module(name_of(module))
        return found

    def requires(self, path: Path) -> Sequence[Path] | None:
        """Return what a stored procedure requires, None if there is no procedure."""
        entry = self.get(path)
        if entry is None or path in self._foreign:
            return None
        return required_paths(name_of(path), entry.value)

    def _required_modules(self, path: Path, requires: Sequence[Path]) -> list[Path]:
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
        CompileError, and stores nothing, if the procedure does not compile, requires something that is not stored, or
        requires itself.
        """
        entry = ProcedureEntry(code, is_async, tuple(variables), default or {}, tuple(requires))
        compile_entry(name_of(path), entry)
        if entry.requires:
            await self._open_modules()
            self._required_modules(path, entry.requires)
        await self.wait_tock((await self.client.set(self.path + path, entry.encode())).tock)

    async def remove(self, path: Path) -> None:
        """Delete a procedure and wait until that is known here."""
        await self.wait_tock((await self.client.delete(self.path + path)).tock)

    async def prepare(self, path: Path, entry: attrdict | None) -> None:  # noqa: ARG002
        """Make modules importable before a procedure that requires some can be called."""
        value = None if entry is None else entry.value
        if isinstance(value, Mapping) and value.get("requires") and not is_foreign(value):
            await self._open_modules()

    async def changed(self, path: Path, entry: attrdict | None) -> None:
        """
        Compile a procedure that was stored.

        Up to the first ``await`` nothing else runs: code that sees the entry can call it.
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
                self._procedures[path] = compile_entry(name, ProcedureEntry.decode(name, entry.value))
            except CompileError as error:
                self._procedures[path] = failure = error
        if self._errors is not None and path not in self._foreign:
            await self._errors.compiled(self.path + path, failure)

    async def _open_modules(self) -> None:
        """Follow the stored modules, too, since a procedure requires some."""
        if self._modules is None:
            self._modules = await ModuleRoot.importable(self.client)


def _path(name: str | Path | Iterable[Any]) -> Path:
    path = Path(*name.split(".")) if isinstance(name, str) else Path.build(name)
    if not path.elements:
        raise NoSuchProcedureError("the empty path is no procedure's name")
    return path
