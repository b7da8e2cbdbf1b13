"""The configuration: what the user sets, laid over the defaults. The keys are the original's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .schema import PREFIX_SETS
from .util import P, Path, attrdict, combine_dict

__all__ = ["CFG", "PORT", "configuration"]

PORT: Final = 27586

CFG: Final = combine_dict(
    {
        "connect": {
            "host": None,  # also tls://HOST and unix:PATH; None: a server on this machine
            "port": PORT,
            "ssl": None,  # TLS, and whom to trust: see `distkv.client.tls`
            "token": None,  # what to log in with; None: see `distkv.client.credentials`
            "user": None,  # or this user, with the password
            "password": None,
            "auth": None,  # the same in the original's words: "password name=NAME password=PASSWORD"
            "name": None,  # this client's name; None: the machine's name
            "init_timeout": 5,  # seconds within which the connection must be made and the server have greeted
            "retry": 1,  # seconds between attempts to reconnect, at most
            "patience": 10,  # seconds that a pending request waits for a new connection after its own was lost
            "window": 1024,  # messages of one stream that may be under way before this side confirms some
        },
        "prefixes": "distkv",  # or "moat", see `distkv.schema.prefixes`
    },
    PREFIX_SETS["distkv"],
)


def configuration(cfg: Mapping[str, Any]) -> attrdict:
    """Lay a configuration over the defaults; prefixes may be paths, lists of elements, or a path's text."""
    prefixes = cfg.get("prefixes", CFG.prefixes)
    if prefixes not in tuple(PREFIX_SETS):
        raise ValueError(f"configuration prefixes: {prefixes!r} (expected: 'distkv' or 'moat')")
    merged = combine_dict(cfg, PREFIX_SETS[prefixes], CFG)
    for section, keys in PREFIX_SETS[prefixes].items():
        for key in keys:
            merged[section][key] = _path(merged[section][key])
    return merged


def _path(value: Any) -> Path:
    return P(value) if isinstance(value, str) else Path.build(value)
