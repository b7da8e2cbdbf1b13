"""
Paths as text, against a table that was made by running the original, moat.util 0.38.1, on the same texts.

Java's PathTextTest has the same table: both sides write and read the same.
"""

import math
import random

import pytest

from distkv.util import P, Path, PathSyntaxError

BIG = 2**70

# Text, how it is printed again (None: as it was), elements.
AS_THE_ORIGINAL = [
    (":", None, ()),
    ("a", None, ("a",)),
    ("a.b", None, ("a", "b")),
    (":.distkv.code.proc.forty.two", None, (".distkv", "code", "proc", "forty", "two")),
    ("room:3.temp", None, ("room", 3, "temp")),
    ("a:42.5", None, ("a", 42, "5")),
    (":-1.5", None, (-1, "5")),
    (":-1:.5", None, (-1.5,)),
    ("a:t.x", None, ("a", True, "x")),
    (":t:f:n:e", None, (True, False, None, "")),
    ("a::b:.c:_d", None, ("a:b.c d",)),
    ("a b", "a:_b", ("a b",)),
    ("a_b", None, ("a_b",)),
    (":x1F", ":31", (31,)),
    (":x-1f", ":-31", (-31,)),
    (":b101", ":5", (5,)),
    (":0x10", ":16", (16,)),
    (":1_000", ":1000", (1000,)),
    (":i42", ":42", (42,)),
    (":(1)", ":1", (1,)),
    (":iTrue", ":t", (True,)),
    (":vab:_c:.d", None, (b"ab c.d",)),
    (":v", None, (b"",)),
    (":ib'x'", ":vx", (b"x",)),
    ("a:vx.b", None, ("a", b"x", "b")),
    (":1,(2,'x')", ":1,(2,:_'x')", (Path(1, Path(2, "x")),)),
    (":'a','b'", None, (Path("a", "b"),)),
    (":-5,:_6", ":-5,6", (Path(-5, 6),)),
    ("a:'b',('c',:_'d')", None, ("a", Path("b", Path("c", "d")))),
    (":'it::s'", "it::s", ("it:s",)),
    (':"it\'s"', "it's", ("it's",)),
    ("::", None, (":",)),
    (":t::", ":t.::", (True, ":")),
    ("a:t:.b", "a:t.:.b", ("a", True, ".b")),
    ("a.:x12", "a:18", ("a", 18)),
    ("a.:.b", None, ("a", ".b")),
    ("a.:_b", None, ("a", " b")),
    (":e.x:e", None, ("", "x", "")),
    (":1:.5:-1:.5:1e+16:1e-05:0:.0001", None, (1.5, -1.5, 1e16, 1e-5, 0.0001)),
    (":1:.2345678901234568e+17:-0:.0:1e+22", None, (123456789012345680.0, -0.0, 1e22)),
    (":1180591620717411303424:-1180591620717411303424", None, (BIG, -BIG)),
    (
        ":\"it's\",'q\"\\'','é\\x7f\\u200b\\n',None,True,1:.5,b'\\x00a'",
        None,
        (Path("it's", "q\"'", "é\u007f\u200b\n", None, True, 1.5, b"\0a"),),
    ),
]
# Where the original loses or refuses what it has printed itself, a path still comes back.
BETTER_THAN_THE_ORIGINAL = [
    (":'a',", None, (Path("a"),)),
    (":('a',)", ":'a',", (Path("a"),)),
    (":2,", None, (Path(2),)),
    (":()", None, (Path(),)),
    ("a:(),", None, ("a", Path(Path()))),
    (":iinf:-inf", None, (math.inf, -math.inf)),
    (":iinf,-inf", None, (Path(math.inf, -math.inf),)),
    (":ib'x',1", None, (Path(b"x", 1),)),
    (":y00ff", None, (b"\0\xff",)),
    (":sAP8=", ":y00ff", (b"\0\xff",)),
    (":5e-324", None, (5e-324,)),
]
LITERAL = "a literal: a number, 'text', b'bytes', True, False, None, inf, nan or 'a','b'"
ERRORS = [
    ("", "nothing at position 1 (expected: an element, or ':' for the path without elements)"),
    ("a..b", "a dot at position 3 (expected: an element before it; a dot in a text is ':.')"),
    (".a", "a dot at position 1 (expected: an element before it; a dot in a text is ':.')"),
    ("a.", "the end at position 3 (expected: an element after the dot)"),
    (":t.", "the end at position 4 (expected: an element after the dot)"),
    ("a:", "a colon at the end at position 2 (expected: what it escapes; a colon in a text is '::')"),
    ("a.:t", "':' after a dot at position 3 (expected: no dot before an element that begins with a colon)"),
    ("a.:5", "':' after a dot at position 3 (expected: no dot before an element that begins with a colon)"),
    ("a:t_b", "text after a complete element at position 4 (expected: '.' or ':')"),
    ("a:tx.b", f"'tx' at position 2 (expected: {LITERAL})"),
    (":007", f"'007' at position 1 (expected: {LITERAL})"),
    ("a:1+2", f"'1+2' at position 2 (expected: {LITERAL})"),
    ("a:1+2j", f"'1+2j' at position 2 (expected: {LITERAL})"),
    (":(1", f"'(1' at position 1 (expected: {LITERAL})"),
    (":y0", "'0' at position 1 (expected: bytes in hexadecimal, two digits each)"),
    (":s=", "'=' at position 1 (expected: bytes in base 64)"),
    (":xg", "'g' at position 1 (expected: an integer in hexadecimal)"),
    (":b2", "'2' at position 1 (expected: an integer in binary)"),
    (":vé", "'é' at position 1 (expected: bytes in ASCII)"),
    ("a:mfoo", "a mark at position 2 (expected: it at the beginning only)"),
]


@pytest.mark.parametrize(("text", "printed", "elements"), AS_THE_ORIGINAL + BETTER_THAN_THE_ORIGINAL)
def test_a_text_is_read_and_printed_as_the_original_does(text, printed, elements):
    path = P(text)
    assert path == elements
    assert str(path) == (printed or text)
    assert repr(path) == f"P({str(path)!r})"


def test_not_a_number_is_an_element():
    assert math.isnan(P(":inan")[0])
    assert str(P(":inan")) == ":inan"


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_an_error_quotes_the_text_and_names_the_position_and_what_was_expected(text, message):
    with pytest.raises(PathSyntaxError) as caught:
        P(text)
    assert str(caught.value) == f"path '{text}': {message}"


def test_a_mark_stands_at_the_beginning():
    for text, elements in [(":mr.a.b", ("a", "b")), (":mr:t", (True,)), (":mr:", ())]:
        path = P(text)
        assert (path.mark, path.elements) == ("r", elements)
        assert str(path) == text
    assert str(P(":mr")) == ":mr:"


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
        return "".join(chance.choice("ab.:_ 'ü€\n\\\"tfnexv01m") for _ in range(chance.randrange(6)))
    if kind == 3:
        return chance.choice([True, False, None])
    if kind == 4:
        return chance.choice([0, 1, -1, 2**63, -(2**64), 2**200, -(2**20000)])
    if kind == 5:
        return chance.choice([0.5, -1.5, 1e300, -1e-300, 5.0, math.inf, -math.inf])
    if kind == 6:
        return chance.randbytes(chance.randrange(4))
    if kind == 7:
        return chance.choice([b"text", b"a.b:c d"])
    return Path(*(_element(chance, nesting - 1) for _ in range(chance.randrange(3))))
