import copy
import pickle
import random

import pytest

from distkv.util import P, Path, PathSyntaxError

TEXTS = [
    (":", ()),
    ("a", ("a",)),
    ("a.b", ("a", "b")),
    (":.distkv.code.proc.forty.two", (".distkv", "code", "proc", "forty", "two")),
    ("a:.b", ("a.b",)),
    ("a::b", ("a:b",)),
    ("a:_b_c", ("a b_c",)),
    ("room:3.temp", ("room", 3, "temp")),
    ("a:t:f:n:e", ("a", True, False, None, "")),
    ("a:t.b", ("a", True, "b")),
    (":n.x", (None, "x")),
    (":42", (42,)),
    (":-1:.5", (-1.5,)),
    (":vab:_c", (b"ab c",)),
    (":y00ff", (b"\x00\xff",)),
    (":v", (b"",)),
    (":'a','b'", (Path("a", "b"),)),
    ("x:'a',", ("x", Path("a"))),
    ("x:()", ("x", Path())),
    (":inan", None),
]
OTHER_SPELLINGS = [
    (":x1F", (31,)),
    (":b101", (5,)),
    (":sAP8=", (b"\x00\xff",)),
    (":'text'", ("text",)),
    (":i1e3", (1000.0,)),
    (":-1.5", (-1, "5")),
    (":(1,2)", (Path(1, 2),)),
]


@pytest.mark.parametrize(("text", "elements"), TEXTS)
def test_a_path_prints_as_it_is_read(text, elements):
    path = P(text)
    if elements is not None:
        assert path.elements == elements
        assert path == elements
    assert str(path) == text
    assert repr(path) == f"P({text!r})"


@pytest.mark.parametrize(("text", "elements"), OTHER_SPELLINGS)
def test_other_spellings_are_read(text, elements):
    assert P(text) == elements


@pytest.mark.parametrize(
    ("text", "position"),
    [("a..b", 2), ("a.", 2), (".a", 0), ("a:", 1), ("a.:t", 2), (":tx", 0), ("a:42b", 1), (":1+2", 0), (":1+2j", 0)],
)
def test_what_is_no_path_is_refused_with_its_position(text, position):
    with pytest.raises(PathSyntaxError, match=f"position {position}:"):
        P(text)


def test_the_empty_text_is_no_path():
    with pytest.raises(PathSyntaxError, match="empty text"):
        P("")


def test_printing_and_reading_gives_the_same_path():
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(3000):
        path = Path(*(_element(chance, 2) for _ in range(chance.randrange(5))))
        again = P(str(path))
        assert again == path, str(path)
        assert str(again) == str(path)


def _element(chance, nesting):
    kind = chance.randrange(9 if nesting else 8)
    if kind < 3:
        return "".join(chance.choice("ab.:_ 'ü€\n\\\"tfnexv01") for _ in range(chance.randrange(6)))
    if kind == 3:
        return chance.choice([True, False, None])
    if kind == 4:
        return chance.choice([0, 1, -1, 2**63, -(2**64), 2**200, -(2**20000)])
    if kind == 5:
        return chance.choice([0.5, -1.5, 1e300, -1e-300, 5.0, float("inf"), float("-inf")])
    if kind == 6:
        return chance.randbytes(chance.randrange(4))
    if kind == 7:
        return chance.choice([b"text", b"a.b:c d"])
    return Path(*(e for e in (_element(chance, nesting - 1) for _ in range(chance.randrange(3))) if _finite(e)))


def _finite(element):
    return not isinstance(element, float) or abs(element) != float("inf")


def test_paths_are_joined_by_plus_and_grow_by_one_element():
    path = P("a.b")
    assert path + ("c", 1) == Path("a", "b", "c", 1)
    assert path + P("c.d") == P("a.b.c.d")
    assert path + ["c"] == P("a.b.c")
    assert path | "x.y" == Path("a", "b", "x.y")
    assert path / 3 == Path("a", "b", 3)
    assert path | P("c") == Path("a", "b", Path("c"))
    with pytest.raises(TypeError, match="expected: a path or a tuple"):
        path + "c"
    with pytest.raises(TypeError, match=r"\+ to join"):
        path / P("c")


def test_a_path_is_a_sequence():
    path = P("a.b:3")
    assert (path[0], path[-1], len(path)) == ("a", 3, 3)
    assert path[1:] == Path("b", 3)
    assert isinstance(path[1:], Path)
    assert list(path) == ["a", "b", 3]
    assert "b" in path
    assert path.index("b") == 1
    assert bool(Path())
    assert path.startswith(P("a.b"))
    assert not path.startswith(P("b"))
    assert sorted([P("b"), P("a.b"), P("a")]) == [P("a"), P("a.b"), P("b")]


def test_a_path_is_made_of_a_list():
    assert Path(*["a", 1]) == Path.build(["a", 1]) == P("a:1")
    assert Path.build(P("a")) == P("a")
    assert P(P("a.b")) == P("a.b")
    assert Path("a", ["b", "c"]) == Path("a", Path("b", "c"))
    with pytest.raises(TypeError, match="expected: a list"):
        Path.build("ab")


def test_one_and_one_point_zero_and_true_are_different_elements():
    assert len({Path(1), Path(1.0), Path(True)}) == 3
    assert Path(1) != (True,)
    assert Path("a") != "a"
    assert hash(Path("a", 1)) == hash(("a", 1))


def test_marks_ride_along():
    path = P(":mr.a.b")
    assert (path.mark, path.elements) == ("r", ("a", "b"))
    assert str(path) == ":mr.a.b"
    assert (path | "c").mark == "r"
    assert (P("x") + path).mark == "r"
    assert path == P("a.b")
    assert path != P("a.b", mark="s")
    assert str(P(":mr:")) == ":mr:"
    with pytest.raises(ValueError, match="marked"):
        path + P("c", mark="s")
    with pytest.raises(PathSyntaxError, match="marked 'r'"):
        P(":mr.a", mark="s")


def test_a_path_can_be_copied_and_pickled():
    path = P("a:3")
    assert copy.deepcopy(path) == path
    assert pickle.loads(pickle.dumps(path)) == path
