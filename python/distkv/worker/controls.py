"""The kernel's files of control groups: what is done with them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


class Files:
    """What is done with the kernel's files, in one place, so that tests can do it with others."""

    def make(self, group: Path) -> None:
        """Make a group."""
        group.mkdir(exist_ok=True)

    def remove(self, group: Path) -> None:
        """Remove a group; OSError while a process is in it."""
        group.rmdir()

    def read(self, file: Path) -> str:
        """Return what a file says."""
        return file.read_text()

    def write(self, file: Path, value: object) -> None:
        """Write one value; OSError if there is no such file or the kernel says no."""
        fd = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(fd, str(value).encode())
        finally:
            os.close(fd)

    def is_delegated(self, group: Path) -> bool:
        """Whether systemd or root has left this group to us, with all that is in it."""
        for name in ("trusted.delegate", "user.delegate"):
            with suppress(OSError):
                if os.getxattr(group, name) == b"1":
                    return True
        owner = group.stat().st_uid
        return owner != 0 and owner == os.geteuid()


def count(text: str, name: str) -> int:
    """Return the number after this word in a file of such lines; 0 if it is not there."""
    values = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    return int(values.get(name, 0))
