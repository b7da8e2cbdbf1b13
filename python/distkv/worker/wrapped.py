"""
A Python worker that bubblewrap has started: ``python -m distkv.worker.wrapped WORKER SOCKET SOCKET MEMORY [USER]``.

Its connections and its heartbeat's memory are descriptors that it has inherited.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping

from .parent import linux
from .parent.heartbeat import Heartbeat
from .parent.worker_user import WorkerUser
from .runs import worker_main


def main(args: list[str]) -> None:
    """Be the worker of this number, with these descriptors."""
    worker, *files = map(int, args[:4])
    connections = [socket.socket(fileno=file) for file in files[:2]]
    user = WorkerUser(args[4]) if args[4:] else None

    def apply_limits(limits: Mapping[str, float]) -> None:
        if user is not None:
            # The processes of the user outside, which would count, are not seen in here.
            user.apply_limits(limits, in_cgroup=True)

    linux.become_subreaper()
    worker_main.work(worker, lambda: lambda: connections.pop(0), apply_limits, Heartbeat(files[2]))


if __name__ == "__main__":
    main(sys.argv[1:])
