"""
Values as bytes: MsgPack with DistKV's extension types.

2 is an integer of more than 64 bits, 3 a path, 6 a marked path; other types pass through as ``msgpack.ExtType``.
Arrays come out as tuples, maps as `attrdict`. Text that is no UTF-8 survives a round trip (as surrogate escapes), so
that what one client stores cannot break another's connection.
"""

from __future__ import annotations

from typing import Any

import msgpack

from .util import Path, attrdict

__all__ = ["is_deeper", "pack", "packer", "unpack", "unpacker"]

_BIG, _PATH, _MARKED_PATH = 2, 3, 6
_LARGEST_FRAME = 2**31 - 1
_CONTAINERS = (dict, list, tuple)


def packer() -> msgpack.Packer:
    """Return an encoder; use it from one thread only."""
    return msgpack.Packer(default=_encode, unicode_errors="surrogateescape")


def unpacker() -> msgpack.Unpacker:
    """Return a decoder that is fed with bytes and iterated for values."""
    return msgpack.Unpacker(max_buffer_size=_LARGEST_FRAME, **_DECODING)


def pack(value: Any) -> bytes:
    """
    Encode one value.

    Raises TypeError, naming the type, for what MsgPack cannot hold, ValueError for what is nested too deeply.
    """
    packed: bytes = msgpack.packb(value, default=_encode, unicode_errors="surrogateescape")
    return packed


def unpack(data: bytes) -> Any:
    """Decode one value; raises ValueError if these bytes are not exactly one."""
    return msgpack.unpackb(data, **_DECODING)


def is_deeper(value: Any, limit: int) -> bool:
    """Whether a value nests maps and arrays deeper than ``limit``; a value that contains itself does."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return False
    return limit < 1 or any(is_deeper(one, limit - 1) for one in value if isinstance(one, _CONTAINERS))


def _encode(value: Any) -> Any:
    if isinstance(value, Path):
        elements = b"".join(map(pack, value))
        if value.mark:
            return msgpack.ExtType(_MARKED_PATH, pack(value.mark) + elements)
        return msgpack.ExtType(_PATH, elements)
    if isinstance(value, int) and value > 0:
        return msgpack.ExtType(_BIG, value.to_bytes((value.bit_length() + 7) // 8, "big"))
    raise TypeError(f"a value of type {type(value).__name__} cannot be encoded (expected: what MsgPack can hold)")


def _decode(code: int, data: bytes) -> Any:
    if code == _BIG:
        return int.from_bytes(data, "big")
    if code == _PATH:
        return Path(*_elements(data))
    if code == _MARKED_PATH:
        mark, *elements = _elements(data)
        return Path(*elements, mark=mark)
    return msgpack.ExtType(code, data)


def _elements(data: bytes) -> list[Any]:
    reader = unpacker()
    reader.feed(data)
    return list(reader)


def _map(pairs: list[tuple[Any, Any]]) -> attrdict:
    try:
        return attrdict(pairs)
    except TypeError:  # a map is the key of another map: legal there, impossible here
        return attrdict((_hashable(key), value) for key, value in pairs)


def _hashable(key: Any) -> Any:
    if isinstance(key, dict):
        return tuple((_hashable(inner), _hashable(value)) for inner, value in key.items())
    return tuple(map(_hashable, key)) if isinstance(key, tuple) else key


_DECODING: dict[str, Any] = {
    "object_pairs_hook": _map,
    "ext_hook": _decode,
    "use_list": False,
    "strict_map_key": False,
    "unicode_errors": "surrogateescape",
}
