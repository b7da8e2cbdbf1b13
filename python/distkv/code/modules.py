"""Stored modules, for plain ``import``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import ErrorRoot
from ..exceptions import CompileError
from ..mirror import Handler
from ..util import Path, attrdict
from .compiler import compile_module, forget_source
from .importer import Importer, StoredModule, is_provided, reserved
from .needs import is_foreign, modules_for, name_of, requires_of

if TYPE_CHECKING:
    from ..client import Client

__all__ = ["ModuleRoot"]


class ModuleRoot(Handler):
    """
    The stored modules: after ``await ModuleRoot.as_handler(client)`` plain ``import`` finds them.

    The module at ``a b`` below the prefix is ``a.b``; ``a`` is a package then, with or without code of its own. A
    module is loaded when it is first imported, and anew at its next import after it has changed; what was imported
    before stays as it was. One that does not compile, or fails while it loads, raises that where it is imported and
    is recorded in the error tree (subsystem ``compile``). The names of Python's own modules cannot be taken.

    In a runner's worker modules can be imported without this; there each is loaded once, and what has imported a module
    that changes is started again in another worker.
    """

    CFG: ClassVar[str] = "modules"

    def __init__(self, client: Client, path: Path) -> None:
        super().__init__(client, path)
        self._importer = Importer(self._failed)
        self._errors: ErrorRoot | None = None

    async def start(self) -> None:
        """Load the list of modules and join the import system until the client ends."""
        self._errors = await ErrorRoot.as_handler(self.client)
        await super().start()
        if not is_provided(self.path):
            await self.client.tasks.start(self._importer.run)

    async def add(self, path: Path, code: str, *, requires: Iterable[Path] = ()) -> None:
        """
        Store a module and wait until it can be imported here.

        ``requires`` are the modules that must be loaded before it. Raises CompileError, and stores nothing, if it does
        not compile, has a name of Python's or of ours, or requires what is not stored, or itself.
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
        """Take a stored module into the import system, or out of it."""
        name = name_of(path)
        if entry is None or is_foreign(entry.value):
            self._importer.put(name, None)
            forget_source(name, module=True)
            if entry is None and self._errors is not None:
                await self._errors.compiled(self.path + path, None)
            return
        module = reserved(name) or _compile(name, entry.value)
        if reserved(name) is None:
            self._importer.put(name, module)
        if self._errors is not None:
            await self._errors.compiled(self.path + path, module if isinstance(module, CompileError) else None)

    async def _failed(self, name: str, error: Exception) -> None:
        """A module raised while it was loaded."""
        if self._errors is not None:
            path = self.path + tuple(name.split("."))
            await self._errors.record_error("compile", path, exc=error, message="the module failed while it loaded")


def _compile(name: str, value: Any) -> StoredModule:
    code: Any = value.get("code") if isinstance(value, dict) else value
    try:
        return compile_module(name, code)
    except CompileError as error:
        return error
