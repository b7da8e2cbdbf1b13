"""By what means jobs are held to their limits on this machine: which there are, and which are used."""

from __future__ import annotations

from dataclasses import dataclass


class Impossible(Exception):
    """What the runner asked for cannot be; the message says what and why."""


@dataclass(frozen=True)
class Means:
    """
    What looks after limits. Looking every 50 ms is always done besides: it knows cpu and time, and names the limit.

    `groups`: control groups; `rlimits`: limits of processes, for workers that belong to another user than their parent,
    who so cannot touch it; `warning`: what the user should know and do.
    """

    groups: bool
    rlimits: bool
    warning: str | None = None


def choose(
    no_groups: str | None,
    user: str | None,
    *,
    is_root: bool,
    user_exists: bool = True,
    memory: int | None = None,
) -> Means:
    """
    Choose.

    `no_groups` says why there can be no control groups, None: there can; `user` is whose the workers shall be, None:
    their parent's; `memory` is what those without limits may use together. Raises Impossible if that cannot be.
    """
    if user is not None and not is_root:
        raise Impossible(f"worker user {user}: only root can start processes of another user (expected: root)")
    if user is not None and not user_exists:
        raise Impossible(f"worker user {user}: no such user (expected: one of this machine)")
    if no_groups is not None and memory is not None:
        raise Impossible(
            f"memory of jobs without limits: {memory} bytes cannot be seen to, there are no control groups"
            f" ({no_groups}) (expected: a runner of 'distkv install', or root outside systemd; or no --memory)"
        )
    if no_groups is None or user is not None:
        return Means(groups=no_groups is None, rlimits=user is not None)
    return Means(
        groups=False,
        rlimits=False,
        warning="limits are checked every 50 ms only, so a job may use more than it may for that long: there are no"
        f" control groups ({no_groups}). 'distkv install' gives a runner its own; or start it as root with"
        " --worker-user USER",
    )
