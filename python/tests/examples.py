"""The examples of a page: what two sides send to each other, as JSON with ``nil``, ``P("a.b")`` and ``b"00ff"``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from distkv.codec import pack
from distkv.util import P

ROOT = File(__file__).resolve().parents[2]
SAID = re.compile(r"(\w*)([<>]) (.*)")
HEX = re.compile(r"  [0-9a-f ]+")
TEXT = r'"(?:[^"\\]|\\.)*"'
NOTATION = re.compile(rf"\bP\((?P<P>{TEXT})\)|\bb(?P<b>{TEXT})|(?P<text>{TEXT})|\bnil\b")
DECODER = json.JSONDecoder()


@dataclass
class Message:
    """One message of a page."""

    line: int
    who: str
    """Which connection; the first one has no name."""
    up: bool
    """Whether it goes to the side that the page is about."""
    value: Any
    octets: bytes | None = None
    """What it is on the wire, if the page shows that."""


def messages(page: str) -> Iterator[Message]:
    """What is said in the blocks of a page, in their order."""
    for first, block in blocks(page):
        begun: Message | None = None
        text = ""
        for number, line in enumerate([*block, "> "], first):
            if said := SAID.fullmatch(line):
                if begun is not None:
                    begun.value = value(text)
                    yield begun
                begun, text = Message(number, said[1], said[2] == ">", None), said[3]
            elif begun is not None and HEX.fullmatch(line):
                begun.octets = bytes.fromhex(line)
            else:
                text += line


def blocks(page: str) -> Iterator[tuple[int, list[str]]]:
    """The page's conversations, with the numbers of their first lines."""
    lines = (ROOT / page).read_text().splitlines()
    number = 0
    while number < len(lines):
        if lines[number].startswith("```"):
            end = lines.index("```", number + 1)
            block = lines[number + 1 : end]
            if lines[number] == "```" and SAID.fullmatch(block[0]):
                yield number + 2, block
            number = end
        number += 1


def value(text: str) -> Any:
    """What this stands for; a comment may follow it."""
    found, _ = DECODER.raw_decode(NOTATION.sub(_json, text))
    return _read(found)


def _json(found: re.Match[str]) -> str:
    match found.lastgroup:
        case None:
            return "null"
        case "text":
            return found[0]
    return f'{{"{found.lastgroup}": {found[found.lastgroup]}}}'


def _read(found: Any) -> Any:
    match found:
        case {"P": str(text)}:
            return P(text)
        case {"b": str(text)}:
            return bytes.fromhex(text)
        case dict():
            return {key: _read(inner) for key, inner in found.items()}
        case list():
            return tuple(map(_read, found))
    return found


def table(page: str, *columns: str, after: str = "") -> list[list[str]]:
    """The rows of the page's first table with these columns after that line, without the marks of code."""
    lines = (ROOT / page).read_text().splitlines()
    lines = lines[lines.index(after) :]
    rows = []
    for line in lines[lines.index("| " + " | ".join(columns) + " |") + 2 :]:
        if not line.startswith("|"):
            return rows
        rows.append([cell.strip().strip("`") for cell in line[1:-1].split("|")])
    return rows


class Learned:
    """What only the other side can know, such as a number that it chose: the page's value stands for the real one."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys
        self._real: dict[Any, Any] = {}

    def learn(self, shown: Any, real: Any) -> None:
        """Note the real values in a message that the page shows like this."""
        if isinstance(shown, dict) and isinstance(real, dict):
            for key in shown.keys() & real.keys():
                if key in self._keys and shown[key] is not None:
                    self._real.setdefault(shown[key], real[key])
                else:
                    self.learn(shown[key], real[key])

    def real(self, shown: Any) -> Any:
        """What the page shows, with the real values in it."""
        match shown:
            case dict():
                return {key: self.real(inner) for key, inner in shown.items()}
            case tuple() if type(shown) is tuple:
                return tuple(map(self.real, shown))
            case int() | float() | str() if not isinstance(shown, bool):
                return self._real.get(shown, shown)
        return shown


def same(said: Any, shown: Any) -> bool:
    """Whether two messages are the same on the wire, but for the order of their keys and the rest of a text ("…")."""
    if isinstance(shown, dict):
        return isinstance(said, dict) and said.keys() == shown.keys() and all(same(said[k], shown[k]) for k in shown)
    if isinstance(shown, str) and shown.endswith("…"):
        return isinstance(said, str) and said.startswith(shown[:-1])
    return pack(said) == pack(shown)
