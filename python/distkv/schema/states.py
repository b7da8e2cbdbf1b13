"""The states of jobs: what became of each."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from ..util import NotGiven, Path
from .entry import EntryClient, StoredEntry, check, check_number, path_below
from .reasons import Reason

__all__ = ["PastRun", "StateEntry"]


@dataclass(frozen=True)
class PastRun:
    """A run that is over; a job's state lists the last ones."""

    started: float
    stopped: float
    node: str
    outcome: str
    """"done", "failed: …" with what went wrong, or why the run was ended."""

    @property
    def why(self) -> Reason:
        """The outcome as a code."""
        return Reason.of_outcome(self.outcome)


@dataclass
class StateEntry(StoredEntry):
    """
    What became of a job. Runners write it; others should only read it.

    It is at the job's path below the prefix of states, for a job of all nodes with the node before the name, see
    `path_of`. ``node`` names the node that was last recorded to run the job; a job runs if it has a claim.
    """

    started: float = 0
    """When the job last started; 0: never."""
    stopped: float = 0
    """When the job last ended; 0: never."""
    pinged: float = 0
    """When the run was last known to be healthy."""
    computed: float = 0
    """When the job will start next, as far as that is known; otherwise 0."""
    reason: str = ""
    """Why the job will start then, or why it does not run; code should go by `why`."""
    reason_code: str | None = None
    """The word of the reason, where ``reason`` says more than that."""
    result: Any = NotGiven
    """What the last success returned; NotGiven: there was none yet."""
    node: str | None = None
    """The node that runs the job; None: none does."""
    backoff: int = 0
    """The number of errors in a row, capped at 20."""
    offered: bool = False
    """Whether the run continues only until another node has taken over."""
    runs: tuple[PastRun, ...] = ()
    """The last runs that are over, newest first."""

    @property
    def why(self) -> Reason:
        """The reason as a code."""
        return Reason.read(self.reason, self.reason_code)

    @classmethod
    def path_of(cls, client: EntryClient, name: Path, *, group: str = "default", node: str | None = None) -> Path:
        """
        Return the path of a job's state: of a job on any node, or on ``node``.

        A job of all nodes has one state on each: ``all_of(client, name, node, group=…)``.
        """
        return path_below(client.config.runner.state, name, group, node)

    @classmethod
    def all_of(cls, client: EntryClient, name: Path, node: str, *, group: str = "default") -> Path:
        """Return the path of the state that a job of all nodes has on this one."""
        state: Path = client.config.runner.state
        return state + ("all", group, node) + Path.build(name)

    @classmethod
    def _read(cls, name: str, found: Any) -> Any:
        owner = cls.__name__
        if name == "result":
            return found
        if name in ("started", "stopped", "pinged", "computed"):
            return 0 if found is None else check_number(owner, name, found)
        if name == "backoff":
            return 0 if found is None else int(check_number(owner, name, found, 0))
        if name in ("node", "reason_code"):
            return None if found is None else check(owner, name, found, str, "text or nil")
        if name == "reason":
            return "" if found is None else check(owner, name, found, str, "text")
        if name == "offered":
            return check(owner, name, found, bool, "true or false")
        return tuple(cls._past(one) for one in check(owner, name, found, (tuple, list), "a list of runs"))

    @classmethod
    def _past(cls, run: Any) -> PastRun:
        try:
            return PastRun(**run)
        except TypeError:
            names = ", ".join(one.name for one in fields(PastRun))
            raise ValueError(f"{cls.__name__}.runs: {run!r} (expected: a map with {names})") from None

    def encode(self) -> dict[str, Any]:
        """Return the value to be stored, as runners write it."""
        value: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("started", "stopped", "pinged", "computed", "reason", "node", "backoff")
        }
        if self.reason_code is not None:
            value["reason_code"] = self.reason_code
        if self.result is not NotGiven:
            value["result"] = self.result
        if self.offered:
            value["offered"] = True
        if self.runs:
            value["runs"] = [vars(run) for run in self.runs]
        return {**value, **self.more}
