"""The prefixes: where in the tree the system keeps what."""

from __future__ import annotations

from typing import Final

from ..util import P, Path

__all__ = ["PREFIX_SETS"]


def _below(root: Path) -> dict[str, dict[str, Path]]:
    return {
        "config": {"prefix": root | "config"},
        "errors": {"prefix": root | "error"},
        "codes": {"prefix": root + ("code", "proc")},
        "modules": {"prefix": root + ("code", "module")},
        "runner": {"prefix": root | "run", "state": root | "state"},
    }


PREFIX_SETS: Final = {"distkv": _below(P(":.distkv")), "moat": _below(P(":.moat.kv"))}
"""
The sections of the configuration that hold prefixes, with their defaults.

With "moat" everything is where moat-kv has what corresponds to it.
"""
