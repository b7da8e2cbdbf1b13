"""Expands the shortened paths of a stream."""

from __future__ import annotations

from ..util import Path, attrdict

__all__ = ["PathExpander"]


class PathExpander:
    """
    Expands the shortened paths of one stream.

    An item's ``path`` leaves out the first ``depth`` elements that it shares with the item before it. Calling this
    with each item, in order, replaces the path by the full one, below ``prefix``.
    """

    def __init__(self, prefix: Path) -> None:
        self._prefix = prefix.elements
        self._base = len(self._prefix)
        self._last = self._prefix

    def __call__(self, item: attrdict) -> Path:
        """Expand this item's path, also in the item, and return it."""
        path = item["path"]
        elements = path if path.__class__ is tuple else path.elements
        for element in elements:
            if element.__class__ is tuple:
                elements = Path(*elements).elements
                break
        self._last = elements = self._last[: self._base + item.pop("depth", 0)] + elements
        item["path"] = path = Path.trusted(elements)
        return path
