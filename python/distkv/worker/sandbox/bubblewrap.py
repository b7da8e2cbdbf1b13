"""bubblewrap: a program that starts another one with mounts and processes of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping

from .paths import KERNEL, SYSTEM, public

__all__ = ["PROCESSES", "TMP", "command", "find"]

TMP = "/tmp"  # noqa: S108  (it is the worker's alone)
"""Where a worker sees its own directory."""

PROCESSES = 2
"""How many processes of its own it keeps."""


def find() -> str | None:
    """Return the program; None if it is not installed."""
    return shutil.which("bwrap")


def command(
    bwrap: str, read: Iterable[str], names: Mapping[str, str], write: Iterable[str], tmp: str, seccomp: int
) -> list[str]:
    """
    Return the words before a program: it sees these paths, and ``tmp`` as /tmp; ``seccomp`` has the filter.

    `names` has further names of readable paths.
    """
    words = [bwrap, "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--cap-drop", "ALL"]
    words += ["--tmpfs", "/", "--proc", "/proc", "--dev", "/dev", "--bind", tmp, TMP]
    for path in (*SYSTEM, *(entry.path for entry in os.scandir("/etc") if entry.is_symlink())):
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            words += ["--ro-bind", path, path]
    for path in (*public("/etc"), *KERNEL[1:]):
        words += ["--ro-bind-try", path, path]
    for path in read:
        words += ["--ro-bind-try", path, path]
    for name, path in names.items():
        words += ["--ro-bind-try", path, name]
    for path in write:
        words += ["--dev-bind-try", path, path]
    words += ["--remount-ro", "/", "--chdir", TMP, "--seccomp", str(seccomp)]
    for name in ("TMPDIR", "HOME"):
        words += ["--setenv", name, TMP]
    return [*words, "--"]
