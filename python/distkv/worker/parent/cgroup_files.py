"""The kernel's files of control groups."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


class CgroupFiles:
    """The operations on the kernel's files; tests replace them."""

    def create(self, group: Path) -> None:
        """Create a group."""
        group.mkdir(exist_ok=True)

    def remove(self, group: Path) -> None:
        """Remove a group; OSError while a process is in it."""
        group.rmdir()

    def read(self, file: Path) -> str:
        """Return the content of a file."""
        return file.read_text()

    def write(self, file: Path, value: object) -> None:
        """Write one value; OSError if there is no such file or the kernel refuses."""
        fd = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(fd, str(value).encode())
        finally:
            os.close(fd)

    def is_delegated(self, group: Path) -> bool:
        """Whether systemd or root has delegated this group to us."""
        for name in ("trusted.delegate", "user.delegate"):
            with suppress(OSError):
                if os.getxattr(group, name) == b"1":
                    return True
        owner = group.stat().st_uid
        return owner != 0 and owner == os.geteuid()


def count(text: str, name: str) -> int:
    """Return the number after this word in a text of such lines; 0 if it is missing."""
    values = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    return int(values.get(name, 0))
