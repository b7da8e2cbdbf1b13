import copy
import pickle

import pytest

from distkv.util import P, Path, PathSyntaxError


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
    assert Path(*["a", 1]) == Path.build(["a", 1]) == Path(["a", 1]) == P("a:1")
    assert Path([]) == Path()
    assert Path(["a", 1], mark="r").mark == "r"
    # One element that is a path of its own stays one, wherever it comes from.
    assert Path([["a", 1]]) == Path.build([["a", 1]]) == Path(("a", 1)) == Path(Path("a", 1))
    assert len(Path.build([["a", 1]])) == len(Path(("a", 1))) == 1
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
    assert (path | "c").mark == "r"
    assert (P("x") + path).mark == "r"
    assert path == P("a.b")
    assert path != P("a.b", mark="s")
    with pytest.raises(ValueError, match="marked"):
        path + P("c", mark="s")
    with pytest.raises(PathSyntaxError, match="marked 'r'"):
        P(":mr.a", mark="s")


def test_a_path_can_be_copied_and_pickled():
    path = P("a:3")
    assert copy.deepcopy(path) == path
    assert pickle.loads(pickle.dumps(path)) == path
