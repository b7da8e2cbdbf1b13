"""Watches over a connection that is cut again and again, at any byte: nothing repeats, nothing is out of order."""

import random
from contextlib import asynccontextmanager

import anyio
import pytest

from distkv.client import open_client
from distkv.exceptions import ServerConnectionError
from distkv.util import P

pytestmark = pytest.mark.anyio

TOP = P("test.cut")
WRITES = 800


@asynccontextmanager
async def scissors(port, chance):
    """A way to the server that ends every connection after a random number of bytes, until it is told to stop."""
    cutting = True

    async def serve(client):
        left = chance.randrange(400, 20_000)

        async def copy(source, sink, scope):
            nonlocal left
            try:
                while True:
                    data = await source.receive()
                    if cutting and len(data) > left:
                        await sink.send(data[:left])
                        break
                    left -= len(data)
                    await sink.send(data)
            except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
                pass
            scope.cancel()

        async with client, await anyio.connect_tcp("127.0.0.1", port) as server, anyio.create_task_group() as tasks:
            tasks.start_soon(copy, client, server, tasks.cancel_scope)
            tasks.start_soon(copy, server, client, tasks.cancel_scope)

    def stop():
        nonlocal cutting
        cutting = False

    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0) as listener,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(listener.serve, serve)
        yield listener.extra(anyio.abc.SocketAttribute.local_port), stop
        tasks.cancel_scope.cancel()


async def test_a_watch_that_is_cut_off_again_and_again_misses_only_what_is_outdated(server):
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    async with server.client() as writer, scissors(server.port, chance) as (port, stop):
        for n in range(50):
            await writer.set(TOP | n, -1)
        cfg = {"host": "127.0.0.1", "port": port, "retry": 0.02, "window": chance.choice([4, 50, 1024])}
        async with open_client(connect=cfg) as client:
            states = []
            opened = []
            started = anyio.Event()

            async def follow(fetch):
                async with open_watch(client, fetch) as watch:
                    opened.append(fetch)
                    if len(opened) == 3:
                        started.set()
                    states.append((fetch, await consume(watch, fetch)))

            with anyio.fail_after(60):
                async with anyio.create_task_group() as tasks:
                    for fetch in (True, True, False):
                        tasks.start_soon(follow, fetch)
                    await started.wait()
                    await write(writer, chance)
                    stop()
                    await writer.set(TOP | "end", "end")
            now = {one.path[-1]: (one.value, one.tock) async for one in writer.get_tree(TOP)}
            for fetch, state in states:
                assert state == {path: found for path, found in now.items() if fetch or found[0] != -1}
            assert client.link.connects > 3


@asynccontextmanager
async def open_watch(client, fetch):
    """Open a watch, however often the connection is lost on the way."""
    while True:
        watch = client.watch(TOP, fetch=fetch)
        try:
            await watch.__aenter__()
            break
        except ServerConnectionError:
            await client.link.wait_connected()
    try:
        yield watch
    finally:
        watch.close()


async def write(writer, chance):
    for n in range(WRITES):
        path = TOP | chance.randrange(60)
        if chance.randrange(4):
            await writer.set(path, n)
        else:
            await writer.delete(path)


async def consume(watch, fetch):
    """Follow the tree up to its end; return what is known of it then, having checked the order of all that came."""
    state = {}
    tocks = {}
    newest = 0
    settled = not fetch
    async for item in watch:
        if "path" not in item:
            assert not settled, "it was up to date before"
            settled = True
            continue
        path = item.path[-1]
        assert item.path[:-1] == TOP
        assert item.tock > tocks.get(path, 0), "an item was repeated or late"
        assert item.tock > newest or not settled, "items out of order"
        tocks[path] = item.tock
        newest = max(newest, item.tock)
        if "value" in item:
            state[path] = (item.value, item.tock)
        else:
            state.pop(path, None)
        if path == "end":
            break
    return state
