"""This machine as a node of a server, as ``distkv join`` has written it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

__all__ = ["JoinedNode", "joined_node"]

_SERVER_NAME = "localhost"
"""A name that every server's certificate has: the authority vouches for one server only, whatever its address."""


@dataclass(frozen=True)
class JoinedNode:
    """What this machine knows since it has joined."""

    file: str
    """The file with the key, the certificate, and that of the authority."""
    server: str
    """The server's address: ``tls://HOST:PORT``."""
    name: str
    """The name of the node."""
    authority: str
    """The fingerprint of the authority."""

    @property
    def ssl(self) -> dict[str, Any]:
        """How to connect, as ``connect.ssl`` has it."""
        return {
            "ca": self.file,
            "fingerprint": self.authority,
            "cert": self.file,
            "key": self.file,
            "name": _SERVER_NAME,
        }


def joined_node() -> JoinedNode | None:
    """Return this machine as a node; None if it has not joined, or if this process may not know."""
    file = FilePath(os.environ.get("HOME", "/"), ".config", "distkv", "node.pem")
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    found: dict[str, str] = {}
    for line in text.partition("\n-----BEGIN")[0].splitlines():
        key, _, value = line.partition(" ")
        found[key] = value
    if not (found.get("server", "").startswith("tls://") and found.get("node") and found.get("authority")):
        raise ValueError(f"{file}: damaged (expected: a file that 'distkv join' has written)")
    return JoinedNode(str(file), found["server"], found["node"], found["authority"])
