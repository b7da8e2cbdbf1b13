"""The parent of workers, as it serves its runner."""

from __future__ import annotations

import os
import platform
import select
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ..protocol.framing import MessageReader, pack
from . import linux
from .cgroup import Cgroup
from .cgroups import WorkerCgroups
from .child_process import ChildProcess
from .heartbeat import INTERVAL, Heartbeat
from .limits import Limits
from .liveness import LivenessWitness
from .usage import OWN_THREADS, POLL, PROGRAM_THREADS, exceeded_limit
from .worker_user import WorkerUser

__all__ = ["Parent"]


class Parent:
    """
    Serves the runner at the other end of ``sock``, on the only thread of this process.

    The number of bytes waiting for the runner is bounded by its requests: two messages per fork.
    """

    def __init__(
        self,
        sock: socket.socket,
        path: str,
        cgroups: WorkerCgroups | None,
        user: WorkerUser | None,
        warning: str | None,
    ) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._messages = MessageReader()
        self._unsent = bytearray()
        self.path = path
        """The path of the runner's socket; in a worker of another user that of an inherited descriptor."""
        self._cgroups = cgroups
        self._user = user
        self._warning = warning
        self._children: dict[int, ChildProcess] = {}
        self._removing: list[Cgroup] = []
        self._alarm = linux.BootAlarm()
        self._witness = LivenessWitness()
        self._wake, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._stopping = False
        self._next_check = 0.0
        self.heartbeat: Heartbeat
        """In a worker: its own heartbeat."""

    def serve(self) -> int | None:
        """Serve the runner until it is gone, then return None; in a forked worker, return the worker's number."""
        linux.become_subreaper()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._terminate)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        self._send(op="parent", pid=os.getpid(), python=platform.python_version(), warning=self._warning)
        reading: list[Any] = [self._sock, self._wake, self._alarm.fd]
        while not self._stopping:
            writing = [self._sock] if self._unsent else []
            select.select(reading, writing, [], self._timeout())
            self._drain_wakes()
            self._reap()
            self._enforce_limits()
            self._check_heartbeats()
            self._removing = [cgroup for cgroup in self._removing if not cgroup.remove()]
            for message in self._receive():
                worker = self._handle(message)
                if worker is not None:
                    return worker
            # Only after reading all messages, since one may have moved a deadline that has passed.
            self._kill_overdue()
            self._flush()
        self._kill_everything()
        return None

    def _timeout(self) -> float | None:
        """Return the seconds until the next poll, if anything has to be polled."""
        if self._limited() or self._removing:
            return POLL
        return INTERVAL if any(child.heartbeat for child in self._children.values()) else None

    def apply_limits(self, limits: Mapping[str, float]) -> None:
        """In a worker that is about to run code with these limits: have the kernel apply those that it can."""
        if self._user is not None:
            self._user.apply_limits(limits, in_cgroup=self._cgroups is not None)

    def _terminate(self, *_: Any) -> None:
        self._stopping = True

    def _drain_wakes(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._wake, 4096)

    def _receive(self) -> list[dict[str, Any]]:
        try:
            data = self._sock.recv(65536)
            if data:
                return list(self._messages.feed(data))
        except BlockingIOError:
            return []
        except (OSError, ValueError) as exc:
            sys.stderr.write(f"distkv worker parent: the runner's messages cannot be read: {exc}\n")
        self._stopping = True
        return []

    def _send(self, **message: Any) -> None:
        self._unsent += pack(message)
        self._flush()

    def _flush(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: self._sock.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self._stopping = True

    def _handle(self, message: dict[str, Any]) -> int | None:
        """Handle one message; in a forked worker, return the worker's number."""
        worker: Any = message.get("worker")
        match message.get("op"):
            case "fork" if isinstance(worker, int) and worker not in self._children:
                return self._fork(worker, message.get("command"))
            case "kill" if child := self._children.get(worker):
                if message.get("signal") == "KILL":
                    child.kill()
                else:
                    linux.kill_quietly(child.pid, signal.SIGTERM)
            case "deadline" if child := self._children.get(worker):
                child.deadline = message.get("at")
            case "vouch":
                self._witness.connect(message["socket"], message["session"], message["secret"], self._children)
            case "limit" if child := self._children.get(worker):
                self._limit(child, Limits.read(message))
        return None

    def _limit(self, child: ChildProcess, limits: Limits) -> None:
        child.limits = limits if limits.any_set else None
        if self._cgroups is None or not limits.need_cgroup or child.cgroup is not None:
            return
        try:
            child.cgroup = self._cgroups.cgroup(child.worker, limits, child.own_threads)
            child.cgroup.add(linux.process_tree(child.pid))
        except OSError as exc:
            sys.stderr.write(f"distkv worker parent: a worker's limits are only polled: {exc}\n")

    def _fork(self, worker: int, command: Sequence[str] | None) -> int | None:
        sys.stderr.flush()
        parent = os.getpid()
        try:
            heartbeat = None if command else Heartbeat()
            pid = os.fork()
        except OSError as exc:
            self._send(op="exited", worker=worker, status=None, signal=None, message=str(exc))
            return None
        if pid == 0:
            path = self.path
            self._become_worker(parent)
            if command:
                _execute([self.path if word == path else word for word in command])
            if heartbeat is not None:
                self.heartbeat = heartbeat
            return worker
        with suppress(PermissionError, ProcessLookupError):  # the child has done that itself, or is gone
            os.setpgid(pid, pid)
        own_threads = PROGRAM_THREADS if command else OWN_THREADS
        self._children[worker] = ChildProcess(worker, pid, own_threads, heartbeat=heartbeat)
        self._send(op="forked", worker=worker, pid=pid)
        return None

    def _become_worker(self, parent: int) -> None:
        os.setpgid(0, 0)
        if self._cgroups is not None:
            self._cgroups.enter()
        if self._user is not None:
            # The socket's directory is closed to that user, and so to all processes of that user.
            socket_file = os.open(self.path, os.O_PATH)
            os.set_inheritable(socket_file, True)
            self.path = f"/proc/self/fd/{socket_file}"
            self._user.become()
        linux.die_with(parent)  # a change of user would undo it
        linux.become_subreaper()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._sock.close()
        for fd in (self._wake, self._waker, self._alarm.fd):
            os.close(fd)
        for sibling in self._children.values():
            if sibling.heartbeat is not None:
                sibling.heartbeat.close()

    def _kill_overdue(self) -> None:
        now = time.clock_gettime(time.CLOCK_BOOTTIME)
        coming = []
        for child in self._children.values():
            if child.deadline is not None and child.deadline <= now:
                child.overdue = True
                child.kill()
            elif child.deadline is not None:
                coming.append(child.deadline)
        self._alarm.set(min(coming, default=None))

    def _limited(self) -> list[ChildProcess]:
        return [child for child in self._children.values() if child.limits and not child.exceeded]

    def _enforce_limits(self) -> None:
        """Kill the workers that exceed a limit."""
        for child in self._limited():
            if child.limits and (name := exceeded_limit(child.limits, child.pid, child.own_threads, child.cgroup)):
                child.exceeded = name
                if child.cgroup is not None:
                    child.cgroup.kill()
                linux.kill_trees([child.pid])

    def _check_heartbeats(self) -> None:
        """Kill the workers that are stuck where none of their threads can run."""
        if time.monotonic() < self._next_check:
            return
        self._next_check = time.monotonic() + INTERVAL
        for child in self._children.values():
            if child.heartbeat is None or child.stuck is not None:
                continue
            child.stuck = child.heartbeat.check(child.pid)
            if child.stuck is not None:
                child.kill()

    def _reap(self) -> None:
        workers = {child.pid: worker for worker, child in self._children.items()}
        gone: list[tuple[int, ChildProcess, int]] = []
        try:
            while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                pid = found.si_pid
                if pid in workers:
                    # Until it is reaped, no other process or group can get its id.
                    linux.kill_quietly(-pid, signal.SIGKILL)
                _, status = os.waitpid(pid, 0)
                if pid in workers:
                    worker = workers[pid]
                    gone.append((worker, self._children.pop(worker), os.waitstatus_to_exitcode(status)))
        except ChildProcessError:
            pass
        self._kill_orphans()
        self._witness.workers_left(self._children)
        for _, child, code in gone:
            self._settle(child, code)
        if gone and self._cgroups and self._cgroups.memory is not None:
            self._forget_kills(self._cgroups)
        for worker, child, code in gone:
            ended = {"status": code, "signal": None} if code >= 0 else {"status": None, "signal": -code}
            why = {"limit": child.exceeded, "stuck": child.stuck, "overdue": child.overdue}
            self._send(op="exited", worker=worker, **ended, **why)

    def _settle(self, child: ChildProcess, code: int) -> None:
        """Find out which limit a worker that has ended had exceeded, if any, and release what it had."""
        if child.cgroup is not None:
            child.exceeded = child.exceeded or child.cgroup.exceeded()
            child.cgroup.kill()
            self._removing.append(child.cgroup)
        elif code == -signal.SIGKILL and not child.killed and self._cgroups and self._cgroups.shared_kill():
            child.exceeded = "memory"
        if child.heartbeat is not None:
            child.heartbeat.close()

    def _forget_kills(self, cgroups: WorkerCgroups) -> None:
        """Attribute the kernel's kills to processes that workers have started, unless a worker is dying, too."""
        # Counted first: a worker that is killed while the others are looked at is not dying yet.
        kills = cgroups.kills()
        if not any(linux.is_dying(child.pid) for child in self._children.values()):
            cgroups.forget_kills(kills)

    def _kill_orphans(self) -> None:
        """Kill processes that dead workers have left; those of living workers are not children of this process."""
        workers = {child.pid for child in self._children.values()}
        if orphans := set(linux.children(os.getpid())) - workers:
            linux.kill_trees(orphans)

    def _kill_everything(self) -> None:
        """Kill everything below this process; orphans of the killed become its children."""
        for child in self._children.values():
            child.kill()
        try:
            while True:
                linux.kill_trees(linux.children(os.getpid()))
                os.waitpid(-1, 0)
        except ChildProcessError:
            pass
        for cgroup in [*self._removing, *(child.cgroup for child in self._children.values() if child.cgroup)]:
            cgroup.remove()
        if self._cgroups is not None:
            self._cgroups.close()


def _execute(command: Sequence[str]) -> None:
    """Become another program; it keeps group, death signal, standard streams and the witness, and nothing else."""
    try:
        os.execvp(command[0], list(command))  # noqa: S606  (the runner says what)
    except OSError as exc:
        sys.stderr.write(f"distkv worker parent: {command[0]}: {exc.strerror}\n")
        sys.stderr.flush()
    os._exit(127)
