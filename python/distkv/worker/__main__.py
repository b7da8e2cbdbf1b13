"""The parent of workers, as a program: ``python -m distkv.worker SOCKET``."""

from __future__ import annotations

import gc
import os
import socket
import sys

import anyio

from . import child
from .cgroups import Groups, Unusable
from .parent import Parent


def main(args: list[str]) -> int:
    """Serve the runner that listens on the socket; the forked workers come through here, too."""
    if len(args) != 1:
        sys.stderr.write("usage: python -m distkv.worker SOCKET (runners start this; it is not for people)\n")
        return 2
    (path,) = args
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.connect(path)
    except OSError as exc:
        sys.stderr.write(f"distkv worker: no runner listens on {path}: {exc.strerror}\n")
        return 1
    _settle_standard_streams()
    anyio.run(anyio.sleep, 0)  # loads what every worker needs
    gc.collect()
    gc.freeze()
    try:
        groups = Groups.find()
    except Unusable:
        groups = None
    worker = Parent(sock, groups).serve()
    if worker is not None:
        child.work(worker, path)
    return 0


def _settle_standard_streams() -> None:
    """Nothing to read, and one place to write to, whatever a job or its subprocesses do."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
