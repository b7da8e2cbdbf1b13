"""The sandbox of this machine's workers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence

from . import bubblewrap, kernel, landlock, paths, seccomp
from .choice import Choice, Tried, choose
from .landlock import READ, WRITE, Grant, Ruleset
from .policy import SandboxPolicy
from .probe import attempt, attempt_program

__all__ = ["Sandbox"]

BecomeUser = Callable[[], None]
"""Makes a process one of the worker user."""


class Sandbox:
    """
    Confines workers, in steps: what the process has to do before, and what it does to itself for good.

    Everything that takes long is done once, in the parent.
    """

    def __init__(self, policy: SandboxPolicy, directory: str) -> None:
        """`directory` is where workers get directories of their own; it need not exist yet."""
        self._directory = directory
        self._private = [*map(os.path.realpath, policy.hide)]
        self._write = self._granted(policy.write)
        named = (*policy.read, *paths.interpreter())
        self._read = self._granted(named)
        self._names = {path: os.path.realpath(path) for path in named if os.path.realpath(path) in self._read}
        """How readable paths are called that are reached by links."""
        self._filter = b""
        self._landlock = 0
        self._rules: Ruleset | None = None
        self._bwrap: str | None = None
        self.choice = Choice("none")

    @classmethod
    def find(cls, policy: SandboxPolicy, directory: str, become: BecomeUser | None) -> Sandbox:
        """Find the strongest sandbox by trying; raises SandboxUnavailable if a required one does not work."""
        sandbox = cls(policy, directory)
        if policy.mode != "off":
            os.makedirs(directory, mode=0o711, exist_ok=True)
            sandbox._choose(policy.mode, become)
        return sandbox

    def _granted(self, granted: Sequence[str]) -> list[str]:
        return [part for path in granted for part in paths.without(os.path.realpath(path), self._private)]

    @property
    def active(self) -> bool:
        """Whether workers are confined by this process, not only by their user."""
        return self.choice.step in ("landlock", "bubblewrap")

    @property
    def wraps(self) -> bool:
        """Whether workers are programs that bubblewrap starts."""
        return self.choice.step == "bubblewrap"

    def _choose(self, mode: str, become: BecomeUser | None) -> None:
        blocked = signals = self._try_landlock(become)
        if blocked is None and self._landlock < landlock.SCOPED_SINCE:
            signals = f"version {self._landlock} (expected: 6 or newer, Linux 6.12)"
        enough = blocked is None and (signals is None or become is not None)
        wrapper = "not tried" if enough else self._try_bubblewrap(become)
        self.choice = choose(mode, Tried(blocked, signals, wrapper, become is not None))
        if self._rules is not None and self.choice.step != "landlock":
            self._rules.close()

    def _try_landlock(self, become: BecomeUser | None) -> str | None:
        """Return why Landlock and seccomp do not work; None if they do."""
        machine = kernel.architecture()
        if machine is None:
            return f"system calls are not known for {os.uname().machine}"
        if os.environ.get("DISTKV_LANDLOCK") == "off":
            return "DISTKV_LANDLOCK is off"
        try:
            self._landlock = landlock.version()
        except OSError as exc:
            return f"not in this kernel, or off ({exc.strerror})"
        if self._landlock < landlock.COMPLETE_SINCE:
            return f"version {self._landlock} (expected: {landlock.COMPLETE_SINCE} or newer, Linux 6.2)"
        self._filter = seccomp.program(machine)
        readable = (*self._granted(paths.system(self._private)), *self._read)
        grants = [*(Grant(path, READ) for path in readable)]
        grants += (Grant(path, WRITE) for path in (*self._write, *paths.DEVICES))
        self._rules = Ruleset(self._landlock, grants)
        return attempt(self._directory, become, self.confine, signals=self._landlock >= landlock.SCOPED_SINCE)

    def _try_bubblewrap(self, become: BecomeUser | None) -> str | None:
        """Return why bubblewrap does not work; None if it does."""
        machine = kernel.architecture()
        if os.environ.get("DISTKV_BUBBLEWRAP") == "off":
            return "DISTKV_BUBBLEWRAP is off"
        self._bwrap = bubblewrap.find()
        if self._bwrap is None:
            return "bwrap is not installed"
        if machine is None:
            return f"system calls are not known for {os.uname().machine}"
        self._filter = seccomp.program(machine, mounts=True)
        return attempt_program(self._directory, become, self._wrap)

    def _wrap(self, tmp: str) -> list[str]:
        """Return the words before a program that bubblewrap starts."""
        code = os.memfd_create("distkv-seccomp", 0)  # is inherited
        os.write(code, self._filter)
        os.lseek(code, 0, os.SEEK_SET)
        return bubblewrap.command(str(self._bwrap), self._read, self._names, self._write, tmp, code)

    def directory(self, worker: int) -> str:
        """Return the directory that is this worker's own."""
        return f"{self._directory}/{worker}"

    def name_of(self, tmp: str) -> str:
        """Return how a worker calls its own directory."""
        return bubblewrap.TMP if self.wraps else tmp

    def make_directory(self, worker: int, user: tuple[int, int] | None) -> None:
        """In a worker that still has its parent's rights: make its directory."""
        made = self.directory(worker)
        os.mkdir(made, 0o700)
        if user is not None:
            os.chown(made, *user)

    def use_directory(self, worker: int) -> str:
        """In a worker: have temporary files in its own directory."""
        tmp = self.directory(worker)
        os.environ.update(TMPDIR=tmp, HOME=tmp)
        os.chdir(tmp)
        return tmp

    def remove_directory(self, worker: int) -> bool:
        """When the worker is gone: remove its directory if it is empty; return False if it is not."""
        try:
            os.rmdir(self.directory(worker))
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def confine(self, tmp: str) -> None:
        """In a worker that has all connections to its runner: restrict this process, for good."""
        if self._rules is None:
            raise RuntimeError("a sandbox of Landlock that was not found")
        kernel.drop_capabilities()
        self._rules.restrict(Grant(tmp, WRITE))
        seccomp.install(self._filter)

    def become_program(self, command: Sequence[str], tmp: str) -> None:
        """In a worker: become this program, in the sandbox. It keeps all inheritable descriptors."""
        if self.wraps:
            words = [*self._wrap(tmp), *command]
        else:
            words = [*command]
            self.confine(tmp)
        os.execvp(words[0], words)  # noqa: S606  (the runner says what)

    def close(self) -> None:
        """When all workers are gone: remove what they have left."""
        if self.active:
            shutil.rmtree(self._directory, ignore_errors=True)
