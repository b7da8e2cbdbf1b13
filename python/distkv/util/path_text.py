"""
Paths as people write them, in the notation of the original.

A text element is written as it is, with ``:.`` for a dot, ``::`` for a colon and ``:_`` for a space; a dot stands
before it, unless it is the first. Every other element begins with a colon and needs no dot::

    :t :f :n   true, false, nil              :xFF :b101   integers
    :e         the empty text                :vabc        bytes, in ASCII
    :42 :'a'   a literal                     :y00ff       bytes, in hexadecimal
    :'a','b'   a path within the path        :sAP8=       bytes, in base 64 (only read)
    :iEXPR     a literal that begins with a letter (inf, nan, True, b'…')
    :mWORD     at the beginning: a mark

A dot ends an element, also within a literal: the float -1.5 is ``:-1:.5``. The path without elements is a colon alone.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any, Final

from .path_literal import EXPECTED, parse_literal, print_literal

__all__ = ["PathSyntaxError", "parse", "print_path"]


def _base64(text: str) -> bytes:
    if len(text) % 4:
        raise ValueError
    return b64decode(text, validate=True)


_WORDS: Final[dict[str, Any]] = {"t": True, "f": False, "n": None, "e": ""}
_KINDS: Final[dict[str, tuple[Callable[[str], Any], str]]] = {
    "": (str, ""),
    "i": (parse_literal, EXPECTED),
    "x": (lambda text: int(text, 16), "an integer in hexadecimal"),
    "b": (lambda text: int(text, 2), "an integer in binary"),
    "v": (lambda text: text.encode("ascii"), "bytes in ASCII"),
    "y": (bytes.fromhex, "bytes in hexadecimal, two digits each"),
    "s": (_base64, "bytes in base 64"),
}
_START, _WITHIN, _AFTER, _DOT = "start", "within an element", "after a complete element", "after a dot"


class PathSyntaxError(SyntaxError):
    """A text that is no path. The message names the position, counted from 1, and what was expected there."""


def parse(text: str) -> tuple[list[Any], str]:
    """Return the elements of a path and its mark (empty if there is none); raises PathSyntaxError."""
    return _Parser(text).run()


class _Parser:
    """Reads one path. ``place`` says what stands before the next character."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._elements: list[Any] = []
        self._mark = ""
        self._place = _START
        self._kind = ""
        self._start = 0
        self._part: list[str] = []

    def run(self) -> tuple[list[Any], str]:
        if self._text == ":":
            return [], ""
        if not self._text:
            raise self._error(0, "nothing", "an element, or ':' for the path without elements")
        at = 0
        while at < len(self._text):
            if self._text[at] == ".":
                if self._place in (_START, _DOT):
                    raise self._error(at, "a dot", "an element before it; a dot in a text is ':.'")
                self._finish(_DOT)
                at += 1
            elif self._text[at] == ":":
                at = self._colon(at)
            else:
                if self._place == _AFTER:
                    raise self._error(at, "text after a complete element", "'.' or ':'")
                self._append(at, self._text[at])
                at += 1
        if self._place == _DOT:
            raise self._error(at, "the end", "an element after the dot")
        self._finish(_AFTER)
        return self._elements, self._mark

    def _colon(self, colon: int) -> int:
        """Read what a colon introduces; return the position after it."""
        at = colon + 1
        if at == len(self._text):
            raise self._error(colon, "a colon at the end", "what it escapes; a colon in a text is '::'")
        first = self._text[at]
        if first in ":._":
            self._append(colon, " " if first == "_" else first)
            return at + 1
        while at < len(self._text) and self._text[at] not in ":._":
            at += 1
        word = self._text[colon + 1 : at]
        if first == "m" and len(word) > 1:
            return self._marked(colon, word[1:], at)
        if self._place == _DOT and (word in _WORDS or first not in _KINDS):
            raise self._error(colon, "':' after a dot", "no dot before an element that begins with a colon")
        self._finish(_AFTER)
        if word in _WORDS:
            self._elements.append(_WORDS[word])
        else:
            self._kind = first if first in _KINDS else "i"
            self._place, self._start, self._part = _WITHIN, colon, [word[1:] if first in _KINDS else word]
        return at

    def _marked(self, colon: int, mark: str, at: int) -> int:
        if colon != 0:
            raise self._error(colon, "a mark", "it at the beginning only")
        self._mark = mark
        self._place = _AFTER
        # A marked path without elements is written with a colon at its end.
        return len(self._text) if self._text[at:] == ":" else at

    def _append(self, at: int, text: str) -> None:
        if self._place != _WITHIN:
            self._place, self._start, self._kind, self._part = _WITHIN, at, "", []
        self._part.append(text)

    def _finish(self, place: str) -> None:
        if self._place == _WITHIN:
            content = "".join(self._part)
            read, expected = _KINDS[self._kind]
            try:
                self._elements.append(read(content))
            except ValueError as error:
                raise self._error(self._start, f"'{content}'", str(error) if self._kind == "i" else expected) from None
        self._place = place

    def _error(self, at: int, found: str, expected: str) -> PathSyntaxError:
        return PathSyntaxError(f"path '{self._text}': {found} at position {at + 1} (expected: {expected})")


def print_path(elements: tuple[Any, ...], mark: str = "") -> str:
    """Return the text that `parse` reads back as these elements."""
    out = [f":m{mark}"] if mark else []
    if not elements:
        out.append(":")
    for element in elements:
        if isinstance(element, str) and element:
            if out:
                out.append(".")
            out.append(_escape(element))
        else:
            out.append(":" + _escape(_special(element)))
    return "".join(out)


def _special(element: Any) -> str:
    for word, value in _WORDS.items():
        if element is value:
            return word
    if isinstance(element, str):
        return "e"
    if isinstance(element, bytes):
        printable = all(32 <= octet < 127 for octet in element)
        return "v" + element.decode("ascii") if printable else "y" + element.hex()
    literal = print_literal(element)
    return "i" + literal if literal[0].isalpha() else literal


def _escape(text: str) -> str:
    return text.replace(":", "::").replace(".", ":.").replace(" ", ":_")
