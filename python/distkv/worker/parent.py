"""The parent of workers: a warm, single-threaded process that forks, signals and reaps them."""

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

from . import linux
from .cage import Cage
from .cgroups import Groups
from .heart import LOOK, Heart
from .limits import OWN_THREADS, POLL, PROGRAM_THREADS, Limits
from .offspring import Offspring
from .user import WorkerUser
from .vouching import Voucher
from .wire import Messages, pack


class Parent:
    """Serves the runner at the other end of ``sock``, on the only thread of this process.

    The bytes that wait for the runner are bounded by what it asks for: two messages a fork.
    """

    def __init__(
        self, sock: socket.socket, path: str, groups: Groups | None, user: WorkerUser | None, warning: str | None
    ) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._messages = Messages()
        self._unsent = bytearray()
        self.path = path
        """How this process gets at the runner's socket; in a worker of another user not by its name."""
        self._groups = groups
        self._user = user
        self._warning = warning
        self._children: dict[int, Offspring] = {}
        self._emptying: list[Cage] = []
        self._alarm = linux.BootAlarm()
        self._voucher = Voucher()
        self._wake, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._over = False
        self._look_at = 0.0
        self.heart: Heart
        """In a worker: its own."""

    def serve(self) -> int | None:
        """Do as the runner says until it is gone: None. In a forked worker: its number."""
        linux.adopt_orphans()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._terminate)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        self._send(op="parent", pid=os.getpid(), python=platform.python_version(), warning=self._warning)
        reading: list[Any] = [self._sock, self._wake, self._alarm.fd]
        while not self._over:
            writing = [self._sock] if self._unsent else []
            select.select(reading, writing, [], self._patience())
            self._drain_wakes()
            self._reap()
            self._enforce_limits()
            self._feel_hearts()
            self._emptying = [cage for cage in self._emptying if not cage.remove()]
            for message in self._receive():
                worker = self._obey(message)
                if worker is not None:
                    return worker
            # Not before all is read: a deadline that has passed may have been moved meanwhile.
            self._kill_overdue()
            self._flush()
        self._end_all()
        return None

    def _patience(self) -> float | None:
        """Seconds after which there may be something to be seen that nobody tells."""
        if self._limited() or self._emptying:
            return POLL
        return LOOK if any(child.heart for child in self._children.values()) else None

    def hold(self, limits: Mapping[str, float]) -> None:
        """In a worker that is about to run code with these limits: be bound by them, where the kernel can see to it."""
        if self._user is not None:
            self._user.hold(limits, caged=self._groups is not None)

    def _terminate(self, *_: Any) -> None:
        self._over = True

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
        self._over = True
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
            self._over = True

    def _obey(self, message: dict[str, Any]) -> int | None:
        """Carry one message out; in a forked worker this returns the worker's number."""
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
                self._voucher.vouch(message["socket"], message["session"], message["secret"], self._children)
            case "limit" if child := self._children.get(worker):
                self._limit(child, Limits.read(message))
        return None

    def _limit(self, child: Offspring, limits: Limits) -> None:
        child.limits = limits if limits.bind else None
        if self._groups is None or not limits.caged or child.cage is not None:
            return
        try:
            child.cage = self._groups.cage(child.worker, limits, child.own_threads)
            child.cage.take(linux.family(child.pid))
        except OSError as exc:
            sys.stderr.write(f"distkv worker parent: a worker's limits are looked after by looking: {exc}\n")

    def _fork(self, worker: int, command: Sequence[str] | None) -> int | None:
        sys.stderr.flush()
        parent = os.getpid()
        try:
            heart = None if command else Heart()
            pid = os.fork()
        except OSError as exc:
            self._send(op="exited", worker=worker, status=None, signal=None, message=str(exc))
            return None
        if pid == 0:
            path = self.path
            self._become_worker(parent)
            if command:
                _execute([self.path if word == path else word for word in command])
            if heart is not None:
                self.heart = heart
            return worker
        with suppress(PermissionError, ProcessLookupError):  # it has done that itself, or is gone
            os.setpgid(pid, pid)
        self._children[worker] = Offspring(worker, pid, PROGRAM_THREADS if command else OWN_THREADS, heart=heart)
        self._send(op="forked", worker=worker, pid=pid)
        return None

    def _become_worker(self, parent: int) -> None:
        os.setpgid(0, 0)
        if self._groups is not None:
            self._groups.enter()
        if self._user is not None:
            # Its directory is closed to that user, and so to all others of his processes.
            socket_file = os.open(self.path, os.O_PATH)
            os.set_inheritable(socket_file, True)
            self.path = f"/proc/self/fd/{socket_file}"
            self._user.become()
        linux.die_with(parent)  # a change of user would undo it
        linux.adopt_orphans()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._sock.close()
        for fd in (self._wake, self._waker, self._alarm.fd):
            os.close(fd)
        for sibling in self._children.values():
            if sibling.heart is not None:
                sibling.heart.close()

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

    def _limited(self) -> list[Offspring]:
        return [child for child in self._children.values() if child.limits and not child.exceeded]

    def _enforce_limits(self) -> None:
        """Kill those that use too much; each is looked at as often as its limits say."""
        for child in self._limited():
            if child.limits and (name := child.limits.exceeded(child.pid, child.own_threads, child.cage)):
                child.exceeded = name
                if child.cage is not None:
                    child.cage.kill()
                linux.end_all([child.pid])

    def _feel_hearts(self) -> None:
        """Kill those that are stuck where no thread of theirs can do anything."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK
        for child in self._children.values():
            if child.heart is not None and child.stuck is None and (where := child.heart.look(child.pid)) is not None:
                child.stuck = where
                child.kill()

    def _reap(self) -> None:
        workers = {child.pid: worker for worker, child in self._children.items()}
        gone: list[tuple[int, Offspring, int]] = []
        try:
            while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                pid = found.si_pid
                if pid in workers:
                    # Until it is reaped its id, and so its group's, cannot be anyone else's.
                    linux.kill_quietly(-pid, signal.SIGKILL)
                _, status = os.waitpid(pid, 0)
                if pid in workers:
                    worker = workers[pid]
                    gone.append((worker, self._children.pop(worker), os.waitstatus_to_exitcode(status)))
        except ChildProcessError:
            pass
        self._end_orphans()
        self._voucher.name(self._children)
        for worker, child, code in gone:
            if child.cage is not None:
                child.exceeded = child.exceeded or child.cage.exceeded()
                child.cage.kill()
                self._emptying.append(child.cage)
            elif code == -signal.SIGKILL and not child.killed and self._groups and self._groups.shared_kill():
                child.exceeded = "memory"
            if child.heart is not None:
                child.heart.close()
            ended = {"status": code, "signal": None} if code >= 0 else {"status": None, "signal": -code}
            why = {"limit": child.exceeded, "stuck": child.stuck, "overdue": child.overdue}
            self._send(op="exited", worker=worker, **ended, **why)
        if gone and self._groups:
            self._groups.kills_are_told()

    def _end_orphans(self) -> None:
        """Kill what workers have left: whose worker lives is that one's child or orphan, not this process's."""
        workers = {child.pid for child in self._children.values()}
        if orphans := set(linux.children(os.getpid())) - workers:
            linux.end_all(orphans)

    def _end_all(self) -> None:
        """Kill everything below this process; orphans of the killed become its children."""
        for child in self._children.values():
            child.kill()
        try:
            while True:
                linux.end_all(linux.children(os.getpid()))
                os.waitpid(-1, 0)
        except ChildProcessError:
            pass
        for cage in [*self._emptying, *(child.cage for child in self._children.values() if child.cage)]:
            cage.remove()
        if self._groups is not None:
            self._groups.close()


def _execute(command: Sequence[str]) -> None:
    """Become another program. It keeps group, death signal, standard streams and what vouches, and nothing else."""
    try:
        os.execvp(command[0], list(command))  # noqa: S606  (the runner says what)
    except OSError as exc:
        sys.stderr.write(f"distkv worker parent: {command[0]}: {exc.strerror}\n")
        sys.stderr.flush()
    os._exit(127)
