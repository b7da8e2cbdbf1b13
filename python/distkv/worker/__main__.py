"""The parent of workers, as a program: ``python -m distkv.worker SOCKET``."""

from __future__ import annotations

import gc
import os
import socket
import sys
import tempfile
from contextlib import suppress

import anyio

from .parent.cgroups import CgroupsUnavailable, WorkerCgroups
from .parent.limit_backend import Unsupported, choose
from .parent.parent import Parent
from .parent.worker_user import WorkerUser
from .runs import worker_main
from .sandbox.choice import SandboxUnavailable
from .sandbox.policy import SandboxPolicy
from .sandbox.sandbox import Sandbox


def main(args: list[str]) -> int:
    """Serve the runner that listens on the socket; the forked workers return here, too."""
    if not args:
        sys.stderr.write(
            "usage: python -m distkv.worker SOCKET [USER [BYTES [SANDBOX…]]] (runners start this; not for people)\n"
        )
        return 2
    path, user, memory = (*args, "", "")[:3]
    sock = socket.socket(socket.AF_UNIX)
    try:
        cgroups, worker_user, warning = _limit_backend(user or None, int(memory) if memory else None)
        sandbox = _sandbox(SandboxPolicy.parse(args[3:]), path, worker_user)
        sock.connect(path)
    except (Unsupported, SandboxUnavailable, ValueError) as exc:
        sys.stderr.write(f"distkv worker: {exc}\n")
        return 1
    except OSError as exc:
        sys.stderr.write(f"distkv worker: no runner listens on {path}: {exc.strerror}\n")
        return 1
    _redirect_standard_streams()
    anyio.run(anyio.sleep, 0)  # loads what every worker needs
    gc.collect()
    gc.freeze()
    warnings = [one for one in (warning, sandbox.choice.warning) if one]
    parent = Parent(sock, path, cgroups, worker_user, sandbox, "\n".join(warnings) or None)
    worker = parent.serve()
    if worker is not None:
        worker_main.work(worker, parent.enter_sandbox, parent.apply_limits, parent.heartbeat)
    return 0


def _sandbox(policy: SandboxPolicy, path: str, user: WorkerUser | None) -> Sandbox:
    """Find the sandbox. Workers' directories are beside the socket, or where a worker user can reach them."""
    if user is None or policy.mode == "off":
        return Sandbox.find(policy, os.path.join(os.path.dirname(path), "work"), None)
    directory = tempfile.mkdtemp(prefix="distkv-workers-")
    os.chmod(directory, 0o711)  # noqa: S103  (what is below is open to its owners only)
    return Sandbox.find(policy, directory, user.become)


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
