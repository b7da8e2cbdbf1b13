"""Stored modules, for plain ``import``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import ErrorRoot
from ..exceptions import CompileError
from ..mirror import Handler
from ..util import Path, attrdict
from .compiler import compile_module, forget_source, module_imports
from .graph import Import
from .importer import Importer, StoredModule, is_provided, reserved
from .needs import is_foreign, modules_for, name_of, requires_of

if TYPE_CHECKING:
    from ..client import Client

__all__ = ["ModuleRoot"]


class ModuleRoot(Handler):
    """
    The stored modules: after ``await ModuleRoot.as_handler(client)`` plain ``import`` finds them.

    The module at ``a b`` below the prefix is ``a.b``; ``a`` is a package then, with or without code of its own.

    All are loaded, each after those that it requires; a module that changes is loaded anew, with those that need it.
    What was imported before stays as it was. One that does not compile, fails while it loads, or requires or imports
    itself, raises that where it is imported and is recorded in the error tree (subsystem ``compile``); the others are
    loaded all the same. The names of Python's own modules cannot be taken.

    In a runner's worker modules can be imported without this; there each is loaded once, when it is first imported,
    and what has imported a module that changes is started again in another worker.
    """

    CFG: ClassVar[str] = "modules"

    def __init__(self, client: Client, path: Path) -> None:
        super().__init__(client, path)
        self._importer = Importer(self._failed)
        self._errors: ErrorRoot | None = None
        self._started = False
        """Whether the modules that were there at first are known."""

    async def start(self) -> None:
        """Load the modules and be part of the import system until the client ends."""
        self._errors = await ErrorRoot.as_handler(self.client)
        await super().start()
        if not is_provided(self.path):
            await self.client.tasks.start(self._importer.run)
            self._started = True
            await self._load(sorted(self._importer.modules))

    async def _load(self, names: Iterable[str]) -> None:
        """Load these modules; what is wrong with one is recorded, and no reason not to load the others."""
        for name in names:
            error = self._importer.load(name)
            if not isinstance(self._importer.modules.get(name), CompileError):
                # Else it does not compile by itself, which was recorded when it was stored.
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
            await self._errors.record_error("compile", path, exc=error, message=message)

    async def add(self, path: Path, code: str, *, requires: Iterable[Path] = ()) -> None:
        """
        Store a module and wait until it is loaded here.

        ``requires`` are the modules that must be loaded before it. Raises CompileError, and stores nothing, if it does
        not compile, has a name of Python's or of ours, requires what is not stored, or requires or imports itself.
        """
        name = name_of(path)
        taken = reserved(name)
        if taken is not None:
            raise taken
        compile_module(name, code)
        value: dict[str, Any] = {"code": code}
        needed = tuple(requires)
        if needed:
            modules_for(path, needed, self.requires, None)
            value["requires"] = needed
        self._importer.dependencies.check_change(name, map(name_of, needed), module_imports(name, code))
        await self.wait_tock((await self.client.set(self.path + path, value)).tock)

    def requires(self, path: Path) -> Sequence[Path] | None:
        """Return what a stored module says that it requires, None if there is no module; raises CompileError."""
        entry = self.get(path)
        if entry is None or is_foreign(entry.value):
            return None
        return requires_of(name_of(path), entry.value)

    async def remove(self, path: Path) -> None:
        """Delete a module and wait until that is known here."""
        await self.wait_tock((await self.client.delete(self.path + path)).tock)

    async def changed(self, path: Path, entry: attrdict | None) -> None:
        """Take a stored module into the import system, or out of it, and load what that concerns."""
        name = name_of(path)
        if entry is None or is_foreign(entry.value):
            affected = self._importer.put(name, None)
            forget_source(name, module=True)
            if entry is None and self._errors is not None:
                await self._errors.compiled(self.path + path, None)
        else:
            taken = reserved(name)
            module, requires, imports = _compile(name, entry.value)
            affected = [] if taken else self._importer.put(name, module, requires=requires, imports=imports)
            broken = taken or module
            if self._errors is not None and isinstance(broken, CompileError):
                await self._errors.compiled(self.path + path, broken)
            elif self._errors is not None and is_provided(self.path):
                await self._errors.compiled(self.path + path, None)
        if self._started:
            await self._load(affected)

    async def _failed(self, name: str, error: Exception) -> None:
        """A module raised where somebody imported it."""
        await self._record(name, error)


def _compile(name: str, value: Any) -> tuple[StoredModule, tuple[str, ...], tuple[Import, ...]]:
    """Return a module's code, or why there is none, with the names of what it requires, and its imports."""
    code: Any = value.get("code") if isinstance(value, dict) else value
    try:
        compiled = compile_module(name, code)
        requires = tuple(name_of(path) for path in requires_of(name, value))
        return compiled, requires, module_imports(name, code)
    except CompileError as error:
        return error, (), ()
