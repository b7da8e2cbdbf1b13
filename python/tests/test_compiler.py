import linecache
import traceback

import anyio
import pytest

from distkv.code import CompileError, MissingVariablesError, Procedure, compile_module, compile_procedure, mode_of
from distkv.code.compiler import file_of, forget_source


def compiled(source, mode="sync", vars=(), default=None) -> Procedure:  # noqa: A002
    return compile_procedure("forty.two", source, mode, vars, default)


def test_a_procedure_returns_its_result():
    assert compiled("return 42")() == 42
    assert compiled("x = 1")() is None
    assert compiled("")() is None
    assert compiled("# nothing but this")() is None


def test_the_call_decides_what_is_global():
    procedure = compiled("def inner():\n    return a + b\nreturn inner()", vars=["a"])
    assert procedure(1, b=2) == 3
    assert procedure(a=1, b=5) == 6
    with pytest.raises(NameError, match="'b' is not defined"):
        procedure(1)


def test_globals_do_not_outlive_a_call():
    procedure = compiled("global seen\nbefore = 'seen' in globals()\nseen = 1\nreturn before")
    assert procedure() is False
    assert procedure() is False


def test_positional_arguments_fill_the_variables_in_order():
    assert compiled("return (a, b, c)", vars=["a", "b", "c"])(1, 2, c=3) == (1, 2, 3)
    with pytest.raises(TypeError, match=r"forty.two: 2 positional arguments \(expected: at most 1: a\)"):
        compiled("return a", vars=["a"])(1, 2)
    with pytest.raises(TypeError, match="a passed twice"):
        compiled("return a", vars=["a"])(1, a=2)


def test_what_is_missing_is_named_with_the_procedure():
    with pytest.raises(MissingVariablesError, match=r"forty\.two: missing b, c \(required") as caught:
        compiled("return a", vars=["a", "b", "c"])(1)
    assert caught.value.missing == ("b", "c")
    assert isinstance(caught.value, TypeError)


def test_defaults_stand_in_for_what_a_call_leaves_out():
    procedure = compiled("return (a, b)", vars=["a"], default={"a": 1, "b": 2})
    assert procedure() == (1, 2)
    assert procedure(a=5) == (5, 2)
    assert procedure(7, b=8) == (7, 8)


@pytest.mark.anyio
async def test_the_mode_decides_how_it_runs():
    import threading

    here = threading.get_ident()
    source = "import threading\nreturn threading.get_ident()"
    assert compiled(source, "sync")() == here
    assert await compiled(source, "thread")() != here
    assert await compiled("import anyio\nawait anyio.lowlevel.checkpoint()\nreturn 5", "async")() == 5
    source = "async with cm as x:\n    pass\nreturn [y async for y in x]"

    class Manager:
        async def __aenter__(self):
            async def numbers():
                for n in range(3):
                    await anyio.lowlevel.checkpoint()
                    yield n

            return numbers()

        async def __aexit__(self, *error):
            pass

    assert await compiled(source, "async")(cm=Manager()) == [0, 1, 2]


def test_is_async_has_three_values():
    assert [mode_of(flag) for flag in (True, None, False)] == ["async", "sync", "thread"]
    with pytest.raises(ValueError, match="is_async: 1"):
        mode_of(1)


@pytest.mark.parametrize(
    ("source", "mode", "line", "reason"),
    [
        ("x = 1\nreturn (", "sync", 2, "never closed"),
        ("\n\nawait x", "sync", 3, "'await' outside async function"),
        ("x = 1\n  y = 2", "sync", 2, "unexpected indent"),
        ("a = 1\nbreak", "sync", 2, "'break' outside loop"),
        ("def f(a):\n    global a", "sync", 2, "parameter and global"),
        ("yield 1\nreturn 2", "async", 2, "'return' with value"),
        ("yield 1", "async", None, "'yield' in an asynchronous procedure"),
        ("x = '\0'", "sync", None, "null"),
        ("(" * 5000, "sync", None, ""),
        (42, "sync", None, "expected: text"),
    ],
)
def test_a_compile_error_names_the_procedure_and_the_line(source, mode, line, reason):
    with pytest.raises(CompileError) as caught:
        compiled(source, mode)
    assert caught.value.name == "forty.two"
    assert str(caught.value).startswith(f"forty.two, line {line}: " if line else "forty.two")
    assert line is None or caught.value.line == line
    assert reason in str(caught.value)


@pytest.mark.parametrize("names", ["ab", b"ab", {"a": 1}, 5, ["1a"], ["if"], ["a", "a"], [3], [{}]])
def test_variables_must_be_names(names):
    with pytest.raises(CompileError, match=r"forty\.two: vars"):
        compiled("return 1", vars=names)


def test_a_traceback_shows_the_stored_line_under_its_own_number():
    procedure = compiled("x = 1\ndef f():\n    return x / 0  # owch\n\nreturn f()")
    linecache.checkcache()
    with pytest.raises(ZeroDivisionError) as caught:
        procedure()
    trace = "".join(traceback.format_exception(caught.value))
    assert 'File "distkv:forty.two", line 5, in forty.two' in trace
    assert "return f()" in trace
    assert 'File "distkv:forty.two", line 3, in ' in trace
    assert "# owch" in trace
    forget_source("forty.two")
    assert "# owch" not in "".join(traceback.format_exception(caught.value))


def test_a_multi_line_string_stays_flush_left():
    assert compiled('x = """\none\n  two\n"""\nreturn x')() == "\none\n  two\n"
    assert compiled("if True:\n    x = '''a\nb'''\nreturn x")() == "a\nb"


def test_imports_from_the_future_may_come_first():
    source = "from __future__ import annotations\ndef f(x: nowhere): pass\nreturn f.__annotations__"
    assert compiled(source)() == {"x": "nowhere"}
    assert compiled("def f(x: int): pass\nreturn f.__annotations__")() == {"x": int}


def test_the_name_may_be_any_text():
    assert compile_procedure("a b/ü.1", "return 1", "sync")() == 1


def test_a_module_compiles_to_code():
    space = {"__name__": "bongo"}
    exec(compile_module("bongo", "def f():\n    return __name__"), space)
    assert space["f"]() == "bongo"
    with pytest.raises(CompileError, match="bongo, line 2: "):
        compile_module("bongo", "\nx = (")


def test_jobs_that_run_the_same_code_share_what_was_compiled():
    """Fifty jobs of one procedure in a worker compile it once; another name or other variables make other code."""
    first = compile_procedure("p", "return x", "sync", ("x",))
    assert compile_procedure("p", "return x", "sync", ("x",)).code is first.code
    assert compile_procedure("q", "return x", "sync", ("x",)).code is not first.code
    assert compile_procedure("p", "return x", "sync", ()).code is not first.code


def test_tracebacks_show_the_lines_of_the_source_that_was_compiled_last():
    """Also if it had been compiled before."""
    for source in ("old = 1", "new = 2", "old = 1"):
        compile_procedure("p", source, "sync")
        assert linecache.getline(file_of("p"), 1) == source
