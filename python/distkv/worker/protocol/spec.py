"""What a worker is to run, and in which environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...configuration import configuration
from ...schema import Guard, Mode
from ...util import Path, attrdict

__all__ = ["RunSpec", "WorkerEnvironment", "limits_of", "read_claim"]

MODES = ("async", "thread", "sync")


@dataclass(frozen=True)
class WorkerEnvironment:
    """The environment of a worker: its node, its server, the configuration that code sees."""

    node: str
    config: attrdict
    modules: Path
    """The prefix of the modules that the runner describes."""

    @classmethod
    def read(cls, message: Mapping[str, Any]) -> WorkerEnvironment:
        """Read an ``init``."""
        config = dict(_get(message, "config", dict, {}))
        connect = {key: message[key] for key in ("host", "port", "name") if message.get(key) is not None}
        config["connect"] = {**(config.get("connect") or {}), **connect}
        whole = configuration(config)
        return cls(_get(message, "node", str), whole, _get(message, "modules", Path, whole.modules.prefix))


@dataclass(frozen=True)
class RunSpec:
    """One run, as a ``start`` describes it."""

    run: int
    job: Path
    code: Path
    source: str
    mode: Mode
    vars: tuple[str, ...]
    globals: Mapping[str, Any]
    modules: tuple[Path, ...]
    claim: Guard | None
    state: Mapping[str, Any] | None
    idle: float
    block: float | None
    log: str
    limits: Mapping[str, float]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: str | None = field(default=None, repr=False)
    """What the run logs in with at the server."""

    @classmethod
    def read(cls, message: Mapping[str, Any]) -> RunSpec:
        """Read a ``start``; raises ValueError, naming the key and what was expected."""
        mode = _get(message, "mode", str)
        if mode not in MODES:
            raise ValueError(f"mode: {mode!r} (expected: one of {', '.join(MODES)})")
        job = _get(message, "job", Path)
        return cls(
            run=_get(message, "run", int),
            job=job,
            code=_get(message, "code", Path),
            source=_get(message, "source", str),
            mode=mode,
            vars=tuple(map(str, _get(message, "vars", (tuple, list), ()))),
            globals=_get(message, "globals", dict, {}),
            modules=tuple(map(Path.build, _get(message, "modules", (tuple, list), ()))),
            claim=None if message.get("claim") is None else read_claim(message["claim"]),
            state=_get(message, "state", dict, None),
            idle=_get(message, "idle", (int, float), 10),
            block=_get(message, "block", (int, float), None),
            log=_get(message, "log", str, str(job)),
            limits=limits_of(message),
            secrets=_get(message, "secrets", dict, {}),
            token=_get(message, "token", str, None),
        )


def limits_of(message: Mapping[str, Any]) -> dict[str, float]:
    """Return the limits of a ``start``, by name."""
    found = message.get("limits")
    items = found.items() if isinstance(found, Mapping) else ()
    return {str(name): value for name, value in items if isinstance(value, (int, float))}


def read_claim(claim: Any) -> Guard:
    """Read the path and tick of a claim; raises ValueError."""
    try:
        path, tick = claim
        return Path.build(path), int(tick)
    except (TypeError, ValueError):
        raise ValueError(f"claim: {claim!r} (expected: [path, tick])") from None


_REQUIRED: Any = object()


def _get(message: Mapping[str, Any], key: str, kind: type | tuple[type, ...], default: Any = _REQUIRED) -> Any:
    value = message.get(key)
    if value is None and default is not _REQUIRED:
        return default
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        raise ValueError(f"{key}: {value!r} (expected: {' or '.join(each.__name__ for each in kinds)})")
    return value
