"""Messages between a runner and its workers, as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import codec

__all__ = ["LONGEST_TEXT", "Messages", "clean", "pack"]

LARGEST = 16 * 1024 * 1024
DEEPEST = 64
"""A runner gives up a connection that sends larger or more deeply nested messages, and with it all that run there."""

LONGEST_TEXT = 32_768
"""Longer texts for people (messages, log records, traces) are cut."""


class Messages:
    """Cuts the runner's bytes into messages; what is no map is skipped."""

    def __init__(self) -> None:
        self._unpacker = codec.unpacker()

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """Yield the messages that ``data`` completes; raises ValueError for what is not MsgPack."""
        self._unpacker.feed(data)
        for message in self._unpacker:
            if isinstance(message, dict):
                yield message


def pack(message: dict[str, Any]) -> bytes:
    """Encode a message; raises TypeError for what MsgPack cannot hold, ValueError for what a runner would not read."""
    if codec.is_deeper(message, DEEPEST):
        raise ValueError(f"maps and arrays nested deeper than {DEEPEST - 1} (expected: fewer levels)")
    packed = codec.pack(message)
    if len(packed) > LARGEST:
        raise ValueError(f"{len(packed)} bytes (expected: {LARGEST} at most)")
    return packed


def clean(text: str) -> str:
    """Make a text for people fit for sending: no longer than LONGEST_TEXT, and without lone surrogates."""
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}… ({len(text) - LONGEST_TEXT} characters more)"
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
