import random

import msgpack
import pytest

from distkv import codec
from distkv.util import Path, attrdict


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -(2**63),
        2**64 - 1,
        2**64,
        2**300,
        1.5,
        "ü",
        "",
        b"\x00",
        (),
        (1, ("a",)),
        {"a": {"b": (1,)}},
        {1: 2, None: 3, (1, 2): 4},
        Path("a", 1, None, Path("b")),
        Path(),
        {"code": Path("x", mark="")},
        msgpack.ExtType(4, b"_"),
        msgpack.ExtType(99, b"\x00\x01"),
        "\udcff",
    ],
)
def test_a_value_comes_back_as_it_was(value):
    again = codec.unpack(codec.pack(value))
    assert again == value
    assert codec.pack(again) == codec.pack(value)


def test_maps_have_attributes():
    assert codec.unpack(codec.pack({"a": {"b": 1}})).a.b == 1
    assert isinstance(codec.unpack(b"\x80"), attrdict)


def test_the_bytes_are_those_of_the_original():
    assert codec.pack(Path("a", 1)) == bytes.fromhex("c70303a16101")
    assert codec.pack(2**64) == bytes.fromhex("c70902010000000000000000")
    marked = codec.unpack(codec.pack(Path("a", mark="r")))
    assert (marked, marked.mark) == (Path("a"), "r")


@pytest.mark.parametrize("value", [object(), {1, 2}, -(2**63) - 1])
def test_what_cannot_be_encoded_names_its_type(value):
    with pytest.raises(TypeError, match=type(value).__name__):
        codec.pack({"x": value})


def test_text_that_is_no_utf8_and_maps_as_keys_harm_nobody():
    assert codec.pack(codec.unpack(b"\xa1\xff")) == b"\xa1\xff"
    assert codec.unpack(b"\x81\x81\x01\x02\x03") == {((1, 2),): 3}


def test_values_may_arrive_in_any_pieces():
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    values = [{"seq": n, "path": Path("a", n), "value": "x" * chance.randrange(50)} for n in range(200)]
    data = b"".join(map(codec.pack, values))
    unpacker = codec.unpacker()
    found = []
    while data:
        cut = chance.randrange(1, 40)
        unpacker.feed(data[:cut])
        data = data[cut:]
        found.extend(unpacker)
    assert found == values
