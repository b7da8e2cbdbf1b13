"""The system calls that stored code may not make, as a filter that the kernel applies (seccomp)."""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
from collections.abc import Iterable

from . import kernel
from .kernel import Architecture

__all__ = ["install", "program"]

_SET_MODE_FILTER = 1

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _JUMP, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x05, 0x06
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets in the data that a filter sees; arguments have 8 bytes each, the lower half first."""

_X32 = 0x40000000
"""Numbers from here on are those of a second interface to the same calls, on x86_64 only."""

_FORBIDDEN = (
    # other processes: their memory, descriptors and secrets
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "pidfd_getfd", "kcmp"),
    *("migrate_pages", "move_pages", "perf_event_open", "bpf", "keyctl", "add_key", "request_key"),
    # calls around the file system's rules
    *("mount", "umount2", "pivot_root", "chroot", "open_tree", "open_tree_attr", "move_mount", "fsopen", "fsconfig"),
    *("fsmount", "fspick", "mount_setattr", "open_by_handle_at", "fanotify_init", "quotactl", "quotactl_fd"),
    # parts of the kernel that have often been broken into
    *("unshare", "setns", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "modify_ldt"),
    # the machine
    *("acct", "adjtimex", "clock_adjtime", "clock_settime", "settimeofday", "sethostname", "setdomainname", "syslog"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff"),
    *("iopl", "ioperm", "vhangup"),
)

_METADATA = (
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes"),
    *("futimesat", "setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr", "lremovexattr"),
    *("fremovexattr", "removexattrat"),
)
"""Landlock does not decide about these, so that they could reach files outside."""

_OF_OTHERS = {"prlimit64": 0, "sched_setaffinity": 0, "sched_setattr": 0, "sched_setparam": 0, "sched_setscheduler": 0}
"""Calls that take the id of a process, and in which argument: only 0 is allowed, the caller itself."""

_NAMESPACES = 0x7E020000
"""The flags of clone that make namespaces."""

_TERMINAL = (0x5412, 0x541C)
"""Requests of ioctl that put characters into a terminal's input."""

_FAMILIES = (socket.AF_UNIX, 38, 40)
"""Sockets of the machine itself: Unix, the kernel's cryptography, virtual machines."""

_Instruction = tuple[int, int, int, int]


def program(machine: Architecture, *, mounts: bool = False) -> bytes:
    """
    Return the filter.

    `mounts` says that the worker sees only mounts of its own: then Unix sockets and changes of metadata do no harm.
    """
    code: list[_Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, machine.audit),
        _refuse(errno.ENOSYS),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        _refuse(errno.ENOSYS),
    ]

    def refuse(name: str, tests: list[_Instruction] | None = None, error: int = errno.EPERM) -> None:
        which = kernel.number(name, machine)
        if which is not None:
            code.extend(_rule(which, tests or [], error))

    for name in _FORBIDDEN if mounts else (*_FORBIDDEN, *_METADATA):
        refuse(name)
    refuse("clone3", error=errno.ENOSYS)  # its flags are in memory; the C library uses clone instead
    refuse("clone", [_argument(0), (_ANY_BIT, 0, 1, _NAMESPACES)])
    for name, argument in _OF_OTHERS.items():
        refuse(name, [_argument(argument), (_EQUAL, 1, 0, 0)])
    for name, own in (("setpriority", 0), ("ioprio_set", 1)):
        refuse(name, [_argument(0), (_EQUAL, 0, 2, own), _argument(1), (_EQUAL, 1, 0, 0)])
    refuse("ioctl", [_argument(1), *_any_of(_TERMINAL)])
    if not mounts:
        # With a null pointer for a path it is about an open file, and those are granted.
        refuse("utimensat", [_argument(1), (_EQUAL, 0, 2, 0), _upper(1), (_EQUAL, 1, 0, 0)])
        refuse("socket", [_argument(0), *_any_of(_FAMILIES)])
        # Connected stream sockets cannot be connected elsewhere, datagram sockets can.
        refuse("socketpair", [_argument(1), (_AND, 0, 0, 0xF), (_EQUAL, 1, 0, socket.SOCK_STREAM)])
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *one) for one in code)


def _refuse(error: int) -> _Instruction:
    return (_RETURN, 0, 0, _ERRNO | error)


def _argument(index: int) -> _Instruction:
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * index)


def _upper(index: int) -> _Instruction:
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * index + 4)


def _rule(which: int, tests: list[_Instruction], error: int) -> list[_Instruction]:
    """Refuse a call if the tests fall through; they skip one instruction, the refusal, if it is allowed."""
    body = [*tests, _refuse(error)]
    if tests:
        body.append((_LOAD, 0, 0, _NUMBER))
    return [(_EQUAL, 0, len(body), which), *body]


def _any_of(values: Iterable[int]) -> list[_Instruction]:
    """Test that a value is one of these."""
    found = list(values)
    return [*((_EQUAL, len(found) - at, 0, value) for at, value in enumerate(found)), (_JUMP, 0, 0, 1)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def install(code: bytes) -> None:
    """Apply a filter to this thread, and so to all threads and processes that it starts; raises OSError."""
    kernel.syscall("seccomp", _SET_MODE_FILTER, 0, ctypes.byref(_Program(len(code) // 8, code)))
