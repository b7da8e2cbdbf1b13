"""Stored modules, for plain ``import``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import anyio

from ..client import Client, Handler
from ..errors import ErrorRoot
from ..exceptions import CompileError
from ..schema import ModuleEntry, is_foreign, name_of, required_paths
from ..schema.errors import COMPILE
from ..util import Path, attrdict
from .compiler import compile_module, forget_source, module_imports
from .dependencies import Import
from .finder import reserved
from .importer import Importer, StoredModule, is_provided, refuse_unjudged
from .requirements import modules_for

__all__ = ["ModuleRoot"]

R = TypeVar("R", bound="ModuleRoot")


class ModuleRoot(Handler):
    """
    The stored modules: after ``await ModuleRoot.as_handler(client)`` plain ``import`` finds them.

    The module at ``a b`` below the prefix is ``a.b``; ``a`` is a package then, with or without code of its own.

    All are loaded, each after those that it requires; a module that changes is reloaded, with those that depend on it.
    Code that had imported the old one keeps it. A module that does not compile, fails while it loads, or requires or
    imports itself, raises that where it is imported and is recorded in the error tree (subsystem ``compile``); the
    others are loaded all the same. The names of Python's own modules cannot be used.

    In a runner's worker modules can be imported without this; there each is loaded once, when it is first imported,
    and runs that use a module that changes are restarted in another worker.
    """

    CFG: ClassVar[str] = "modules"

    def __init__(self, client: Client, path: Path) -> None:
        super().__init__(client, path)
        self._importer = Importer(self._record)
        self._errors: ErrorRoot | None = None
        self._loads_all = False
        """Whether all modules are loaded, not only those that are imported."""
        self._first_load = anyio.Lock()

    @classmethod
    async def as_handler(cls: type[R], client: Client, cfg: Mapping[str, Any] | None = None) -> R:
        """Return this client's instance, with all modules loaded; see `Handler.as_handler`."""
        root = await super().as_handler(client, cfg)
        await root._load_all()
        return root

    @classmethod
    async def importable(cls: type[R], client: Client) -> R:
        """Return this client's instance; modules can be imported, but are not loaded before they are."""
        return await super().as_handler(client)

    async def start(self) -> None:
        """Read the modules and be part of the import system until the client ends."""
        if not is_provided(self.path):
            refuse_unjudged("ModuleRoot")
        self._errors = await ErrorRoot.as_handler(self.client)
        await super().start()
        if not is_provided(self.path):
            await self.client.tasks.start(self._importer.run)

    async def _load_all(self) -> None:
        if is_provided(self.path):
            return
        async with self._first_load:
            if not self._loads_all:
                self._loads_all = True
                await self._load(sorted(self._importer.modules))

    async def _load(self, names: Iterable[str]) -> None:
        """Load these modules; a failure of one is recorded, and does not keep the others from being loaded."""
        for name in names:
            error = self._importer.load(name)
            if not isinstance(self._importer.modules.get(name), CompileError):
                # Otherwise it does not compile, which was recorded when it was stored.
                await self._record(name, error)

    async def _record(self, name: str, error: BaseException | None) -> None:
        """Record why a module could not be loaded, or (None) that it was."""
        if self._errors is None:
            return
        path = self.path + tuple(name.split("."))
        if error is None or isinstance(error, CompileError):
            await self._errors.compiled(path, error)
        else:
            message = f"failed while it loaded: {type(error).__name__}: {error}"
            await self._errors.record_error(COMPILE, path, exc=error, message=message)

    async def add(self, path: Path, code: str, *, requires: Iterable[Path] = ()) -> None:
        """
        Store a module and wait until it is loaded here.

        ``requires`` are the modules that must be loaded before it. Raises CompileError, and stores nothing, if the
        module does not compile, has a reserved name, requires a module that is not stored, or requires or imports
        itself.
        """
        name = name_of(path)
        taken = reserved(name)
        if taken is not None:
            raise taken
        compile_module(name, code)
        entry = ModuleEntry(code, tuple(requires))
        if entry.requires:
            modules_for(path, entry.requires, self.requires, None)
        self._importer.dependencies.check_change(name, map(name_of, entry.requires), module_imports(name, code))
        await self.wait_tock((await self.client.set(self.path + path, entry.encode())).tock)

    def requires(self, path: Path) -> Sequence[Path] | None:
        """Return what a stored module requires, None if there is no module; raises CompileError."""
        entry = self.get(path)
        if entry is None or is_foreign(entry.value):
            return None
        return required_paths(name_of(path), entry.value)

    async def remove(self, path: Path) -> None:
        """Delete a module and wait until that is known here."""
        await self.wait_tock((await self.client.delete(self.path + path)).tock)

    async def changed(self, path: Path, entry: attrdict | None) -> None:
        """Add a stored module to the import system, or remove it, and reload the modules that this affects."""
        name = name_of(path)
        if entry is None or is_foreign(entry.value):
            affected = self._importer.put(name, None)
            forget_source(name, module=True)
            if entry is None and self._errors is not None:
                await self._errors.compiled(self.path + path, None)
        else:
            affected = await self._compile(name, path, entry.value)
        if not self._loads_all:
            affected = [one for one in affected if one in self._importer.requested]
        await self._load(affected)

    async def _compile(self, name: str, path: Path, value: Any) -> list[str]:
        """Take a module as it is stored now; return the modules that this affects."""
        taken = reserved(name)
        was_broken = isinstance(self._importer.modules.get(name), CompileError)
        module, requires, imports = _compiled(name, value)
        affected = [] if taken else self._importer.put(name, module, requires=requires, imports=imports)
        broken = taken or module
        if self._errors is not None and isinstance(broken, CompileError):
            await self._errors.compiled(self.path + path, broken)
        elif self._errors is not None and (is_provided(self.path) or (was_broken and not self._loads_all)):
            await self._errors.compiled(self.path + path, None)
        return affected


def _compiled(name: str, value: Any) -> tuple[StoredModule, tuple[str, ...], tuple[Import, ...]]:
    """Return a module's code, or why there is none, with the names of what it requires, and its imports."""
    try:
        entry = ModuleEntry.decode(name, value)
        code = compile_module(name, entry.code)
        return code, tuple(map(name_of, entry.requires)), module_imports(name, entry.code)
    except CompileError as error:
        return error, (), ()
