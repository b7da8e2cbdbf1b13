"""Full paths from the shortened ones of a stream."""

from __future__ import annotations

from ..util import Path, attrdict

__all__ = ["Lengthener"]


class Lengthener:
    """
    Undoes the path shortening of one stream.

    An item's ``path`` leaves out the first ``depth`` elements that it shares with the item before it. Calling this
    with each item, in order, puts the whole path below ``prefix`` in its place.
    """

    def __init__(self, prefix: Path) -> None:
        self._prefix = prefix.elements
        self._base = len(self._prefix)
        self._last = self._prefix

    def __call__(self, item: attrdict) -> Path:
        """Lengthen this item's path, in the item too, and return it."""
        path = item["path"]
        elements = path if path.__class__ is tuple else path.elements
        for element in elements:
            if element.__class__ is tuple:
                elements = Path(*elements).elements
                break
        self._last = elements = self._last[: self._base + item.pop("depth", 0)] + elements
        item["path"] = path = Path.trusted(elements)
        return path
