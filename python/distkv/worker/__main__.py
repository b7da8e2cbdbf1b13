"""The parent of workers, as a program: ``python -m distkv.worker SOCKET``."""

from __future__ import annotations

import gc
import os
import socket
import sys
from contextlib import suppress

import anyio

from . import child
from .cgroups import Groups, Unusable
from .means import Impossible, choose
from .parent import Parent
from .user import WorkerUser


def main(args: list[str]) -> int:
    """Serve the runner that listens on the socket; the forked workers come through here, too."""
    if len(args) not in (1, 2, 3):
        sys.stderr.write("usage: python -m distkv.worker SOCKET [USER [BYTES]] (runners start this; not for people)\n")
        return 2
    path, user, memory = (*args, "", "")[:3]
    sock = socket.socket(socket.AF_UNIX)
    try:
        means = _means(user or None, int(memory) if memory else None)
        sock.connect(path)
    except Impossible as exc:
        sys.stderr.write(f"distkv worker: {exc}\n")
        return 1
    except OSError as exc:
        sys.stderr.write(f"distkv worker: no runner listens on {path}: {exc.strerror}\n")
        return 1
    _settle_standard_streams()
    anyio.run(anyio.sleep, 0)  # loads what every worker needs
    gc.collect()
    gc.freeze()
    parent = Parent(sock, path, *means)
    worker = parent.serve()
    if worker is not None:
        child.work(worker, parent.path, parent.hold, parent.heart)
    return 0


def _means(name: str | None, memory: int | None) -> tuple[Groups | None, WorkerUser | None, str | None]:
    """By what limits are looked after, and what there is to be said about it; Impossible if it cannot be."""
    user: WorkerUser | None = None
    groups: Groups | None = None
    no_groups: str | None = None
    if name is not None and os.geteuid() == 0:
        with suppress(KeyError):
            user = WorkerUser(name)
    choose(None, name, is_root=os.geteuid() == 0, user_exists=user is not None)
    if user is not None:
        user.check()
    try:
        if os.environ.get("DISTKV_CGROUPS") == "off":
            raise Unusable("DISTKV_CGROUPS is off")
        groups = Groups.find(memory)
    except Unusable as exc:
        no_groups = str(exc)
    return groups, user, choose(no_groups, name, is_root=os.geteuid() == 0, memory=memory).warning


def _settle_standard_streams() -> None:
    """Nothing to read, and one place to write to, whatever a job or its subprocesses do."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
