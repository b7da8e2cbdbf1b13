"""A tree of control groups of version 2 that is plain files, with the kernel's rules as far as they matter."""

from __future__ import annotations

import errno
from pathlib import Path

from distkv.worker.parent.cgroup_files import CgroupFiles

CONTROLLERS = ("memory", "pids")


class FakeFiles(CgroupFiles):
    """
    Every group has the files that the kernel would create.

    A group of which controllers are passed on must have no processes, but for the root; a process is in one group.
    """

    def __init__(self, root: Path, *, delegated: bool = True, kills: bool = True, controllers: str = "memory pids"):
        self.root = root
        self.delegated = delegated
        self.kills = kills
        self.killed: list[int] = []
        root.mkdir()
        (root / "cgroup.controllers").write_text(f"{controllers}\n")
        (root / "cgroup.subtree_control").write_text("")
        (root / "cgroup.procs").write_text("")

    def create(self, group):
        if group.exists():
            return
        group.mkdir()
        passed = (group.parent / "cgroup.subtree_control").read_text()
        files = {"cgroup.controllers": passed, "cgroup.subtree_control": "", "cgroup.procs": "", "cpu.stat": ""}
        if self.kills:
            files["cgroup.kill"] = ""
        if "memory" in passed:
            files |= {"memory.max": "max", "memory.oom.group": "0", "memory.swap.max": "max"}
            files["memory.events"] = "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n"
        if "pids" in passed:
            files |= {"pids.max": "max", "pids.events": "max 0\n"}
        for name, text in files.items():
            (group / name).write_text(text)

    def remove(self, group):
        if self.pids(group) or any(child.is_dir() for child in group.iterdir()):
            raise OSError(errno.EBUSY, "busy", str(group))
        for file in group.iterdir():
            file.unlink()
        group.rmdir()

    def write(self, file, value):
        if not file.exists():
            raise FileNotFoundError(errno.ENOENT, "no such file", str(file))
        if file.name == "cgroup.procs":
            self._move(file, str(value))
        elif file.name == "cgroup.subtree_control":
            self._pass_on(file, str(value))
        elif file.name == "cgroup.kill":
            self.killed += self.pids(file.parent)
            (file.parent / "cgroup.procs").write_text("")
        else:
            file.write_text(str(value))

    def _move(self, file, pid):
        if (file.parent / "cgroup.subtree_control").read_text().strip():
            raise OSError(errno.EBUSY, "controllers are passed on", str(file))
        for procs in [self.root / "cgroup.procs", *self.root.rglob("cgroup.procs")]:
            procs.write_text("".join(f"{one}\n" for one in procs.read_text().split() if one != pid))
        file.write_text(file.read_text() + f"{pid}\n")

    def _pass_on(self, file, value):
        if self.pids(file.parent):
            raise OSError(errno.EBUSY, "has processes", str(file))
        wanted = {word[1:] for word in value.split()}
        if not wanted <= set((file.parent / "cgroup.controllers").read_text().split()):
            raise OSError(errno.ENOENT, "no such controller", str(file))
        file.write_text(" ".join(sorted(wanted)) + "\n")

    def pids(self, group):
        return [int(pid) for pid in (group / "cgroup.procs").read_text().split()]

    def is_delegated(self, group):
        return self.delegated
