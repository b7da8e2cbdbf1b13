"""The parent of workers, as it serves its runner."""

from __future__ import annotations

import os
import platform
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from ..protocol.framing import MessageReader, pack
from ..protocol.runner_connection import Connect
from ..sandbox import bubblewrap, network
from ..sandbox.sandbox import Sandbox
from . import linux
from .cgroup import Cgroup
from .cgroups import WorkerCgroups
from .child_process import ChildProcess
from .heartbeat import INTERVAL, Heartbeat
from .limits import Limits
from .liveness import LivenessWitness
from .memory_kills import SharedMemoryKills
from .usage import OWN_THREADS, POLL, PROGRAM_THREADS, exceeded_limit
from .worker_user import WorkerUser

__all__ = ["Parent"]

TMP = "{tmp}"
"""In the words of a command: the worker's directory for temporary files."""


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
        sandbox: Sandbox,
        warning: str | None,
    ) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._messages = MessageReader()
        self._unsent = bytearray()
        self.path = path
        """The path of the runner's socket; in a worker of another user that of an inherited descriptor."""
        self._cgroups = cgroups
        self._kills = SharedMemoryKills((lambda: 0) if cgroups is None else cgroups.shared_kills)
        self._user = user
        self._sandbox = sandbox
        self._warning = warning
        self._children: dict[int, ChildProcess] = {}
        self._removing: list[Cgroup] = []
        self._sweepers: set[int] = set()
        self._network_reason: str | None = ""
        """Why workers cannot leave the network; empty: not tried yet."""
        self._alarm = linux.BootAlarm()
        self._witness = LivenessWitness()
        self._wake, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._stopping = False
        self._next_check = 0.0
        self.heartbeat: Heartbeat
        """In a worker: its own heartbeat."""
        self.tmp: str | None = None
        """In a worker that is to be in a sandbox: the directory that it may write to."""

    def serve(self) -> int | None:
        """Serve the runner until it is gone, then return None; in a forked worker, return the worker's number."""
        linux.become_subreaper()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._terminate)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        step = self._sandbox.choice.step
        version = platform.python_version()
        self._send(op="parent", pid=os.getpid(), python=version, warning=self._warning, sandbox=step)
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
                return self._fork(worker, message.get("command"), message.get("server"))
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

    def _fork(self, worker: int, command: Sequence[str] | None, server: Sequence[Any] | None) -> int | None:
        if server and (reason := self._why_not_without_network()):
            self._send(op="exited", worker=worker, status=None, signal=None, message=reason)
            return None
        sys.stderr.flush()
        parent = os.getpid()
        try:
            heartbeat = None if command else Heartbeat()
            pid = os.fork()
        except OSError as exc:
            self._send(op="exited", worker=worker, status=None, signal=None, message=str(exc))
            return None
        if pid == 0:
            try:
                self._become_worker(parent, worker, server)
                if command or self._sandbox.wraps:
                    self._become_program(worker, command, heartbeat)
            except OSError as exc:
                _give_up(worker, exc)
            if heartbeat is not None:
                self.heartbeat = heartbeat
            return worker
        with suppress(PermissionError, ProcessLookupError):  # the child has done that itself, or is gone
            os.setpgid(pid, pid)
        own_threads = PROGRAM_THREADS if command else OWN_THREADS
        own_threads += (bubblewrap.PROCESSES if self._sandbox.wraps else 0) + (network.THREADS if server else 0)
        self._children[worker] = ChildProcess(worker, pid, own_threads, self._sandbox.wraps, heartbeat=heartbeat)
        self._send(op="forked", worker=worker, pid=pid)
        return None

    def _why_not_without_network(self) -> str | None:
        """Return why there can be no workers without a network; None if there can."""
        if self._network_reason == "":
            reason = network.why_not()
            self._network_reason = reason and (
                f"network: false is impossible here: {reason} (expected: a runner of root, or user namespaces)"
            )
        return self._network_reason

    def _become_worker(self, parent: int, worker: int, server: Sequence[Any] | None) -> None:
        os.setpgid(0, 0)
        if self._cgroups is not None:
            self._cgroups.enter()
        if server:
            network.leave(str(server[0]), int(server[1]), linux.die_with)
        if self._sandbox.active:
            self._sandbox.make_directory(worker, None if self._user is None else self._user.ids)
        if self._user is not None:
            # The socket's directory is closed to that user, and so to all processes of that user.
            socket_file = os.open(self.path, os.O_PATH)
            os.set_inheritable(socket_file, True)
            self.path = f"/proc/self/fd/{socket_file}"
            self._user.become()
        if self._sandbox.active:
            self.tmp = self._sandbox.use_directory(worker)
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

    def connect(self) -> socket.socket:
        """In a worker: connect to the runner."""
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.path)
        return sock

    def enter_sandbox(self) -> Connect:
        """In a worker: enter the sandbox, which has no way to the runner but the connections that this returns."""
        if self.tmp is None:
            return self.connect
        opened = [self.connect(), self.connect()]
        self._sandbox.confine(self.tmp)
        return lambda: opened.pop(0)

    def _become_program(self, worker: int, command: Sequence[str] | None, heartbeat: Heartbeat | None) -> None:
        """Become another program, with a connection to the runner as its standard input, or Python in bubblewrap."""
        if command:
            with self.connect() as sock:
                os.dup2(sock.fileno(), 0)
            seen = tempfile.gettempdir() if self.tmp is None else self._sandbox.name_of(self.tmp)
            words = [word.replace(TMP, seen) for word in command]
        else:
            words = self._python(worker, heartbeat)
        if self.tmp is None:
            os.execvp(words[0], words)  # noqa: S606  (the runner says what)
        self._sandbox.become_program(words, self.tmp)

    def _python(self, worker: int, heartbeat: Heartbeat | None) -> list[str]:
        """Return the words that start a worker in Python, which inherits its connections to the runner."""
        files = [self.connect(), self.connect()]
        for file in files:
            file.set_inheritable(True)
        numbers = [worker, *(file.detach() for file in files), *([heartbeat.inheritable()] if heartbeat else [])]
        user = [] if self._user is None else [self._user.name]
        return [os.path.abspath(sys.executable), "-m", "distkv.worker.wrapped", *map(str, numbers), *user]

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
            child.stuck = child.heartbeat.check(child.own_pid() or child.pid)
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
                self._sweepers.discard(pid)
                if pid in workers:
                    child = self._children.pop(workers[pid])
                    gone.append((child.worker, child, child.exit_code(status)))
        except ChildProcessError:
            pass
        self._kill_orphans()
        self._witness.workers_left(self._children)
        for worker, child, code in gone:
            self._settle(child, code)
            self._sweep(worker)
        if gone and self._cgroups and self._cgroups.memory is not None:
            self._kills.forget(self._children.values())
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
        elif self._kills.ended(child, code):
            child.exceeded = "memory"
        if child.heartbeat is not None:
            child.heartbeat.close()

    def _sweep(self, worker: int) -> None:
        """Remove what a worker has left; a process does it that may take its time."""
        if not self._sandbox.active or self._sandbox.remove_directory(worker):
            return
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._sweepers.add(pid)
            return
        try:
            linux.die_with(parent)
            shutil.rmtree(self._sandbox.directory(worker), ignore_errors=True)
        finally:
            os._exit(0)

    def _kill_orphans(self) -> None:
        """Kill processes that dead workers have left; those of living workers are not children of this process."""
        workers = {child.pid for child in self._children.values()}
        if orphans := set(linux.children(os.getpid())) - workers - self._sweepers:
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
        self._sandbox.close()


def _give_up(worker: int, exc: OSError) -> NoReturn:
    """End a worker that cannot become what it should."""
    sys.stderr.write(f"distkv worker {worker}: {exc}\n")
    sys.stderr.flush()
    os._exit(127)
