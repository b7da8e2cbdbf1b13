"""What the page says about stored modules, sentence by sentence, against a real server."""

import importlib
import sys
import traceback

import anyio
import pytest
from helpers import until

from distkv.code import CodeRoot, CompileError, ModuleRoot
from distkv.errors import ErrorRoot
from distkv.util import P

pytestmark = pytest.mark.anyio

HELLO = "def quux(x='world'):\n    return 'hello ' + x\n"


@pytest.fixture(autouse=True)
def forget_modules():
    before = set(sys.modules), list(sys.meta_path)
    yield
    for name in set(sys.modules) - before[0]:
        if name.startswith("stored_"):
            del sys.modules[name]
    assert sys.meta_path == before[1], "a client's end takes it out of the import system"


async def store(client, name, code):
    return await client.set(P(":.distkv.code.module") + P(name), {"code": code})


async def test_modules_are_used_by_normal_import_statements(server):
    async with server.client() as client:
        await store(client, "stored_bongo", HELLO)
        await ModuleRoot.as_handler(client)
        import stored_bongo
        from stored_bongo import quux

        assert stored_bongo.quux() == quux() == "hello world"
        assert stored_bongo.__name__ == "stored_bongo"


async def test_stored_code_imports_stored_modules(server):
    async with server.client() as client:
        await store(client, "stored_bongo", HELLO)
        await store(client, "stored_user", "from stored_bongo import quux\ndef loud():\n    return quux('you').upper()")
        await client.set(P(":.distkv.code.proc.greet"), {"code": "import stored_user\nreturn stored_user.loud()"})
        await ModuleRoot.as_handler(client)
        cr = await CodeRoot.as_handler(client)
        assert cr("greet") == "HELLO YOU"


async def test_the_location_for_modules_is_configurable(server):
    async with server.client(modules={"prefix": "test.modules"}) as client:
        await client.set(P("test.modules.stored_else"), {"code": "x = 1"})
        mr = await ModuleRoot.as_handler(client)
        assert mr.path == P("test.modules")
        import stored_else

        assert stored_else.x == 1


async def test_all_modules_are_loaded_into_the_python_interpreter(server):
    async with server.client() as client:
        await store(client, "stored_good.deep", "x = 1\n")
        await store(client, "stored_import", "import stored_never\n")
        await store(client, "stored_raise", "raise ValueError('owch')\n")
        await store(client, "stored_exit", "import sys\nsys.exit(3)\n")
        await store(client, "stored_syntax", "x = (\n")
        await store(client, "stored_zebra", "import stored_good.deep\n")
        await ModuleRoot.as_handler(client)
        assert sys.modules["stored_good.deep"].x == 1
        assert {"stored_good", "stored_zebra"} < set(sys.modules)
        errors = await ErrorRoot.as_handler(client)
        await until(errors, lambda: sum(len(one.nodes) for one in errors.all_errors("compile")) == 4)
        said = {one.path[-1]: one.message for one in errors.all_errors("compile")}
        assert "No module named 'stored_never'" in said["stored_import"]
        assert said["stored_raise"] == "failed while it loaded: ValueError: owch"
        assert said["stored_exit"] == "failed while it loaded: SystemExit: 3"
        assert said["stored_syntax"].startswith("Does not compile: stored_syntax, line 1: ")
        with pytest.raises(ModuleNotFoundError, match="stored_never"):
            import stored_import  # noqa: F401


async def test_a_module_that_changes_is_loaded_anew_with_those_that_need_it(server):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        errors = await ErrorRoot.as_handler(client)
        await mr.add(P("stored_user"), "import stored_used\ny = stored_used.x + 1")
        assert "stored_user" not in sys.modules
        await mr.add(P("stored_used"), "x = 1")
        assert sys.modules["stored_user"].y == 2
        assert not list(errors.all_errors("compile"))
        await mr.add(P("stored_used"), "x = 5")
        assert sys.modules["stored_user"].y == 6


async def test_dotted_names_are_packages(server):
    async with server.client() as client:
        await store(client, "stored_pack.sub.leaf", "from . import twig\nfrom ..other import y\nx = twig.z + y\n")
        await store(client, "stored_pack.sub.twig", "z = 1\n")
        await store(client, "stored_pack.other", "y = 2\n")
        await store(client, "stored_full", "name = __name__\n")
        await store(client, "stored_full.part", "import stored_full\nname = stored_full.name\n")
        await ModuleRoot.as_handler(client)
        import stored_full.part
        import stored_pack.sub.leaf

        assert stored_pack.sub.leaf.x == 3
        assert stored_full.part.name == "stored_full"


async def test_a_module_that_becomes_a_package_is_one(server):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        await mr.add(P("stored_grow"), "x = 1")
        import stored_grow

        assert not hasattr(stored_grow, "__path__")
        await mr.add(P("stored_grow.up"), "y = 2")
        import stored_grow.up

        assert (stored_grow.x, stored_grow.up.y) == (1, 2)


async def test_a_changed_module_is_loaded_anew_and_what_was_imported_stays(server):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        await mr.add(P("stored_change"), "x = 1")
        old = importlib.import_module("stored_change")
        await mr.add(P("stored_change"), "x = 2")
        new = importlib.import_module("stored_change")
        assert (old.x, new.x) == (1, 2)
        await mr.remove(P("stored_change"))
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("stored_change")


async def test_a_module_that_does_not_compile_is_recorded_and_raises_where_it_is_imported(server):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        errors = await ErrorRoot.as_handler(client)
        path = P(":.distkv.code.module.stored_bad")
        await mr.wait_tock((await store(client, "stored_bad", "x = 1\ny = (\n")).tock)
        with pytest.raises(CompileError, match=r"^stored_bad, line 2: "):
            importlib.import_module("stored_bad")
        assert not errors.get_error_record("compile", path).resolved
        await mr.add(P("stored_bad"), "x = 2")
        assert importlib.import_module("stored_bad").x == 2
        assert errors.get_error_record("compile", path).resolved
        await mr.wait_tock((await store(client, "stored_bad", "y = (\n")).tock)
        assert not errors.get_error_record("compile", path).resolved
        await mr.remove(P("stored_bad"))
        assert errors.get_error_record("compile", path).resolved


@pytest.mark.parametrize("thread", [False, True])
async def test_a_module_that_fails_while_it_loads_is_recorded_with_its_trace(server, thread):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        errors = await ErrorRoot.as_handler(client)
        await mr.add(P("stored_fail.deep"), "x = 1\nraise ValueError('owch')\n")

        async def load():
            if thread:
                await anyio.to_thread.run_sync(importlib.import_module, "stored_fail.deep")
            else:
                importlib.import_module("stored_fail.deep")

        with pytest.raises(ValueError, match="owch") as caught:
            await load()
        trace = "".join(traceback.format_exception(caught.value))
        assert 'File "distkv:module:stored_fail.deep", line 2' in trace
        assert "raise ValueError('owch')" in trace
        await until(errors, lambda: [one for one in errors.all_errors("compile") if one.nodes])
        (record,) = errors.all_errors("compile")
        assert record.path == P(":.distkv.code.module.stored_fail.deep")
        assert "owch" in record.nodes["here"].trace


async def test_the_names_of_pythons_own_modules_cannot_be_taken(server):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        errors = await ErrorRoot.as_handler(client)
        await mr.wait_tock((await store(client, "colorsys", "x = 1")).tock)
        assert not hasattr(importlib.import_module("colorsys"), "x")
        assert errors.get_error_record("compile", P(":.distkv.code.module.colorsys"))


async def test_a_module_with_a_name_of_pythons_is_refused(server):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        with pytest.raises(CompileError, match=r"json\.tool: this name belongs to Python"):
            await mr.add(P("json.tool"), "x = 1")
        assert "value" not in await client.get(mr.path + P("json.tool"))


async def test_a_stored_module_below_an_installed_package_does_not_hide_it(server):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        await mr.add(P("pytest.stored_mine"), "x = 1")
        before = sys.modules.pop("pytest")
        try:
            assert importlib.import_module("pytest").__file__ == before.__file__
            assert importlib.import_module("pytest.stored_mine").x == 1
        finally:
            sys.modules["pytest"] = before
            sys.modules.pop("pytest.stored_mine", None)
