"""A runner for tests: it listens on the socket and speaks docs/worker.md to a real parent and real workers."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from functools import cache
from pathlib import Path as File
from typing import Any

from examples import table

from distkv.codec import pack, unpacker
from distkv.util import P

PATIENCE = 10.0
PACKAGE = str(File(__file__).parents[1])


@cache
def documented() -> dict[str, set[str]]:
    """The words in the column of keys of each message in docs/worker.md."""
    columns = ("op", "from", "keys", "meaning")
    rows = table("docs/worker.md", *columns) + table("docs/worker.md", *columns, after="## Worker")
    return {op: {"op", *re.findall(r"\w+", keys)} for op, _, keys, _ in rows}


class Peer:
    """One connection from a parent or worker. Messages that a test does not wait for yet are kept."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(PATIENCE)
        self.sock = sock
        self._unpacker = unpacker()
        self._kept: deque[dict[str, Any]] = deque()

    def send(self, **message: Any) -> None:
        self.sock.sendall(pack(message))

    def receive(self) -> dict[str, Any]:
        while True:
            for message in self._unpacker:
                # A witness names a session, and nothing else.
                assert "op" not in message or message.keys() <= documented()[message["op"]], message
                return message
            data = self.sock.recv(65536)
            if not data:
                raise EOFError
            self._unpacker.feed(data)

    def expect(self, *ops: str, **keys: Any) -> dict[str, Any]:
        """The next message of these kinds with these keys; others are kept for later."""
        for message in self._kept:
            if _matches(message, ops, keys):
                self._kept.remove(message)
                return message
        while not _matches(message := self.receive(), ops, keys):
            self._kept.append(message)
        return message

    def kept(self, op: str) -> list[dict[str, Any]]:
        return [message for message in self._kept if message["op"] == op]

    def arrived(self, op: str) -> list[dict[str, Any]]:
        """What is there of this kind without waiting."""
        self.sock.settimeout(0)
        try:
            while True:
                self._kept.append(self.receive())
        except BlockingIOError:
            return self.kept(op)
        finally:
            self.sock.settimeout(PATIENCE)

    def at_end(self) -> bool:
        """Whether the other side closes the connection, whatever it says before."""
        try:
            while True:
                self._kept.append(self.receive())
        except (EOFError, ConnectionResetError):
            return True
        except TimeoutError:
            return False


def _matches(message: dict[str, Any], ops: tuple[str, ...], keys: dict[str, Any]) -> bool:
    return message["op"] in ops and all(message.get(key) == value for key, value in keys.items())


class Worker(Peer):
    """A worker, as its runner sees it."""

    number: int
    pid: int
    accuser: Peer
    """The second connection of a worker in a sandbox."""
    reaped = False
    _runs = 0

    def start(self, source: str, mode: str = "async", **keys: Any) -> int:
        """Start a run and return its number."""
        self._runs += 1
        message = {
            "op": "start",
            "run": self._runs,
            "job": P(":.distkv.run.any.default.job"),
            "code": P("forty.two"),
            "source": source,
            "mode": mode,
            "vars": [],
            "globals": {},
            "claim": None,
            "state": None,
            "idle": 10,
            "log": "distkv.run.job",
        }
        self.send(**{**message, **keys})
        return self._runs

    def outcome(self, run: int | None = None) -> dict[str, Any]:
        keys = {} if run is None else {"run": run}
        return self.expect("done", "failed", **keys)

    def result(self, source: str, mode: str = "async", **keys: Any) -> Any:
        """Run this and return what it returned."""
        outcome = self.outcome(self.start(source, mode, **keys))
        assert outcome["op"] == "done", outcome
        return outcome["result"]

    def failure(self, source: str, mode: str = "async", **keys: Any) -> dict[str, Any]:
        outcome = self.outcome(self.start(source, mode, **keys))
        assert outcome["op"] == "failed", outcome
        return outcome


class FakeRunner:
    """Starts a parent and has it fork workers."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 1,
        config: dict[str, Any] | None = None,
        user: str | None = None,
        memory: int | None = None,
        groups: bool = True,
        sandbox: Sequence[str] = (),
        python: str = sys.executable,
        package: str = PACKAGE,
    ) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="distkv-test")
        self.path = os.path.join(self._directory.name, "socket")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(100)
        os.chmod(self.path, 0o666)  # as a runner does with a worker user; the directory is for root alone
        self._listener.settimeout(PATIENCE)
        self._init = {"host": host, "port": port, "node": "here", "name": "here", "config": config or {}}
        self._numbers = 0
        self.workers: list[Worker] = []
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([package, os.environ.get("PYTHONPATH", "")])}
        if not groups:
            environment["DISTKV_CGROUPS"] = "off"
        self.process = subprocess.Popen(
            [python, "-m", "distkv.worker", self.path, user or "", str(memory or ""), *sandbox],
            stderr=subprocess.PIPE,
            env=environment,
        )
        self.stderr: list[str] = []
        self._reader = threading.Thread(target=self._read_stderr)
        self._reader.start()
        self.parent = Peer(self._listener.accept()[0])
        self.greeting = self.parent.expect("parent")
        self._sandboxed = self.greeting["sandbox"] in ("landlock", "bubblewrap")

    def _read_stderr(self) -> None:
        for line in self.process.stderr:
            self.stderr.append(line.decode())

    def accept(self) -> socket.socket:
        """The next connection to the socket."""
        return self._listener.accept()[0]

    def fork(self, *, init: bool = True) -> Worker:
        self._numbers += 1
        self.parent.send(op="fork", worker=self._numbers)
        worker = Worker(self._listener.accept()[0])
        if self._sandboxed:
            worker.accuser = Peer(self._listener.accept()[0])
        self.workers.append(worker)
        hello = worker.expect("worker")
        forked = self.parent.expect("forked", worker=self._numbers)
        assert hello["worker"] == self._numbers
        assert hello["pid"] == forked["pid"] or self.greeting["sandbox"] == "bubblewrap"
        worker.number, worker.pid = self._numbers, forked["pid"]
        if init:
            worker.send(op="init", **self._init)
        return worker

    def fork_program(self, number: int, *command: str) -> Peer:
        """Fork a worker that becomes this program; return its connection, the program's standard input."""
        self.parent.send(op="fork", worker=number, command=command)
        return Peer(self._listener.accept()[0])

    def exited(self, worker: Worker) -> dict[str, Any]:
        """How this worker has ended."""
        worker.reaped = True
        return self.parent.expect("exited", worker=worker.number)

    def kill(self, worker: Worker) -> None:
        """End this worker if it has not been waited for."""
        if not worker.reaped:
            self.parent.send(op="kill", worker=worker.number, signal="KILL")
            self.exited(worker)

    def close(self) -> None:
        """Vanish, as a runner does that is killed; return when the parent has ended."""
        self.parent.sock.close()
        for worker in self.workers:
            worker.sock.close()
        self._listener.close()
        self.process.wait(PATIENCE)
        self._reader.join()
        self._directory.cleanup()

    def __enter__(self) -> FakeRunner:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
