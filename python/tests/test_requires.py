"""What code requires of other code, as clients see it."""

import importlib
import sys

import anyio
import pytest
from helpers import until

from distkv.code import CodeRoot, CompileError, ModuleRoot, NoSuchProcedureError
from distkv.code.requirements import modules_for
from distkv.errors import ErrorRoot
from distkv.schema.code import required_paths
from distkv.util import P, Path

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def forget_modules():
    yield
    for name in [name for name in sys.modules if name.startswith("stored_")]:
        del sys.modules[name]


def needs(path, modules, procedures=None):
    """What a procedure, or without others a module, is to load; requirements are lists of names."""

    def of(all_of_them):
        return lambda one: None if str(one) not in all_of_them else [P(name) for name in all_of_them[str(one)]]

    first = (modules if procedures is None else procedures)[path]
    found = modules_for(
        P(path), [P(name) for name in first], of(modules), None if procedures is None else of(procedures)
    )
    return [str(name) for name in found]


def test_what_is_required_is_loaded_first_transitively():
    modules = {"a": ["house.b"], "house.b": ["c"], "c": []}
    assert needs("main", modules, {"main": ["a", "other"], "other": ["c"]}) == ["c", "house.b", "a"]


def test_two_ways_to_the_same_module_are_no_cycle():
    assert needs("a", {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}) == ["d", "b", "c"]


def test_a_missing_module_is_an_error_that_names_the_chain():
    with pytest.raises(CompileError, match=r"^main: requires: b is not stored: main → a → b .*a module of that name"):
        needs("main", {"a": ["b"]}, {"main": ["a"]})
    with pytest.raises(CompileError, match=r"c is not stored: main → c .*a module or procedure of that name"):
        needs("main", {}, {"main": ["c"]})
    with pytest.raises(CompileError, match=r"p is not stored: main → a → p "):
        needs("main", {"a": ["p"]}, {"main": ["a"], "p": []})


def test_a_cycle_is_an_error_that_names_the_chain():
    with pytest.raises(CompileError, match=r"^main: requires: a → b → a is a cycle"):
        needs("main", {"a": ["b"], "b": ["a"]}, {"main": ["a"]})
    with pytest.raises(CompileError, match=r"^a: requires: a → a is a cycle"):
        needs("a", {"a": ["a"]})


def test_a_module_of_a_procedures_name_is_another_thing():
    assert needs("a", {"a": []}, {"a": ["a"]}) == ["a"]


@pytest.mark.parametrize("given", ["helper", 1, {"a": 1}, [1], [""], [[]], P("a.b")])
def test_requires_is_a_list_of_paths(given):
    with pytest.raises(CompileError, match=r"^x: requires: .* \(expected: a list of paths"):
        required_paths("x", {"code": "", "requires": given})


def test_a_path_is_one_or_a_list_or_a_text():
    assert required_paths("x", {"requires": (P("a.b"), ["a", "b"], "a.b")}) == (P("a.b"),) * 3
    assert required_paths("x", {"requires": None}) == required_paths("x", "text") == ()


async def test_what_a_procedure_requires_is_loaded_before_it_is_called(server):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        cr = await CodeRoot.as_handler(client)
        await mr.add(P("stored_low"), "LOADED = ['low']")
        await mr.add(
            P("stored_high"), "import stored_low\nstored_low.LOADED.append('high')", requires=[P("stored_low")]
        )
        await cr.add(P("main"), "import sys\nreturn sys.modules['stored_low'].LOADED", requires=[P("stored_high")])
        assert cr("main") == ["low", "high"]
    async with server.client() as client:  # one that has opened no ModuleRoot itself
        cr = await CodeRoot.as_handler(client)
        assert cr("main") == ["low", "high"]


async def test_a_procedure_that_is_seen_can_be_called(server):
    """One that requires modules takes a while to be taken in: it is there for `in` when it is there for a call."""
    async with server.client() as client:
        cr = await CodeRoot.as_handler(client)
        await client.set(P(":.distkv.code.module.stored_low"), {"code": "x = 1"})
        value = {"code": "return 7", "requires": [P("stored_low")]}
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.set, P(":.distkv.code.proc.main"), value)
            with anyio.fail_after(10):
                while P("main") not in cr:
                    with pytest.raises(NoSuchProcedureError):
                        cr("main")
                    await anyio.lowlevel.checkpoint()
            assert cr("main") == 7
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.delete, P(":.distkv.code.proc.main"))
            with anyio.fail_after(10):
                while P("main") in cr:
                    assert cr("main") == 7
                    await anyio.lowlevel.checkpoint()
            with pytest.raises(NoSuchProcedureError):
                cr("main")


async def test_a_modules_own_requirements_count_whatever_the_procedure_says(server):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        cr = await CodeRoot.as_handler(client)
        modules = mr.path
        await client.set(modules + P("stored_low"), {"code": "LOADED = ['low']"})
        high = "import sys\nsys.modules['stored_low'].LOADED.append('high')"
        await client.set(modules + P("stored_high"), {"code": high, "requires": [P("stored_low")]})
        await cr.add(P("main"), "import stored_high, stored_low\nreturn stored_low.LOADED")
        await until(mr, lambda: P("stored_high") in mr)
        assert cr("main") == ["low", "high"]


async def test_what_a_module_requires_is_loaded_before_it_whichever_is_come_to_first(server):
    async with server.client() as client:
        modules = P(":.distkv.code.module")
        look = "import sys\nFOUND = {!r} in sys.modules"
        await client.set(modules | "stored_a", {"code": look.format("stored_b"), "requires": [P("stored_b")]})
        await client.set(modules | "stored_b", {"code": "x = 1"})
        await client.set(modules | "stored_c", {"code": "x = 1"})
        await client.set(modules | "stored_d", {"code": look.format("stored_c"), "requires": [P("stored_c")]})
        await ModuleRoot.as_handler(client)
        assert [sys.modules[name].FOUND for name in ("stored_a", "stored_d")] == [True, True]


CYCLES = {
    "requires": ({"requires": ["stored_b"]}, {"requires": ["stored_a"]}, "requires: stored_a → stored_b → stored_a"),
    "import": ({"code": "import stored_b"}, {"code": "import stored_a"}, "imports: stored_a → stored_b → stored_a"),
    "both": ({"requires": ["stored_b"]}, {"code": "from stored_a import x"}, "stored_a → stored_b → stored_a"),
    "itself": ({"code": "import stored_a"}, {}, "imports: stored_a → stored_a"),
    "missing": ({"requires": ["stored_none"]}, {}, "stored_none is not stored: stored_a → stored_none"),
}


@pytest.mark.parametrize("way", CYCLES)
async def test_a_cycle_is_a_compile_error_wherever_the_modules_came_from(server, way):
    first, second, text = CYCLES[way]
    async with server.client() as client:
        for name, value in (("stored_a", first), ("stored_b", second), ("stored_good", {})):
            await client.set(P(":.distkv.code.module") | name, {"code": "x = 1", **value})
        mr = await ModuleRoot.as_handler(client)
        errors = await ErrorRoot.as_handler(client)
        assert "stored_good" in sys.modules
        assert "stored_a" not in sys.modules
        with pytest.raises(CompileError, match=text):
            importlib.import_module("stored_a")
        record = errors.get_error_record("compile", mr.path | "stored_a")
        assert not record.resolved
        assert text in record.message
        await mr.add(P("stored_a"), "x = 1")
        await mr.add(P("stored_b"), "import stored_a")
        assert sys.modules["stored_b"].stored_a.x == 1
        assert errors.get_error_record("compile", mr.path | "stored_a").resolved
        assert not list(errors.all_errors("compile"))


async def test_code_that_requires_what_is_not_stored_is_refused(server):
    async with server.client() as client:
        cr = await CodeRoot.as_handler(client)
        mr = await ModuleRoot.as_handler(client)
        for root in (cr, mr):
            with pytest.raises(CompileError, match="stored_none is not stored: main → stored_none"):
                await root.add(P("main"), "pass", requires=[P("stored_none")])
            assert Path("main") not in root
            assert "value" not in await client.get(root.path + P("main"))


async def test_code_that_requires_itself_is_refused(server):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        await mr.add(P("stored_a"), "x = 1")
        await mr.add(P("stored_b"), "x = 1", requires=[P("stored_a")])
        with pytest.raises(CompileError, match="stored_a → stored_b → stored_a is a cycle"):
            await mr.add(P("stored_a"), "x = 1", requires=[P("stored_b")])
        with pytest.raises(CompileError, match="stored_a → stored_b → stored_a is a cycle"):
            await mr.add(P("stored_a"), "import stored_b")
        assert (await client.get(mr.path | "stored_a")).value == {"code": "x = 1"}
        assert sys.modules["stored_b"].x == 1


async def test_a_procedure_whose_module_is_gone_says_so_when_it_is_called(server):
    async with server.client() as client:
        mr = await ModuleRoot.as_handler(client)
        cr = await CodeRoot.as_handler(client)
        await mr.add(P("stored_low"), "x = 1")
        await cr.add(P("main"), "import stored_low\nreturn stored_low.x", requires=[P("stored_low")])
        assert cr("main") == 1
        await mr.remove(P("stored_low"))
        with pytest.raises(CompileError, match="main → stored_low"):
            cr("main")
        await client.set(mr.path + P("stored_low"), {"code": "x = 2"})
        await until(mr, lambda: P("stored_low") in mr)
        assert cr("main") == 2


async def test_a_procedure_loads_the_modules_that_it_requires_and_no_others(server):
    async with server.client() as client:
        modules = P(":.distkv.code.module")
        await client.set(modules | "stored_low", {"code": "x = 1"})
        await client.set(modules | "stored_high", {"code": "from stored_low import x", "requires": [P("stored_low")]})
        await client.set(modules | "stored_other", {"code": "raise ValueError('it was loaded')"})
        value = {"code": "import stored_high\nreturn stored_high.x", "requires": [P("stored_high")]}
        await client.set(P(":.distkv.code.proc.main"), value)
        cr = await CodeRoot.as_handler(client)
        errors = await ErrorRoot.as_handler(client)
        assert not [name for name in sys.modules if name.startswith("stored_")]
        assert cr("main") == 1
        assert {name for name in sys.modules if name.startswith("stored_")} == {"stored_low", "stored_high"}
        await ModuleRoot.as_handler(client)  # this loads all of them
        record = errors.get_error_record("compile", modules | "stored_other")
        assert record.message == "failed while it loaded: ValueError: it was loaded"


async def test_a_module_that_was_imported_once_is_loaded_anew_when_it_changes(server):
    async with server.client() as client:
        path = P(":.distkv.code.module.stored_low")
        await client.set(path, {"code": "raise ValueError('no')"})
        value = {"code": "import stored_low\nreturn stored_low.x", "requires": [P("stored_low")]}
        await client.set(P(":.distkv.code.proc.main"), value)
        cr = await CodeRoot.as_handler(client)
        errors = await ErrorRoot.as_handler(client)
        assert errors.get_error_record("compile", path) is None
        with pytest.raises(ValueError, match="no"):
            cr("main")
        await until(errors, lambda: errors.get_error_record("compile", path))
        assert not errors.get_error_record("compile", path).resolved
        await client.set(path, {"code": "x = 1"})
        await until(errors, lambda: errors.get_error_record("compile", path).resolved)
        assert cr("main") == 1
        await client.set(path, {"code": "x = ("})
        await until(errors, lambda: not errors.get_error_record("compile", path).resolved)
        await client.set(path, {"code": "x = 2"})
        await until(errors, lambda: errors.get_error_record("compile", path).resolved)
        assert cr("main") == 2
