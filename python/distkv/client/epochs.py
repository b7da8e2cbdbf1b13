"""
The newest epoch of each tree that was seen in a greeting, so that servers of older ones are refused.

Processes of one user share what they have seen in ``~/.config/distkv/epochs``: a line ``TREE EPOCH SEAL`` for each tree
that is not in its first epoch. Where that file cannot be used, what this process has seen counts.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path as FilePath
from threading import Lock
from typing import Any, Final, NamedTuple

__all__ = ["Seen", "newer_than"]

_LINE: Final = re.compile(r"(\S+) ([0-9]{1,9}) (\S+)")
_WORD: Final = re.compile(r"\S+")
_lock = Lock()
_seen: dict[str, Seen] = {}


class Seen(NamedTuple):
    """An epoch that was seen."""

    epoch: int
    seal: str
    """What tells a server of an older one."""


def newer_than(greeting: Mapping[str, Any]) -> Seen | None:
    """Return the newer epoch that was seen of a server's tree; None if there is none, and then its own is noted."""
    tree, epoch, seal = greeting.get("tree"), greeting.get("epoch"), greeting.get("seal")
    if not (isinstance(epoch, int) and isinstance(tree, str) and isinstance(seal, str)):
        return None
    if not (_WORD.fullmatch(tree) and _WORD.fullmatch(seal)):
        return None
    with _lock:
        file = FilePath(os.environ.get("HOME", "/"), ".config", "distkv", "epochs")
        _read(file)
        known = _seen.get(tree)
        if known is not None and known.epoch > epoch:
            return known
        if known is None or known.epoch < epoch:
            _seen[tree] = Seen(epoch, seal)
            if epoch > 1:
                _write(file)
        return None


def _read(file: FilePath) -> None:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        found = _LINE.fullmatch(line)
        if found and (found[1] not in _seen or _seen[found[1]].epoch < int(found[2])):
            _seen[found[1]] = Seen(int(found[2]), found[3])


def _write(file: FilePath) -> None:
    """Write what was seen; the last of two processes that do so at once wins, and the other epoch is seen again."""
    text = "".join(f"{tree} {seen.epoch} {seen.seal}\n" for tree, seen in sorted(_seen.items()) if seen.epoch > 1)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix="epochs", delete=False, encoding="utf-8") as new:
            new.write(text)
        os.replace(new.name, file)
    except OSError:
        return
