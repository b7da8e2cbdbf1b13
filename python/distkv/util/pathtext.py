"""
Paths as people write them: ``a.b``, ``:.distkv.code``, ``room:3``.

A dot begins a text element. Within text ``:.`` is a dot, ``::`` a colon, ``:_`` a space. A colon before anything
else begins an element that is not text: ``:t :f :n`` are true, false and nil, ``:e`` is the empty text, ``:xFF`` and
``:b11`` are integers, ``:vtext``, ``:y00ff`` and ``:sAP8=`` bytes, ``:mword`` marks the path, and any other ``:EXPR``
(``:iEXPR`` if it begins with a letter) is a literal; commas in it make a nested path. A lone colon is the empty path.
"""

from __future__ import annotations

import ast
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["PathSyntaxError", "parse", "print_path"]

_UNESCAPE = {":.": ".", "::": ":", ":_": " "}
_PIECE = re.compile(r":[:._]|[^:.]+")
_WORDS: dict[str, Any] = {"t": True, "f": False, "n": None, "e": ""}
_READERS: dict[str, Callable[[str], Any]] = {
    "x": lambda text: int(text, 16),
    "b": lambda text: int(text, 2),
    "v": lambda text: text.encode("ascii"),
    "y": bytes.fromhex,
    "s": lambda text: b64decode(text, validate=True),
    "i": lambda text: _literal(text),
}
_LONGEST_DECIMAL = 4096  # bits; Python refuses to print integers of more than 4,300 digits


class PathSyntaxError(SyntaxError):
    """A text that is no path. The message names the position."""


def parse(text: str) -> tuple[list[Any], str]:
    """Return the elements of a path and its mark (empty if there is none)."""
    elements: list[Any] = []
    mark = ""
    if text == ":":
        return elements, mark
    if not text:
        raise PathSyntaxError("the empty text is no path (the empty path is ':')")
    for at, separator, body in _parts(text):
        if separator != ":":
            elements.append(body)
        elif body in _WORDS:
            elements.append(_WORDS[body])
        elif body[:1] == "m" and len(body) > 1:
            mark = body[1:]
        elif body:
            elements.append(_read(text, at, body))
        elif at != len(text) - 1 or not mark or elements:
            raise _error(text, at, "a colon with nothing after it")
    return elements, mark


def _parts(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield position, separator (empty for the first text element) and unescaped body of each element."""
    at = 0
    while at < len(text):
        start = at
        separator = ""
        if text[at] == "." or (text[at] == ":" and text[at : at + 2] not in _UNESCAPE):
            separator = text[at]
            at += 1
        body = []
        while at < len(text) and (piece := _PIECE.match(text, at)):
            body.append(_UNESCAPE.get(piece[0], piece[0]))
            at = piece.end()
        if separator == "." and (start == 0 or not body):
            raise _error(text, start if start == 0 else at, "an empty element (write :e for the empty text)")
        yield start, separator, "".join(body)


def _read(text: str, at: int, body: str) -> Any:
    reader = _READERS.get(body[0])
    try:
        return _literal(body) if reader is None else reader(body[1:])
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise _error(text, at, f"{body!r} cannot be read") from None


def _literal(body: str) -> Any:
    if body in ("inf", "-inf", "nan"):
        return float(body)
    return _element(ast.literal_eval(body))


def _element(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return tuple(_element(inner) for inner in value)
    if value is None or isinstance(value, (str, int, float, bytes)):
        return value
    raise ValueError(value)


def _error(text: str, at: int, what: str) -> PathSyntaxError:
    return PathSyntaxError(f"path {text!r}, position {at}: {what}")


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
        if element is value or (element == "" and word == "e"):
            return word
    if isinstance(element, bytes):
        printable = all(32 <= octet < 127 for octet in element)
        return "v" + element.decode("ascii") if printable else "y" + element.hex()
    literal = _print_literal(element, top=True)
    return "i" + literal if literal[0].isalpha() else literal


def _print_literal(element: Any, *, top: bool = False) -> str:
    if isinstance(element, int) and element.bit_length() > _LONGEST_DECIMAL:
        return hex(element)
    if isinstance(element, (str, int, float, bytes)) or element is None:
        return repr(element)
    inner = [_print_literal(one) for one in element]
    joined = ",".join(inner) + ("," if len(inner) == 1 else "")
    return joined if top and inner else f"({joined})"


def _escape(text: str) -> str:
    return text.replace(":", "::").replace(".", ":.").replace(" ", ":_")
