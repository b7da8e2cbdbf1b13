"""Where a server is: ``host:port``, ``tls://host:port`` or ``unix:PATH``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from ..configuration import PORT
from .joined import JoinedNode, joined_node

__all__ = ["Address", "candidates"]

_SOCKET = "distkv.sock"
_SYSTEM = FilePath("/var/lib/distkv")


@dataclass(frozen=True)
class Address:
    """The address of a server. As text it is what users write."""

    host: str
    port: int
    tls: bool = False
    socket: str | None = None
    """The path of a Unix socket, which host and port do not matter for."""
    node: JoinedNode | None = field(default=None, compare=False)
    """This machine as a node, if it has joined this server."""

    @classmethod
    def parse(cls, host: str, port: int) -> Address:
        """Read an address; raises ValueError. A port behind ``tls://host`` takes precedence."""
        if host.startswith("unix:"):
            path = host[len("unix:") :]
            if not path:
                raise ValueError(f"host: {host!r} (expected: unix: and the path of a socket)")
            return cls("", port, socket=path)
        tls = host.startswith("tls://")
        if tls:
            host, port = _split(host, port)
        return cls(_bare(host), port, tls)

    def __str__(self) -> str:
        if self.socket is not None:
            return f"unix:{self.socket}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'tls://' if self.tls else ''}{host}:{self.port}"


def candidates(connect: Mapping[str, Any]) -> list[Address]:
    """
    Return the addresses to try, one after another: the one that is configured; or else the server that this machine has
    joined; or else the Unix sockets that there are in the usual data directories, then this machine's port.
    """
    host, port = connect.get("host"), connect["port"]
    sockets: list[Address] = []
    node = None if connect.get("ssl") else joined_node()
    if host is None and port == PORT and node is not None:
        host = node.server
    if host is None:
        host = "localhost"
        if port == PORT:
            home = FilePath(os.environ.get("HOME", "/"), ".local", "share", "distkv")
            there = [directory / _SOCKET for directory in (home, _SYSTEM)]
            sockets = [Address("", port, socket=str(path)) for path in there if os.access(path, os.W_OK)]
    address = Address.parse(str(host), port)
    if connect.get("ssl") and address.socket is None:
        address = replace(address, tls=True)
    if node is not None and address == Address.parse(node.server, PORT):
        address = replace(address, node=node)
    return [*sockets, address]


def _split(whole: str, otherwise: int) -> tuple[str, int]:
    rest = whole[len("tls://") :]
    # The colons of an IPv6 address belong to it, with brackets or without.
    has_port = rest.rfind(":") > rest.rfind("]") if rest.startswith("[") else rest.count(":") == 1
    host, _, port = rest.rpartition(":") if has_port else (rest, "", str(otherwise))
    if not host or not port.isdecimal() or not 0 < int(port) <= 0xFFFF:
        raise ValueError(f"host: {whole!r} (expected: tls://HOST or tls://HOST:PORT with a port from 1 to 65535)")
    return host, int(port)


def _bare(host: str) -> str:
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host
