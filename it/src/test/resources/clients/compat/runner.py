"""A runner of the original for jobs on any node of the group default, until it is killed.

Usage: python -m compat.runner distkv|moat-kv PORT NODE

Does what the original's command "job run" does, whose program does not start with these versions. Its runners take
turns every second instead of every twenty.
"""

import logging
import sys

import anyio

from .original import CONNECT, ClientRoot, CodeRoot, P, Path, open_client

if sys.argv[1] == "distkv":
    from distkv.runner import AnyRunnerRoot
else:
    from moat.kv.runner import AnyRunnerRoot

unnamed = ClientRoot.as_handler.__func__


async def as_handler(cls, client, cfg=None, key="prefix", subpath=(), name=None, **kw):
    """Name the handler; else its key would go into the place of its data, or two would have the same name."""
    if name is None and key != "prefix":
        name = str(Path.build(("compat", client.name, cls.CFG, key, *subpath)))
    return await unnamed(cls, client, cfg=cfg, key=key, subpath=subpath, name=name, **kw)


ClientRoot.as_handler = classmethod(as_handler)


async def main(port, node):
    """Run jobs."""
    logging.basicConfig(level=logging.INFO)
    actor = {"cycle": 1, "gap": 0.1, "nodes": -1, "splits": 5, "n_hosts": 3, "version": 1}
    async with open_client(node, **{CONNECT: {"host": "127.0.0.1", "port": port, "name": node}}) as client:
        code = await CodeRoot.as_handler(client)
        await AnyRunnerRoot.as_handler(client, subpath=P("any.default"), cfg={"actor": actor}, code=code)
        print("ready", flush=True)
        await anyio.sleep(float("inf"))


anyio.run(main, int(sys.argv[2]), sys.argv[3], backend="trio")
