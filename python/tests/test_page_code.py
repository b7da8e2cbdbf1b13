"""What the page says about stored code, sentence by sentence, against a real server."""

import threading

import anyio
import pytest
from helpers import until

from distkv.code import CodeRoot, CompileError, MissingVariablesError, NoSuchProcedureError
from distkv.errors import ErrorRoot
from distkv.runner import ChangeMsg
from distkv.util import P, Path

pytestmark = pytest.mark.anyio


async def store(client, name, code, **rest):
    return await client.set(P(":.distkv.code.proc") + P(name), {"code": code, **rest})


async def roots(client):
    return await CodeRoot.as_handler(client), await ErrorRoot.as_handler(client)


async def test_code_is_wrapped_with_a_procedure_context_to_return_a_result(server):
    async with server.client() as client:
        await store(client, "forty.two", "x = 40\nif x:\n    return x + 2\n")
        cr = await CodeRoot.as_handler(client)
        assert cr("forty.two") == 42


async def test_multi_line_strings_are_flush_left(server):
    async with server.client() as client:
        await store(client, "text", 'return """\none\n  two\nthree"""')
        cr = await CodeRoot.as_handler(client)
        assert cr("text") == "\none\n  two\nthree"


async def test_scripts_are_stored_at_distkv_code_proc_by_default(server):
    async with server.client() as client:
        await client.set(Path(".distkv", "code", "proc", "forty", "two"), {"code": "return 42"})
        cr = await CodeRoot.as_handler(client)
        assert cr.path == P(":.distkv.code.proc")
        assert cr(("forty", "two")) == 42


async def test_the_location_for_executable_scripts_is_configurable(server):
    async with server.client(codes={"prefix": P("test.procedures")}) as client:
        await client.set(P("test.procedures.forty.two"), {"code": "return 43"})
        cr = await CodeRoot.as_handler(client)
        assert cr("forty.two") == 43
        await client.set(P("test.others.forty.two"), {"code": "return 44"})
        other = await CodeRoot.as_handler(client, {"prefix": "test.others"})
        assert other("forty.two") == 44
        assert cr("forty.two") == 43


async def test_is_async_none_is_synchronous(server):
    async with server.client() as client:
        await store(client, "where", "import threading\nreturn threading.get_ident()", is_async=None)
        await store(client, "too", "return 1")
        cr = await CodeRoot.as_handler(client)
        assert cr("where") == threading.get_ident()
        assert cr("too") == 1


async def test_is_async_false_runs_in_a_worker_thread(server):
    async with server.client() as client:
        code = "import threading\nreturn (threading.get_ident(), a, b, c)"
        await store(client, "where", code, is_async=False, vars=["a", "b"])
        cr = await CodeRoot.as_handler(client)
        thread, *arguments = await cr("where", 1, b=2, c=3)
        assert thread != threading.get_ident()
        assert arguments == [1, 2, 3]


async def test_is_async_true_is_async(server):
    async with server.client() as client:
        code = "import anyio\nawait anyio.sleep(0)\nres = await client.get(path)\nreturn res.value"
        await store(client, "where", code, is_async=True, vars=["path"])
        await client.set(P("test.x"), 5)
        cr = await CodeRoot.as_handler(client)
        assert await cr("where", P("test.x"), client=client) == 5


async def test_required_input_variables_are_named_when_they_are_missing(server):
    async with server.client() as client:
        await store(client, "forty.two", "return a", vars=["a", "b"])
        cr = await CodeRoot.as_handler(client)
        with pytest.raises(MissingVariablesError, match=r"^forty\.two: missing b \("):
            cr("forty.two", a=1)
        with pytest.raises(MissingVariablesError, match=r"^forty\.two: missing a, b \("):
            cr("forty.two")


async def test_parameters_not_mentioned_are_still_available_as_globals(server):
    async with server.client() as client:
        await store(client, "sum", "def inner():\n    return a + more\nreturn inner()", vars=["a"])
        cr = await CodeRoot.as_handler(client)
        assert cr("sum", a=1, more=2) == 3


async def test_defaults_are_what_a_call_does_not_pass(server):
    async with server.client() as client:
        await store(client, "sum", "return a + b", vars=["a"], default={"a": 1, "b": 10})
        cr = await CodeRoot.as_handler(client)
        assert (cr("sum"), cr("sum", 5), cr("sum", b=2)) == (11, 15, 3)


async def test_cr_runs_code_by_name_and_by_tuple_and_by_path(server):
    async with server.client() as client:
        await store(client, "forty.two", "return 42")
        await client.set(P(":.distkv.code.proc.n:3"), {"code": "return 'three'"})
        cr = await CodeRoot.as_handler(client)
        assert cr("forty.two") == cr(("forty", "two")) == cr(["forty", "two"]) == cr(P("forty.two")) == 42
        assert cr(P("n:3")) == cr(("n", 3)) == "three"


async def test_all_arguments_are_passed_to_the_stored_code(server):
    async with server.client() as client:
        await store(client, "all", "return (a, b, c, d)", vars=["a", "b"])
        cr = await CodeRoot.as_handler(client)
        assert cr("all", 1, 2, c=3, d=None) == (1, 2, 3, None)
        await store(client, "odd", "return (name, self, args, code)", vars=["name"])
        await until(cr, lambda: P("odd") in cr)
        assert cr("odd", name=1, self=2, args=3, code=4) == (1, 2, 3, 4)
        with pytest.raises(TypeError, match="at most 2: a, b"):
            cr("all", 1, 2, 3, c=4, d=5)


async def test_code_that_is_not_there_is_an_error_that_names_it(server):
    async with server.client() as client:
        cr = await CodeRoot.as_handler(client)
        for missing in ("forty.two", ("forty", "two")):
            with pytest.raises(NoSuchProcedureError, match=r"no procedure 'forty\.two' is stored below :\.distkv"):
                cr(missing)
        with pytest.raises(NoSuchProcedureError, match="empty path"):
            cr(())
        await store(client, "forty.two", "return 42")
        await until(cr, lambda: len(cr))
        await client.delete(P(":.distkv.code.proc.forty.two"))
        await until(cr, lambda: not len(cr))
        with pytest.raises(KeyError):
            cr("forty.two")


async def test_code_that_changes_is_compiled_again(server):
    async with server.client() as client, server.client() as editor:
        cr = await CodeRoot.as_handler(client)
        for answer in (41, 42):
            reply = await store(editor, "forty.two", f"return {answer}")
            await cr.wait_tock(reply.tock)
            assert cr("forty.two") == answer


async def test_code_that_does_not_compile_is_in_the_error_tree_and_raises_when_called(server):
    async with server.client() as client:
        cr, errors = await roots(client)
        path = P(":.distkv.code.proc.forty.two")
        await store(client, "forty.two", "x = 1\nreturn (\n")
        await until(errors, lambda: list(errors.all_errors("compile")))
        for _ in range(2):
            with pytest.raises(CompileError, match=r"^forty\.two, line 2: .*never closed"):
                cr("forty.two")
        record = errors.get_error_record("compile", path)
        assert (record.subsystem, record.path, record.resolved, record.count) == ("compile", path, False, 1)
        await until(errors, lambda: next(errors.all_errors("compile")).nodes)
        assert "line 2" in next(errors.all_errors("compile")).nodes["here"].comment
        await store(client, "forty.two", "return 42")
        await until(errors, lambda: not list(errors.all_errors("compile")))
        assert cr("forty.two") == 42
        assert errors.get_error_record("compile", path).resolved


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (42, "a int is stored"),
        ({"code": 42}, "code: a int"),
        ({}, "code: a NoneType"),
        ({"code": "return 1", "is_async": 7}, "is_async: 7"),
        ({"code": "return 1", "vars": "abc"}, "vars: 'abc'"),
        ({"code": "return 1", "vars": 5}, "vars: 5"),
        ({"code": "return 1", "default": [1]}, "default"),
        ({"code": "await x"}, "outside async function"),
    ],
)
async def test_whatever_is_stored_instead_of_code_is_an_error_that_names_the_procedure(server, value, reason):
    async with server.client() as client:
        await client.set(P(":.distkv.code.proc.broken"), value)
        await store(client, "fine", "return 1")
        cr = await CodeRoot.as_handler(client)
        with pytest.raises(CompileError, match=r"^broken") as caught:
            cr("broken")
        assert reason in str(caught.value)
        assert cr("fine") == 1


async def test_code_in_another_language_is_no_error_but_cannot_be_called_here(server):
    async with server.client() as client:
        cr, errors = await roots(client)
        res = await store(client, "forty.two", "long run() { return 42; }", language="java")
        await cr.wait_tock(res.tock)
        with pytest.raises(NoSuchProcedureError, match="not in Python"):
            cr("forty.two")
        assert list(errors.all_errors("compile")) == []


async def test_code_can_be_added_and_removed_through_the_handler(server):
    async with server.client() as client:
        cr = await CodeRoot.as_handler(client)
        await cr.add(P("forty.two"), "return a + 2", variables=["a"], default={"a": 40})
        assert cr("forty.two") == 42
        stored = (await client.get(P(":.distkv.code.proc.forty.two"))).value
        assert stored == {"code": "return a + 2", "is_async": None, "vars": ("a",), "default": {"a": 40}}
        with pytest.raises(CompileError):
            await cr.add(P("forty.two"), "return (")
        assert cr("forty.two") == 42
        await cr.remove(P("forty.two"))
        with pytest.raises(NoSuchProcedureError):
            cr("forty.two")


async def test_a_handler_is_loaded_when_it_is_returned(server):
    async with server.client() as client:
        await store(client, "forty.two", "return 42")
        cr = await CodeRoot.as_handler(client)
        await cr.wait_loaded()
        assert cr.loaded
        assert len(cr) == 1


async def test_a_client_has_one_handler_however_often_it_is_asked_for(server):
    async with server.client() as client:
        found = []

        async def ask():
            found.append(await CodeRoot.as_handler(client))

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(ask)
        assert len({id(one) for one in found}) == 1


async def test_called_code_finds_the_client_and_what_else_a_runner_gives(server):
    async with server.client() as client:
        cr = await CodeRoot.as_handler(client)
        source = "await _client.set(_Path(['test', 'x']), value=_digits(x, 3))\n_log.info('set')\n"
        source += "return _cfg, _cls.ChangeMsg"
        await cr.add(P("globals"), source, is_async=True)
        assert await cr("globals", x=2.347) == (client.config, ChangeMsg)
        assert (await client.get(P("test.x"))).value == 2.35
