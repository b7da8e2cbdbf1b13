"""Which sandbox is used, of those that were tried on this machine."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Choice", "SandboxUnavailable", "Tried", "choose"]


class SandboxUnavailable(Exception):
    """The sandbox that is required is impossible here; the message says why, and how to mend it."""


@dataclass(frozen=True)
class Tried:
    """What was tried. Texts say why something does not work; None: it does."""

    landlock: str | None
    """Landlock and seccomp."""
    signals: str | None
    """Landlock's scope for signals."""
    bubblewrap: str | None
    user: bool
    """Whether workers have a user of their own."""


@dataclass(frozen=True)
class Choice:
    """The sandbox, and what the user should know about it."""

    step: str
    """``landlock``, ``bubblewrap``, ``user`` or ``none``."""
    warning: str | None = None


def choose(mode: str, tried: Tried) -> Choice:
    """Choose the strongest sandbox; raises SandboxUnavailable if a strong one is required and there is none."""
    if mode == "off":
        return Choice("none")
    if tried.landlock is None and (tried.signals is None or tried.user):
        return Choice("landlock")
    if tried.bubblewrap is None:
        return Choice("bubblewrap")
    reasons = f"Landlock: {tried.landlock or tried.signals}; bubblewrap: {tried.bubblewrap}"
    if mode == "required":
        raise SandboxUnavailable(
            f"sandbox: required, and not possible here ({reasons}) (expected: Linux 6.12 or newer with Landlock, or"
            " bubblewrap, e.g. apt install bubblewrap and user namespaces that it may use; or --sandbox auto)"
        )
    if tried.landlock is None:
        return Choice(
            "landlock", f"the sandbox does not keep code from signalling processes of this user: {tried.signals}"
        )
    if tried.user:
        return Choice("user", f"code is kept apart only by its user ({reasons})")
    return Choice("none", f"code can do whatever this user can: there is no sandbox ({reasons})")
