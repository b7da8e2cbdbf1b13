"""The configuration that holds where the user's says nothing; the keys are the original's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .util import P, Path, attrdict, combine_dict

__all__ = ["CFG", "PORT", "configuration"]

PORT: Final = 27586

CFG: Final = attrdict(
    connect=attrdict(
        host="localhost",
        port=PORT,
        name=None,  # how this client calls itself; None: the machine's name
        init_timeout=5,  # seconds until a connection must stand and the server have greeted
        retry=1,  # seconds between attempts to reconnect, at most
        patience=10,  # seconds that a request under way waits for a connection when it has lost its own
        window=1024,  # messages of one stream that may be on their way before this side confirms some
    ),
    prefixes="distkv",  # "moat": what follows is below :.moat.kv, where moat-kv has what is its own
    config=attrdict(prefix=P(":.distkv.config")),
    errors=attrdict(prefix=P(":.distkv.error")),
    codes=attrdict(prefix=P(":.distkv.code.proc")),
    modules=attrdict(prefix=P(":.distkv.code.module")),
    runner=attrdict(prefix=P(":.distkv.run"), state=P(":.distkv.state")),
)

MOAT: Final = attrdict(
    config=attrdict(prefix=P(":.moat.kv.config")),
    errors=attrdict(prefix=P(":.moat.kv.error")),
    codes=attrdict(prefix=P(":.moat.kv.code.proc")),
    modules=attrdict(prefix=P(":.moat.kv.code.module")),
    runner=attrdict(prefix=P(":.moat.kv.run"), state=P(":.moat.kv.state")),
)


def configuration(cfg: Mapping[str, Any]) -> attrdict:
    """Lay a configuration over the defaults; prefixes may be paths, lists of elements, or a path's text."""
    prefixes = cfg.get("prefixes", CFG.prefixes)
    if prefixes not in ("distkv", "moat"):
        raise ValueError(f"configuration prefixes: {prefixes!r} (expected: 'distkv' or 'moat')")
    merged = combine_dict(cfg, *([MOAT] if prefixes == "moat" else []), CFG)
    for section in ("config", "errors", "codes", "modules", "runner"):
        for key in ("prefix", "state"):
            if key in merged[section]:
                merged[section][key] = _path(merged[section][key])
    return merged


def _path(value: Any) -> Path:
    return P(value) if isinstance(value, str) else Path.build(value)
