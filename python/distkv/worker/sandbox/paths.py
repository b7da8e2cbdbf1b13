"""The paths that stored code may use, whatever its node grants."""

from __future__ import annotations

import os
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["DEVICES", "KERNEL", "SYSTEM", "interpreter", "public", "system", "without"]

SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
"""The system itself: programs and libraries."""

KERNEL = ("/proc", "/sys/bus", "/sys/class", "/sys/devices", "/sys/fs/cgroup", "/sys/kernel/mm")
"""What the kernel tells about the machine. Landlock itself keeps memory and environments of others closed."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")

_NAME_SERVICE = ("/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager/resolv.conf")
"""Where /etc/resolv.conf may lead."""


def interpreter() -> list[str]:
    """Return what Python itself and DistKV's package consist of."""
    found = [sys.prefix, sys.exec_prefix, sys.base_prefix, *sysconfig.get_paths().values()]
    found += sys.path[1:]  # the first is the directory that the runner was started in
    found += [str(Path(__file__).parents[2]), os.path.dirname(os.path.realpath(sys.executable))]
    return [os.path.abspath(path) for path in found if os.path.isabs(path) and not _is_too_much(path)]


def _is_too_much(path: str) -> bool:
    return os.path.realpath(path) in ("/", os.path.realpath(os.path.expanduser("~")))


def system(private: Iterable[str]) -> list[str]:
    """Return the readable paths of the system: all of it, but of /etc only what every user may read."""
    return [*SYSTEM, *KERNEL, *_NAME_SERVICE, *public("/etc", frozenset(private))]


def public(path: str, private: frozenset[str] = frozenset()) -> list[str]:
    """
    Return what every user may read below a directory: whole directories where nothing is closed or private.

    Links are left out, since what they lead to may be anywhere.
    """
    whole, parts = _public(path, private)
    return [path] if whole else parts


def _public(path: str, private: frozenset[str]) -> tuple[bool, list[str]]:
    """Return whether all below the path is public, and otherwise the parts that are."""
    try:
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            return True, []
        if path in private or not mode & stat.S_IROTH:
            return False, []
        if not stat.S_ISDIR(mode):
            return True, []
        if not mode & stat.S_IXOTH:
            return False, []
        found = [(entry, *_public(entry, private)) for entry in sorted(_entries(path))]
    except OSError:
        return False, []
    if all(whole for _, whole, _ in found):
        return True, []
    return False, [
        part for entry, whole, parts in found for part in ([entry] if whole and not os.path.islink(entry) else parts)
    ]


def without(path: str, private: Iterable[str]) -> list[str]:
    """Return a path, or the parts of it that are not private."""
    inside = [one for one in private if one == path or one.startswith(path.rstrip("/") + "/")]
    if not inside:
        return [] if any(path.startswith(one.rstrip("/") + "/") for one in private) else [path]
    if path in inside or not os.path.isdir(path):
        return []
    return [part for entry in sorted(_entries(path)) for part in without(entry, inside)]


def _entries(path: str) -> Iterator[str]:
    with os.scandir(path) as entries:
        for entry in entries:
            yield entry.path
