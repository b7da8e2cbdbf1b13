"""Trying a sandbox: a process that confines itself finds out what it can still do. Also a program for bubblewrap."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

__all__ = ["attempt", "attempt_program"]

Confine = Callable[[str], None]
"""Confines this process; its argument is the directory that it may write to."""

BecomeUser = Callable[[], None]


def _violations(place: str, process: int) -> list[str]:
    """Return what a confined process can do and should not; ``process``, if not 0, is one outside."""
    secret = f"{place}/secret"
    attempts: list[tuple[str, Callable[[], object]]] = [
        ("read files", lambda: open(secret).close()),
        ("write files", lambda: open(f"{place}/made", "w").close()),
        ("change the modes of files", lambda: os.chmod(secret, 0o666)),  # noqa: S103
        ("use Unix sockets", lambda: _connect(f"{place}/socket")),
    ]
    if process:
        attempts.append(("signal processes", lambda: os.kill(process, 0)))
    found = []
    for name, attempt_it in attempts:
        with suppress(OSError):
            attempt_it()
            found.append(name)
    return found


def _connect(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)


@contextmanager
def _place(directory: str) -> Iterator[str]:
    """Make a directory with something to break into."""
    with tempfile.TemporaryDirectory(dir=directory, prefix="probe-") as place, socket.socket(socket.AF_UNIX) as sock:
        os.chmod(place, 0o777)  # noqa: S103  (for a moment, for a worker user that cannot list what is above)
        os.mkdir(f"{place}/own")
        os.chmod(f"{place}/own", 0o777)  # noqa: S103
        sock.bind(f"{place}/socket")
        sock.listen(4)
        os.chmod(f"{place}/socket", 0o777)  # noqa: S103
        with open(f"{place}/secret", "w"):
            yield place


def attempt(directory: str, become: BecomeUser | None, confine: Confine, *, signals: bool) -> str | None:
    """
    Try in a forked process; return why it does not work, None if it does.

    `become` makes it one of another user, which then owns nothing there; `signals` says that those are to be refused.
    """
    with _place(directory) as place:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                answer = _try(place, become, confine, os.getppid() if signals else 0)
            except BaseException as exc:
                answer = str(exc) or type(exc).__name__
            os.write(writer, answer.encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as answers:
            text = answers.read().decode()
        os.waitpid(pid, 0)
    return text or None


def _try(place: str, become: BecomeUser | None, confine: Confine, process: int) -> str:
    if become is not None:
        become()
        process = 0  # that user could not signal it anyway
    elif missing := 4 + bool(process) - len(_violations(place, process)):
        return f"{missing} of the things to be refused fail already"
    confine(f"{place}/own")
    open(f"{place}/own/file", "w").close()
    return _complaint(_violations(place, process))


def _complaint(violations: Sequence[str]) -> str:
    return f"code could still {', '.join(violations)}" if violations else ""


def attempt_program(directory: str, become: BecomeUser | None, wrap: Callable[[str], list[str]]) -> str | None:
    """Try a program that starts others; ``wrap`` makes the words before them from the directory to write to."""
    with _place(directory) as place:
        words = [*wrap(f"{place}/own"), os.path.abspath(sys.executable), "-I", "-S", __file__, place, str(os.getpid())]
        done = subprocess.run(  # noqa: S603
            words, check=False, capture_output=True, text=True, close_fds=False, preexec_fn=become
        )
    return (done.stdout or done.stderr).strip() or (
        f"it ends with status {done.returncode}" if done.returncode else None
    )


if __name__ == "__main__":
    sys.stdout.write(_complaint(_violations(sys.argv[1], int(sys.argv[2]))))
