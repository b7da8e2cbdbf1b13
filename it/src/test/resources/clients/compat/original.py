"""The client that is tried: its names, however its version spells them, and what every check needs."""

import sys

if sys.argv[1] == "distkv":
    from distkv.client import ServerError, open_client
    from distkv.code import CodeRoot, ModuleRoot
    from distkv.errors import ErrorRoot
    from distkv.obj import AttrClientEntry, ClientEntry, ClientRoot
    from moat.util import P, Path

    CONNECT = "connect"
    SYSTEM = P(":.distkv")
else:
    from moat.lib.config import CFG_, CfgStore
    from moat.lib.path import P, Path

    # Its command line begins so as well: without a current configuration the client does not open.
    CFG_.with_config_(CfgStore()).__enter__()
    CfgStore.with_("moat.kv")

    from moat.kv.client import ServerError, open_client
    from moat.kv.code import CodeRoot, ModuleRoot
    from moat.kv.errors import ErrorRoot
    from moat.kv.obj import AttrClientEntry, ClientEntry, ClientRoot

    CONNECT = "conn"
    SYSTEM = P(":.moat.kv")

__all__ = [
    "CHECKS",
    "CONNECT",
    "SYSTEM",
    "AttrClientEntry",
    "ClientEntry",
    "ClientRoot",
    "CodeRoot",
    "ErrorRoot",
    "ModuleRoot",
    "P",
    "Path",
    "ServerError",
    "check",
    "open_client",
    "refused",
]

CHECKS = []


def check(proc):
    """A check: called with a function that opens a client, and a path of its own to work below."""
    CHECKS.append(proc)
    return proc


async def refused(request, *words):
    """The request must fail, and the error must say these words."""
    try:
        res = await request
    except ServerError as exc:
        error = str(exc)
    else:
        raise AssertionError(f"not refused: {res!r}")
    for word in words:
        assert word in error, (word, error)
