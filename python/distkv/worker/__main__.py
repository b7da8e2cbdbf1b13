"""The parent of workers, as a program: ``python -m distkv.worker SOCKET``."""

from __future__ import annotations

import gc
import os
import socket
import sys
from contextlib import suppress

import anyio

from .parent.cgroups import CgroupsUnavailable, WorkerCgroups
from .parent.limit_backend import Unsupported, choose
from .parent.parent import Parent
from .parent.worker_user import WorkerUser
from .runs import worker_main


def main(args: list[str]) -> int:
    """Serve the runner that listens on the socket; the forked workers return here, too."""
    if len(args) not in (1, 2, 3):
        sys.stderr.write("usage: python -m distkv.worker SOCKET [USER [BYTES]] (runners start this; not for people)\n")
        return 2
    path, user, memory = (*args, "", "")[:3]
    sock = socket.socket(socket.AF_UNIX)
    try:
        backend = _limit_backend(user or None, int(memory) if memory else None)
        sock.connect(path)
    except Unsupported as exc:
        sys.stderr.write(f"distkv worker: {exc}\n")
        return 1
    except OSError as exc:
        sys.stderr.write(f"distkv worker: no runner listens on {path}: {exc.strerror}\n")
        return 1
    _redirect_standard_streams()
    anyio.run(anyio.sleep, 0)  # loads what every worker needs
    gc.collect()
    gc.freeze()
    parent = Parent(sock, path, *backend)
    worker = parent.serve()
    if worker is not None:
        worker_main.work(worker, parent.path, parent.apply_limits, parent.heartbeat)
    return 0


def _limit_backend(name: str | None, memory: int | None) -> tuple[WorkerCgroups | None, WorkerUser | None, str | None]:
    """Set up what enforces limits, and return it with a warning for the user; raises Unsupported."""
    user: WorkerUser | None = None
    cgroups: WorkerCgroups | None = None
    no_cgroups: str | None = None
    if name is not None and os.geteuid() == 0:
        with suppress(KeyError):
            user = WorkerUser(name)
    choose(None, name, is_root=os.geteuid() == 0, user_exists=user is not None)
    if user is not None:
        user.check()
    try:
        if os.environ.get("DISTKV_CGROUPS") == "off":
            raise CgroupsUnavailable("DISTKV_CGROUPS is off")
        cgroups = WorkerCgroups.find(memory)
    except CgroupsUnavailable as exc:
        no_cgroups = str(exc)
    return cgroups, user, choose(no_cgroups, name, is_root=os.geteuid() == 0, memory=memory).warning


def _redirect_standard_streams() -> None:
    """Make standard input empty, and standard output the same as standard error, also for subprocesses of jobs."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
