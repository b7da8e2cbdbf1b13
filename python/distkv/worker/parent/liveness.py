"""The liveness of a node: by this the server on this machine sees when every process of a session is dead."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection
from contextlib import suppress

from ..protocol.framing import pack

__all__ = ["LivenessWitness"]


class LivenessWitness:
    """
    The connection that is a witness for a session (docs/protocol.md). All workers forked after it inherit it.

    It names the session only when no worker is left that was forked before, since such workers do not hold it open.
    Until then the connection before remains the witness, if there is one. Descriptors are plain numbers here, since
    nothing may close them in a worker while that lives.
    """

    def __init__(self) -> None:
        self._named: int | None = None
        self._next: int | None = None
        self._hello = b""
        self._older: set[int] = set()

    def connect(self, where: str, session: int, secret: str, workers: Collection[int]) -> None:
        """Connect for this session, while these workers live. If there is no such socket, there is no witness."""
        _close(self._next)
        self._next = _connect(where)
        self._hello = pack({"session": session, "secret": secret})
        self._older = set(workers)
        self.workers_left(workers)

    def workers_left(self, workers: Collection[int]) -> None:
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
    sock.set_inheritable(True)  # for workers that become other programs
    return sock.detach()


def _close(fd: int | None) -> None:
    if fd is not None:
        os.close(fd)
