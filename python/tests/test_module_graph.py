"""What stored modules need of each other, by what they say and by what they import."""

import ast

import pytest

from distkv.code.dependencies import Dependencies, DependencyError, imports_of


def graph(**modules):
    """Modules by name, with two underscores for a dot: each a source, or a list of what it requires."""
    found = Dependencies()
    for name, what in modules.items():
        name = name.replace("__", ".")
        if isinstance(what, str):
            found.put(name, (), imports_of(ast.parse(what)))
        else:
            found.put(name, what)
    return found


def chain(of, name):
    with pytest.raises(DependencyError) as caught:
        of.check(name)
    return caught.value.chain


def test_modules_that_need_nothing_bad_are_good():
    of = graph(a=["b", "c"], b=["d"], c=["d"], d="import json, e\n", e="", lone="import not_stored")
    for name in ("a", "b", "c", "d", "e", "lone"):
        of.check(name)


def test_a_missing_module_is_named_with_the_chain():
    of = graph(a=["b"], b=["none"])
    with pytest.raises(DependencyError, match=r"^a: requires: none is not stored: a → b → none \(expected: a module"):
        of.check("a")


@pytest.mark.parametrize(
    ("modules", "first", "text"),
    [
        ({"a": ["b"], "b": ["a"]}, "a", "requires: a → b → a is a cycle"),
        ({"a": ["a"]}, "a", "requires: a → a is a cycle"),
        ({"a": "import b", "b": "from a import x"}, "a", "imports: a → b → a is a cycle"),
        ({"a": "import a"}, "a", "imports: a → a is a cycle"),
        ({"a": "if True:\n try:\n  import b\n finally:\n  pass", "b": ["a"]}, "a", "requires: a → b → a is a cycle"),
        ({"c": "import b", "b": "class X:\n import a", "a": "import b"}, "c", "imports: b → a → b is a cycle"),
        ({"p": "from . import q", "p__q": "from . import CONST"}, "p", "imports: p → p.q → p is a cycle"),
        ({"p__a": "from . import b", "p__b": "from .a import x"}, "p.a", "imports: p.a → p.b → p.a is a cycle"),
        ({"p__a": "from ..r import b", "r": "import p.a"}, "r", None),
        ({"p__s__a": "from ..r import b", "p__r": "import p.s.a"}, "p.r", "imports: p.r → p.s.a → p.r is a cycle"),
    ],
)
def test_a_cycle_is_named_with_the_chain(modules, first, text):
    of = graph(**modules)
    if text is None:
        of.check(first)
        return
    with pytest.raises(DependencyError) as caught:
        of.check(first)
    assert str(caught.value).startswith(f"{first}: {text} (expected: ")


def test_what_is_imported_later_or_only_for_type_checkers_is_no_cycle():
    of = graph(
        a="import b",
        b="def f():\n import a\n",
        c="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import d\nelse:\n import b\n",
        d="import c\nasync def g():\n from d import x\n",
    )
    for name in "abcd":
        of.check(name)


def test_siblings_of_a_package_that_imports_them_are_no_cycle():
    of = graph(p="from . import a, b\nimport p.c", p__a="from . import b", p__b="import p.c", p__c="")
    of.check("p")
    of.check("p.a")


def test_a_chain_that_is_too_long_is_an_error():
    of = Dependencies()
    for i in range(2000):
        of.put(f"m{i}", [f"m{i + 1}"])
    with pytest.raises(DependencyError, match="a chain of more than 100"):
        of.check("m0")


def test_who_needs_a_module_is_known_before_it_is_stored():
    of = graph(a=["b"], b="import c", x="import y")
    assert of.users("c") == {"a", "b", "c"}
    assert of.users("nobody") == {"nobody"}
    of.put("b")
    assert of.users("c") == {"c"}


def test_a_mended_module_is_good():
    of = graph(a=["b"], b=["a"])
    assert chain(of, "a") == ("a", "b", "a")
    of.put("b")
    of.check("a")
    of.remove("b")
    assert chain(of, "a") == ("a", "b")
