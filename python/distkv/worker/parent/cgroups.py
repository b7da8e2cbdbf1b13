"""The control groups of this process, version 1 or 2, and those below them for its workers."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from .cgroup import Cgroup
from .cgroup_files import CgroupFiles
from .limits import Limits

CONTROLLERS = ("memory", "pids")
"""The controllers without which control groups are of no use."""

HOST_GROUP = "distkv-host"
"""
The group below a delegated group of version 2 to which its processes are moved, since only a group without processes
of its own can have limited groups below it.
"""

_TRIES = 100
_PAUSE = 0.005


class CgroupsUnavailable(Exception):
    """There can be no control groups for workers; the message says why."""


@dataclass(frozen=True)
class OwnCgroups:
    """The groups that a process is in: with version 1 those of the relevant controllers, with version 2 the one."""

    v1: dict[str, Path]
    v2: Path | None

    @classmethod
    def read(cls, mounts: str, groups: str) -> OwnCgroups:
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
                if name in places and name in (*CONTROLLERS, "cpuacct", ""):
                    root, point = places[name]
                    # A group of another namespace than the mount's is invisible: then only the mount's root is left.
                    inside = own == root or own.startswith(root.rstrip("/") + "/")
                    found[name] = point / os.path.relpath(own, root) if inside else point
        v2 = found.pop("", None)
        return cls(found, v2)


class WorkerCgroups:
    """
    A group of this process, below which each limited worker gets its own; CgroupsUnavailable if that is impossible.

    Workers without limits may use `memory` bytes together, and so may each one that has limits, but none of memory;
    None: as many as there are.
    """

    def __init__(self, files: CgroupFiles, own: OwnCgroups, memory: int | None = None) -> None:
        self._files = files
        self.memory = memory
        """What workers without limits may use together, in bytes."""
        if all(name in own.v1 for name in CONTROLLERS):
            self.version = 1
            homes = own.v1
        elif own.v2 is not None:
            self.version = 2
            homes = dict.fromkeys(CONTROLLERS, _prepare(files, own.v2))
        else:
            raise CgroupsUnavailable("the controllers memory and pids are not mounted")
        self._all: Cgroup
        name = f"distkv-{os.getpid()}-{secrets.token_hex(4)}"
        self._tops: dict[str, Path] = {}
        self._locks: list[int] = []
        try:
            for home in set(homes.values()):
                self._locks.append(_create_locked(files, home, home / name))
            self._tops = {controller: home / name for controller, home in homes.items()}
            if self.version == 2:
                files.write(self._tops["memory"] / "cgroup.subtree_control", "+memory +pids")
            self._all = self._cgroup("all")
            self._all.limit(Limits(memory=memory), 0, whole=False)
        except OSError as exc:
            self.close()
            raise CgroupsUnavailable(f"{exc.filename or homes['memory']}: {exc.strerror}") from exc

    @classmethod
    def find(cls, memory: int | None = None) -> WorkerCgroups:
        """Create the groups of this process; CgroupsUnavailable if it cannot write any."""
        try:
            own = OwnCgroups.read(Path("/proc/self/mountinfo").read_text(), Path("/proc/self/cgroup").read_text())
        except OSError as exc:
            raise CgroupsUnavailable(f"{exc.filename}: {exc.strerror}") from exc
        return cls(CgroupFiles(), own, memory)

    def cgroup(self, worker: int, limits: Limits, own_threads: int) -> Cgroup:
        """Create a group with these limits for a worker; OSError if that is impossible."""
        cgroup = self._cgroup(f"worker-{worker}")
        cgroup.limit(limits if limits.memory is not None else replace(limits, memory=self.memory), own_threads)
        return cgroup

    def shared_kills(self) -> int:
        """Return how many processes the kernel has killed because those without limits use too much memory."""
        return 0 if self.memory is None else self._all.killed()

    def _cgroup(self, name: str) -> Cgroup:
        return Cgroup(self._files, {controller: top / name for controller, top in self._tops.items()}, self.version)

    def enter(self) -> None:
        """In a forked worker: release what is the parent's, and join the group of workers without limits (so far)."""
        self.release()
        with suppress(OSError):
            self._all.add([os.getpid()])

    def release(self) -> None:
        """Release the groups, as if this process had ended."""
        for fd in self._locks:
            os.close(fd)
        self._locks.clear()

    def close(self) -> None:
        """Remove the groups; the next parent of workers removes what cannot be removed now."""
        if self._tops:
            self._all.remove()
        for top in set(self._tops.values()):
            with suppress(OSError):
                self._files.remove(top)
        self.release()


def _prepare(files: CgroupFiles, own: Path) -> Path:
    """Return the group of version 2 below which limited ones can be created, after moving its processes below it."""
    home = own.parent if own.name == HOST_GROUP else own
    try:
        if missing := set(CONTROLLERS) - set(files.read(home / "cgroup.controllers").split()):
            raise CgroupsUnavailable(f"{home} has no controller {' and '.join(sorted(missing))}")
        if set(CONTROLLERS) <= set(files.read(home / "cgroup.subtree_control").split()):
            return home
        if not files.is_delegated(home):
            raise CgroupsUnavailable(f"{home} is not delegated to this user")
        files.create(home / HOST_GROUP)
        for _ in range(_TRIES):  # a process that forks meanwhile is found the next time
            for pid in files.read(home / "cgroup.procs").split():
                with suppress(ProcessLookupError):
                    files.write(home / HOST_GROUP / "cgroup.procs", pid)
            if not files.read(home / "cgroup.procs").split():
                break
        files.write(home / "cgroup.subtree_control", "+memory +pids")
    except OSError as exc:
        raise CgroupsUnavailable(f"{exc.filename or home}: {exc.strerror}") from exc
    return home


def _create_locked(files: CgroupFiles, home: Path, top: Path) -> int:
    """Create a group, locked while its parent of workers lives; remove those of parents that are gone."""
    guard = _lock_soon(home)  # so that nobody mistakes a group that is not locked yet for a leftover
    try:
        for leftover in home.glob("distkv-*-*"):
            with suppress(OSError):
                fd = _lock(leftover)
                try:
                    _kill_leftover(files, leftover)
                finally:
                    os.close(fd)
        files.create(top)
        return _lock(top)
    finally:
        os.close(guard)


def _kill_leftover(files: CgroupFiles, leftover: Path) -> None:
    for group in leftover.iterdir():
        if group.is_dir():
            cgroup = Cgroup(files, dict.fromkeys(CONTROLLERS, group), version=1)
            for _ in range(_TRIES):
                if cgroup.remove():
                    break
                time.sleep(_PAUSE)
    files.remove(leftover)


def _lock(directory: Path) -> int:
    """Lock a directory until the returned descriptor is closed; OSError if another process has locked it."""
    fd = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        raise
    return fd


def _lock_soon(directory: Path) -> int:
    """Lock a directory once other processes that look for leftovers there are done."""
    for _ in range(_TRIES):
        with suppress(BlockingIOError):
            return _lock(directory)
        time.sleep(_PAUSE)
    return _lock(directory)
