"""What a runner wants of the sandbox."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["MODES", "SandboxPolicy"]

MODES = ("auto", "required", "off")


@dataclass(frozen=True)
class SandboxPolicy:
    """
    How to run workers on this node.

    `mode`: the strongest sandbox that there is, one that must be there, or none; `read`, `write`: paths that code may
    use besides the system's; `hide`: paths that no code may read, even below granted ones.
    """

    mode: str = "off"
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()

    @classmethod
    def parse(cls, words: Sequence[str]) -> SandboxPolicy:
        """Read the runner's arguments: the mode, then ``read=PATH`` and so on; none at all is `off`. ValueError."""
        mode, *granted = words or ["off"]
        if mode not in MODES:
            raise ValueError(f"sandbox: {mode!r} (expected: {', '.join(MODES)})")
        paths: dict[str, list[str]] = {"read": [], "write": [], "hide": []}
        for word in granted:
            key, _, path = word.partition("=")
            if key not in paths or not os.path.isabs(path):
                raise ValueError(f"sandbox: {word!r} (expected: {', '.join(f'{key}=PATH' for key in paths)})")
            paths[key].append(path)
        return cls(mode, **{key: tuple(found) for key, found in paths.items()})
