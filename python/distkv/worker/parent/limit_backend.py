"""The mechanism that enforces limits on this machine: which ones there are, and which are used."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LimitBackend", "Unsupported", "choose"]


class Unsupported(Exception):
    """Something that the runner asked for is impossible here; the message says what and why."""


@dataclass(frozen=True)
class LimitBackend:
    """
    The mechanisms that enforce limits. Usage is polled every 50 ms anyway: for cpu and time, and to name the limit.

    `cgroups`: control groups; `rlimits`: limits of processes, for workers of another user than their parent's, since
    such workers cannot touch the parent; `warning`: what the user should know and do.
    """

    cgroups: bool
    rlimits: bool
    warning: str | None = None


def choose(
    no_cgroups: str | None,
    user: str | None,
    *,
    is_root: bool,
    user_exists: bool = True,
    memory: int | None = None,
) -> LimitBackend:
    """
    Choose the mechanisms; raises Unsupported.

    `no_cgroups` says why there are no control groups (None: there are); `user` is the workers' user (None: their
    parent's); `memory` is how many bytes workers without limits may use together.
    """
    if user is not None and not is_root:
        raise Unsupported(f"worker user {user}: only root can start processes of another user (expected: root)")
    if user is not None and not user_exists:
        raise Unsupported(f"worker user {user}: no such user (expected: one of this machine)")
    if no_cgroups is not None and memory is not None:
        raise Unsupported(
            f"memory of jobs without limits: {memory} bytes cannot be enforced, there are no control groups"
            f" ({no_cgroups}) (expected: a runner of 'distkv install', or root outside systemd; or no --memory)"
        )
    if no_cgroups is None or user is not None:
        return LimitBackend(cgroups=no_cgroups is None, rlimits=user is not None)
    return LimitBackend(
        cgroups=False,
        rlimits=False,
        warning="limits are checked every 50 ms only, so a job can exceed a limit for that long: there are no"
        f" control groups ({no_cgroups}). 'distkv install' gives a runner its own; or start it as root with"
        " --worker-user USER",
    )
