"""The control groups of this process, version 1 or 2: whether there may be more below them, for its workers."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from .cage import Cage
from .controls import Files
from .limits import Limits

NEEDED = ("memory", "pids")
"""Without these there is no use in it."""

HOST = "distkv-host"
"""
Where the processes of a delegated group of version 2 go: below it, since only a group that has none itself may have
limited ones.
"""

_TRIES = 100
PAUSE = 0.005


class Unusable(Exception):
    """There are no control groups for workers; the message says why."""


@dataclass(frozen=True)
class Own:
    """The groups that a process is in: of version 1 those of the controllers that matter, of version 2 the one."""

    v1: dict[str, Path]
    v2: Path | None

    @classmethod
    def read(cls, mounts: str, groups: str) -> Own:
        """Read ``/proc/self/mountinfo`` and ``/proc/self/cgroup``."""
        places: dict[str, tuple[str, Path]] = {}
        for line in mounts.splitlines():
            before, _, after = line.partition(" - ")
            root, mounted = before.split()[3:5]
            kind, _, options = after.split(" ", 2)
            names = [""] if kind == "cgroup2" else options.split(" ")[-1].split(",") if kind == "cgroup" else []
            for name in names:
                places.setdefault(name, (root, Path(mounted)))
        found: dict[str, Path] = {}
        for line in groups.splitlines():
            _, controllers, own = line.split(":", 2)
            for name in controllers.split(","):
                if name in places and name in (*NEEDED, "cpuacct", ""):
                    root, point = places[name]
                    # Of another namespace than the mount's it is not seen: then the mount's root is all there is.
                    inside = own == root or own.startswith(root.rstrip("/") + "/")
                    found[name] = point / os.path.relpath(own, root) if inside else point
        v2 = found.pop("", None)
        return cls(found, v2)


class Groups:
    """
    A group of this process's own, below which each limited worker gets one; Unusable if it cannot be.

    The others may use so many bytes of `memory` together, and so many one that has other limits than of memory; None:
    as many as there are.
    """

    def __init__(self, files: Files, own: Own, memory: int | None = None) -> None:
        self._files = files
        self._memory = memory
        self._known_kills = 0
        if all(name in own.v1 for name in NEEDED):
            self.version = 1
            homes = own.v1
        elif own.v2 is not None:
            self.version = 2
            homes = dict.fromkeys(NEEDED, _prepared(files, own.v2))
        else:
            raise Unusable("the controllers memory and pids are not mounted")
        self._all: Cage
        name = f"distkv-{os.getpid()}-{secrets.token_hex(4)}"
        self._tops: dict[str, Path] = {}
        self._locks: list[int] = []
        try:
            for home in set(homes.values()):
                self._locks.append(_settle(files, home, home / name))
            self._tops = {controller: home / name for controller, home in homes.items()}
            if self.version == 2:
                files.write(self._tops["memory"] / "cgroup.subtree_control", "+memory +pids")
            self._all = self._cage("all")
            self._all.limit(Limits.read({"memory": memory}), 0, whole=False)
        except OSError as exc:
            self.close()
            raise Unusable(f"{exc.filename or homes['memory']}: {exc.strerror}") from exc

    @classmethod
    def find(cls, memory: int | None = None) -> Groups:
        """Those of this process; Unusable if there are none that it may write."""
        try:
            own = Own.read(Path("/proc/self/mountinfo").read_text(), Path("/proc/self/cgroup").read_text())
        except OSError as exc:
            raise Unusable(f"{exc.filename}: {exc.strerror}") from exc
        return cls(Files(), own, memory)

    def cage(self, worker: int, limits: Limits, own_threads: int) -> Cage:
        """A group with these limits for a worker; OSError if it cannot be made."""
        cage = self._cage(f"worker-{worker}")
        cage.limit(limits if limits.memory is not None else replace(limits, memory=self._memory), own_threads)
        return cage

    def shared_kill(self) -> bool:
        """Whether the kernel has killed a process since those without limits use too much; true once for each."""
        if self._memory is None or self._all.killed() <= self._known_kills:
            return False
        self._known_kills += 1
        return True

    def kills_are_told(self) -> None:
        """The other kills until now were of processes that workers have started: no later worker is meant by them."""
        if self._memory is not None:
            self._known_kills = self._all.killed()

    def _cage(self, name: str) -> Cage:
        return Cage(self._files, {controller: top / name for controller, top in self._tops.items()}, self.version)

    def enter(self) -> None:
        """In a forked worker: let go of what is the parent's, and be where all are that have no limits (yet)."""
        self.release()
        with suppress(OSError):
            self._all.take([os.getpid()])

    def release(self) -> None:
        """Let go of the groups, as if this process had ended."""
        for fd in self._locks:
            os.close(fd)
        self._locks.clear()

    def close(self) -> None:
        """Remove the groups; what cannot be removed now is left to the next parent of workers here."""
        if self._tops:
            self._all.remove()
        for top in set(self._tops.values()):
            with suppress(OSError):
                self._files.remove(top)
        self.release()


def _prepared(files: Files, own: Path) -> Path:
    """Return the group of version 2 below which there can be limited ones: its processes are in one below it, too."""
    home = own.parent if own.name == HOST else own
    try:
        if missing := set(NEEDED) - set(files.read(home / "cgroup.controllers").split()):
            raise Unusable(f"{home} has no controller {' and '.join(sorted(missing))}")
        if set(NEEDED) <= set(files.read(home / "cgroup.subtree_control").split()):
            return home
        if not files.is_delegated(home):
            raise Unusable(f"{home} is not delegated to this user")
        files.make(home / HOST)
        for _ in range(_TRIES):  # one that forks meanwhile is found the next time
            for pid in files.read(home / "cgroup.procs").split():
                with suppress(ProcessLookupError):
                    files.write(home / HOST / "cgroup.procs", pid)
            if not files.read(home / "cgroup.procs").split():
                break
        files.write(home / "cgroup.subtree_control", "+memory +pids")
    except OSError as exc:
        raise Unusable(f"{exc.filename or home}: {exc.strerror}") from exc
    return home


def _settle(files: Files, home: Path, top: Path) -> int:
    """Make a group that is locked while its parent of workers lives; end what those have left whose lock is gone."""
    guard = _locked_soon(home)  # nobody takes a group for a left one before it is locked
    try:
        for left in home.glob("distkv-*-*"):
            with suppress(OSError):
                fd = _locked(left)
                try:
                    _end(files, left)
                finally:
                    os.close(fd)
        files.make(top)
        return _locked(top)
    finally:
        os.close(guard)


def _end(files: Files, left: Path) -> None:
    for group in left.iterdir():
        if group.is_dir():
            cage = Cage(files, dict.fromkeys(NEEDED, group), version=1)
            for _ in range(_TRIES):
                if cage.remove():
                    break
                time.sleep(PAUSE)
    files.remove(left)


def _locked(directory: Path) -> int:
    """Lock it until the returned descriptor is closed; OSError if another process has."""
    fd = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        raise
    return fd


def _locked_soon(directory: Path) -> int:
    """Lock it when the others that look for what is left there are done."""
    for _ in range(_TRIES):
        with suppress(BlockingIOError):
            return _locked(directory)
        time.sleep(PAUSE)
    return _locked(directory)
