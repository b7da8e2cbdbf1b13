"""Landlock: the kernel lets this process and all that it starts use only the files that are granted."""

from __future__ import annotations

import ctypes
import fcntl
import itertools
import os
import stat
import struct
from collections.abc import Iterable
from typing import Any, NamedTuple

from . import kernel

__all__ = ["COMPLETE_SINCE", "READ", "SCOPED_SINCE", "WRITE", "Grant", "Ruleset", "version"]

_VERSION_FLAG = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = (1 << bit for bit in range(6))
_MAKE_CHAR, _MAKE_DIR, _MAKE_REG, _MAKE_SOCK, _MAKE_FIFO, _MAKE_BLOCK, _MAKE_SYM = (1 << bit for bit in range(6, 13))
_REFER, _TRUNCATE, _IOCTL_DEV = (1 << bit for bit in range(13, 16))
_ALL = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV

READ = _EXECUTE | _READ_FILE | _READ_DIR
WRITE = _ALL[5] & ~(_MAKE_CHAR | _MAKE_BLOCK)

_SCOPES = 3
"""No signals to processes outside, and no connections to their abstract Unix sockets."""
SCOPED_SINCE = 6
"""The version that has them."""

COMPLETE_SINCE = 3
"""The version from which on it decides about everything that changes the content of files."""


_FIRST_FILE = 200
"""Descriptors below are left to others."""


class Grant(NamedTuple):
    """The right to use a file, or a directory and everything below it."""

    path: str
    access: int


def version() -> int:
    """Return the version of Landlock that the kernel has; raises OSError if it has none."""
    return kernel.syscall("landlock_create_ruleset", None, 0, _VERSION_FLAG)


class Ruleset:
    """
    What processes are restricted to.

    The files are opened once and for all, where no other descriptors are, so that a worker is restricted in few
    system calls and gets rid of the descriptors in one.
    """

    def __init__(self, found: int, grants: Iterable[Grant]) -> None:
        """`found` is the kernel's version. Files that do not exist are left out."""
        self._handled = _ALL[min(found, 5)]
        scopes = _SCOPES if found >= SCOPED_SINCE else 0
        self._size = 24 if scopes else 8
        self._attributes = ctypes.create_string_buffer(struct.pack("QQQ", self._handled, 0, scopes), 24)
        self._files: list[int] = []
        self._rules = [self._rule(grant, keep=True) for grant in _outermost(grants)]

    def restrict(self, own: Grant) -> None:
        """Restrict this process to the grants and one more, for good; raises OSError."""
        rules = kernel.syscall("landlock_create_ruleset", self._attributes, self._size, 0)
        add = kernel.prepared("landlock_add_rule")
        for rule in (*self._rules, self._rule(own, keep=False)):
            if rule is not None and add(rules, _PATH_BENEATH, rule, 0) < 0:
                raise kernel.failure("landlock_add_rule")
        kernel.forbid_new_privileges()
        kernel.syscall("landlock_restrict_self", rules, 0)
        os.close(rules)
        self.close()

    def close(self) -> None:
        """Close the files."""
        if self._files:
            os.closerange(self._files[0], self._files[-1] + 1)

    def _rule(self, grant: Grant, *, keep: bool) -> Any:
        """Return a rule for the kernel; None if the file does not exist."""
        try:
            file = os.open(grant.path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return None
        if keep:
            above = fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, _FIRST_FILE)
            os.close(file)
            self._files.append(file := above)
        access = grant.access & self._handled
        if not stat.S_ISDIR(os.fstat(file).st_mode):
            access &= _OF_FILES
        return ctypes.create_string_buffer(struct.pack("=Qi", access, file), 12)


def _outermost(grants: Iterable[Grant]) -> list[Grant]:
    """Leave out what is granted already by a directory above."""
    kept: dict[str, int] = {}
    for path, access in sorted(grants):
        above = itertools.accumulate(path.split("/"), "{}/{}".format)
        if not any(kept.get(one, 0) & access == access for one in above):
            kept[path] = kept.get(path, 0) | access
    return [Grant(path, access) for path, access in kept.items()]
