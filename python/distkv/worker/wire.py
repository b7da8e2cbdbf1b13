"""Messages between a runner and its workers, as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..codec import pack, unpacker

__all__ = ["Messages", "pack"]


class Messages:
    """Cuts the runner's bytes into messages; what is no map is skipped."""

    def __init__(self) -> None:
        self._unpacker = unpacker()

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """Yield the messages that ``data`` completes."""
        self._unpacker.feed(data)
        for message in self._unpacker:
            if isinstance(message, dict):
                yield message
