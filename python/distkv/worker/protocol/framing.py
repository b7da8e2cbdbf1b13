"""Messages between a runner and its workers, as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ... import codec

__all__ = ["MAX_TEXT", "MessageReader", "pack", "sendable_text"]

_MAX_BYTES: Final = 16 * 1024 * 1024
_MAX_DEPTH: Final = 64
"""A runner closes a connection that sends larger or more deeply nested messages, which ends all runs of the worker."""

MAX_TEXT: Final = 32_768
"""Longer texts for people (messages, log records, traces) are cut."""


class MessageReader:
    """Splits the runner's bytes into messages; what is not a map is skipped."""

    def __init__(self) -> None:
        self._unpacker = codec.unpacker()

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """Yield the messages that ``data`` completes; raises ValueError for bytes that are not MsgPack."""
        self._unpacker.feed(data)
        for message in self._unpacker:
            if isinstance(message, dict):
                yield message


def pack(message: dict[str, Any]) -> bytes:
    """Encode a message; raises TypeError for what MsgPack cannot encode, ValueError for what a runner would refuse."""
    if codec.is_deeper(message, _MAX_DEPTH):
        raise ValueError(f"maps and arrays nested deeper than {_MAX_DEPTH - 1} (expected: fewer levels)")
    packed = codec.pack(message)
    if len(packed) > _MAX_BYTES:
        raise ValueError(f"{len(packed)} bytes (expected: {_MAX_BYTES} at most)")
    return packed


def sendable_text(text: str) -> str:
    """Return a text for people, cut to MAX_TEXT and without lone surrogates."""
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}… ({len(text) - MAX_TEXT} characters more)"
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
