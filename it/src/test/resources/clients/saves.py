"""Has the original's own server save a tree, for the tests of ``distkv import``.

Usage: python saves.py distkv|moat-kv DIRECTORY

Writes ``NAME-full.msgpack``, ``NAME-partial.msgpack`` (without the internal tree), ``NAME-log.msgpack`` (all changes),
``NAME-log-with-state.msgpack`` (the state and a few changes), and ``NAME-truth.msgpack``: what a client of the original
reads from that server, with whole paths.
"""

import sys
import unittest.mock
from pathlib import Path as File

import anyio

if sys.argv[1] == "distkv":
    sys.modules["mock"] = unittest.mock  # which the original's test fixture imports by its old name

    from distkv.codec import packer
    from distkv.mock.mqtt import stdtest
    from moat.util import P, Path

    SYSTEM = P(":.distkv")

    def path_of(*elements):
        """A path of these elements."""
        return Path(*elements)

else:
    from moat.lib.codec import get_codec
    from moat.lib.config import CFG_, CfgStore
    from moat.lib.path import P, Path

    CFG_.with_config_(CfgStore()).__enter__()
    CfgStore.with_("moat.kv")

    from moat.kv.mock.mqtt import stdtest

    packer = get_codec("std-msgpack").encode
    SYSTEM = P(":.moat.kv")

    def path_of(*elements):
        """A path of these elements."""
        return Path.build(elements)


async def data(c):
    """A house, and keys and values of all kinds."""
    await c.set(P("house"), value={"name": "Home", "floors": 2})
    await c.set(P("house.kitchen.temp"), value=20.5)
    await c.set(P("house.kitchen.light"), value=True)
    await c.set(P("house.cellar"), value=None)
    await c.set(P("house.cellar.pump.hours"), value=12345678901)
    await c.set(P("house.cellar.pump.log"), value=[1, 2.5, "three", b"\x04\xff", {"a": {"b": [None, False]}}])
    await c.set(P("house.attic"), value="unused")
    await c.delete(P("house.attic"))
    await c.set(path_of("odd", 1, True, 2.5, "a.b c"), value="keys of all kinds")
    await c.set(path_of("odd", "big"), value=1 << 70)
    await c.set(path_of("odd", "path"), value=P("house.kitchen"))
    await c.set(path_of("odd", "map"), value={1: "one", "two": 2})


async def system(c):
    """Code, jobs, their states, an error."""
    value = {"code": "return 42", "is_async": None, "vars": ["x"], "default": {"x": 1}, "info": "The answer."}
    await c.set(SYSTEM + P("code.proc.forty.two"), value=value)
    value = {"code": "await _client.set(_P('greeted'), value=who)\n", "is_async": True, "vars": ["who"], "requires": []}
    await c.set(SYSTEM + P("code.proc.greet"), value=value)
    await c.set(SYSTEM + P("code.module.bucket.pail"), value={"code": "SIZE = 7\n", "requires": []})
    value = {"code": P("forty.two"), "data": {"x": 5}, "delay": 10, "repeat": 0, "target": None}
    await c.set(SYSTEM + P("run.any.default.answer"), value={**value, "ok_after": 0, "backoff": 1.4})
    value = {"code": P("greet"), "data": {"who": "you"}, "repeat": 60}
    await c.set(SYSTEM + P("run.at.node1.greet"), value=value)
    await c.set(SYSTEM + P("run.all.default.each"), value={"code": P("forty.two"), "data": {}})
    value = {"started": 1700000000.5, "stopped": 1700000001.25, "result": 42, "node": None, "backoff": 0}
    value |= {"computed": None, "reason": "run", "job": None}
    await c.set(SYSTEM + P("state.any.default.answer"), value=value)
    value = {"started": 1700000100.0, "stopped": 1700000000.0, "node": "node1", "backoff": 0}
    await c.set(SYSTEM + P("state.all.default.node1.each"), value=value)
    value = {"subsystem": "run.any", "path": SYSTEM + P("run.any.default.answer"), "resolved": False, "severity": 1}
    value |= {"message": "It failed.", "first_seen": 1700000000.0, "last_seen": 1700000001.0, "tock": 17}
    error = (SYSTEM + P("error.node1")) | 17
    await c.set(error, value=value)
    await c.set(error | "node1", value={"message": "It failed.", "seen": 1700000001.0, "tock": 17})
    await c.set(SYSTEM + P("config.test"), value={"a": 1})


async def internal(c):
    """A type, a codec, where these are, and an access list."""

    async def put(path, value):
        await c._request("set_internal", path=path, value=value, iter=False)

    code = "if not isinstance(value, int): raise ValueError('not an int')"
    await put(P("type.int"), {"code": code, "good": [0, 1], "bad": ["x"]})
    await put(P("match.house"), {"type": P("int")})
    codec = {"decode": "return value == 'on'", "encode": "return 'on' if value else 'off'"}
    codec |= {"in": [["on", True], ["off", False]], "out": [[True, "on"], [False, "off"]]}
    await put(P("codec.bool.set"), codec)
    await put(P("conv.home.house"), {"codec": P("bool.set")})
    await put(P("acl.guest.house"), "rx")


async def main(name, directory):
    """Write all files."""

    def file(kind):
        return str(directory / f"{name}-{kind}.msgpack")

    async with stdtest(args={"init": "the root"}, tocks=1000) as fixture:
        await fixture.ready()
        async with fixture.client() as c:
            await c._request("log", path=file("log"), fetch=False)
            for part in data, system, internal:
                await part(c)
            items = [packer({"path": list(r.path), "value": r.value}) async for r in c.get_tree(path_of())]
            await anyio.Path(file("truth")).write_bytes(b"".join(items))
            await c._request("save", path=file("partial"), full=False)
            await c._request("save", path=file("full"), full=True)
            await c._request("log", path=file("log-with-state"), fetch=True)
            await c.set(P("house.kitchen.temp"), value=21.25)
            await c.delete(P("house.kitchen.light"))
            await c.set(P("house.kitchen.oven"), value="off")
            await anyio.sleep(3)  # by then its server has written the log


anyio.run(main, sys.argv[1], File(sys.argv[2]), backend="trio")
