"""Vouching for the runner's session: by it the server on this machine sees when every process here is dead."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection
from contextlib import suppress

from .wire import pack


class Voucher:
    """
    The connection that witnesses for a session (docs/protocol.md). All workers forked after it inherit it.

    It names the session only when no worker is left that was forked before, since its end would not tell of those.
    Until then what is named is the connection before, if there is one. Descriptors are plain numbers here: nothing may
    close them in a worker while that lives.
    """

    def __init__(self) -> None:
        self._named: int | None = None
        self._next: int | None = None
        self._hello = b""
        self._older: set[int] = set()

    def vouch(self, where: str, session: int, secret: str, workers: Collection[int]) -> None:
        """Connect for this session, while these workers live. Where that cannot be, there is nothing to vouch to."""
        _close(self._next)
        self._next = _connect(where)
        self._hello = pack({"session": session, "secret": secret})
        self._older = set(workers)
        self.name(workers)

    def name(self, workers: Collection[int]) -> None:
        """Name the session if that is due, now that only these workers are left."""
        if self._next is None or not self._older.isdisjoint(workers):
            return
        with suppress(OSError):
            os.write(self._next, self._hello)
        self._hello = b""
        _close(self._named)
        self._named, self._next = self._next, None


def _connect(where: str) -> int | None:
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.setblocking(False)
        sock.connect(where)
    except (OSError, ValueError):
        sock.close()
        return None
    sock.set_inheritable(True)  # workers that become other programs keep it as well
    return sock.detach()


def _close(fd: int | None) -> None:
    if fd is not None:
        os.close(fd)
