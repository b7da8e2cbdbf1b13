"""Paths: where an entry is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

from . import path_text

__all__ = ["P", "Path"]


class Path(Sequence[Any]):
    """
    Where an entry is: an immutable sequence of elements.

    An element is text, an integer, a float, a boolean, None, bytes, or a path of its own. ``Path("a", 1)`` takes
    the elements, ``Path(["a", 1])`` a list of them, ``P("a:1")`` reads the text form. ``path + ("b", "c")`` and
    ``path + other`` append several elements, ``path | "b"`` and ``path / "b"`` append one. A path equals the tuple of
    its elements, except that 1, 1.0 and True are three different elements. Every path is true, the empty one (the
    tree's root) included.

    ``mark`` is a word that rides along with a path (moat's "r" means an MQTT topic); it takes no part in equality
    unless both paths have one.
    """

    __slots__ = ("_data", "mark")

    _data: tuple[Any, ...]
    mark: str

    def __init__(self, *elements: Any, mark: str = "") -> None:
        if len(elements) == 1 and isinstance(elements[0], list):
            elements = tuple(elements[0])
        kinds = set(map(type, elements))
        self._data = tuple(map(_nested, elements)) if tuple in kinds or list in kinds else elements
        self.mark = mark

    @classmethod
    def build(cls, elements: Iterable[Any], *, mark: str = "") -> Path:
        """Make a path of an iterable of elements; a path is returned as it is."""
        if isinstance(elements, Path):
            return elements
        if isinstance(elements, str):
            raise TypeError(f"elements: the text {elements!r} (expected: a list; P('…') reads a path's text)")
        path = Path.trusted(tuple(map(_nested, elements)))
        path.mark = mark
        return path

    @classmethod
    def trusted(cls, elements: tuple[Any, ...]) -> Path:
        """Make a path of elements that were a path's before; nothing is checked."""
        path = object.__new__(Path)
        path._data = elements
        path.mark = ""
        return path

    @classmethod
    def from_str(cls, text: str, *, mark: str = "") -> Path:
        """
        Read a path as people write it, such as ``:.distkv.code.proc`` or ``room:3.temp``.

        Raises PathSyntaxError, which names the position, if the text is no path.
        """
        elements, found = path_text.parse(text)
        if mark and found and mark != found:
            raise path_text.PathSyntaxError(f"path '{text}': marked {found!r} (expected: {mark!r} or no mark)")
        return Path.build(elements, mark=mark or found)

    @property
    def elements(self) -> tuple[Any, ...]:
        """The elements, first to last."""
        return self._data

    def __str__(self) -> str:
        return path_text.print_path(self._data, self.mark)

    def __repr__(self) -> str:
        return f"P({str(self)!r})"

    def __len__(self) -> int:
        return len(self._data)

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Any]:
        return iter(self._data)

    def __contains__(self, element: object) -> bool:
        return element in self._data

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> Path: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return self._with(self._data[at])
        return self._data[at]

    def __hash__(self) -> int:
        return hash(self._data)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Path):
            if self.mark and other.mark and self.mark != other.mark:
                return False
            other = other._data
        if self._data != other:
            return False
        # Python takes 1, 1.0 and True for equal; as elements of a path they are not.
        return list(map(type, self._data)) == list(map(type, other))

    def __lt__(self, other: Path | tuple[Any, ...]) -> bool:
        return self._data < _tuple(other)

    def __le__(self, other: Path | tuple[Any, ...]) -> bool:
        return self._data <= _tuple(other)

    def __gt__(self, other: Path | tuple[Any, ...]) -> bool:
        return self._data > _tuple(other)

    def __ge__(self, other: Path | tuple[Any, ...]) -> bool:
        return self._data >= _tuple(other)

    def __or__(self, element: Any) -> Path:
        return self._with((*self._data, _nested(element)))

    def __truediv__(self, element: Any) -> Path:
        if isinstance(element, Path):
            raise TypeError(f"{self!r} / {element!r} (expected: + to join two paths, / to add one element)")
        return self._with((*self._data, _nested(element)))

    def __add__(self, other: Iterable[Any]) -> Path:
        if isinstance(other, (str, bytes)):
            raise TypeError(f"{self!r} + {other!r} (expected: a path or a tuple; | adds one element)")
        if isinstance(other, Path) and other.mark and other.mark != self.mark:
            if self.mark:
                raise ValueError(f"paths marked {self.mark!r} and {other.mark!r} cannot be joined")
            return Path(*self._data, *other._data, mark=other.mark)
        return self._with((*self._data, *map(_nested, other)))

    def startswith(self, prefix: Path | tuple[Any, ...]) -> bool:
        """Whether this path is ``prefix`` or below it."""
        return self[: len(prefix)] == prefix

    def _with(self, elements: tuple[Any, ...]) -> Path:
        path = Path.trusted(elements)
        path.mark = self.mark
        return path


class P(Path):
    """``P("a.b:3")`` reads a path as people write it; a path is returned as it is. See `Path.from_str`."""

    __slots__ = ()

    def __new__(cls, path: str | Path, *, mark: str = "") -> Path:  # type: ignore[misc]
        """Return a plain `Path`; raises PathSyntaxError if the text is no path."""
        if isinstance(path, Path):
            return Path(*path, mark=mark) if mark and path.mark != mark else path
        return Path.from_str(path, mark=mark)


def _nested(element: Any) -> Any:
    return Path.build(element) if isinstance(element, (tuple, list)) else element


def _tuple(path: Path | tuple[Any, ...]) -> tuple[Any, ...]:
    return path.elements if isinstance(path, Path) else path
