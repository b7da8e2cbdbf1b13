"""The client at a prompt: `python -m asyncio`, the plain one, and notebooks, with a real server."""

import subprocess
import sys
import threading
from pathlib import Path as File

import anyio
import pytest

from distkv.client import open_client
from distkv.exceptions import NotFoundError, ServerConnectionError
from distkv.sync import connect
from distkv.util import P

HERE = File(__file__).parents[1]


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def client(server):
    with connect(host="127.0.0.1", port=server.port) as client:
        yield client


def test_the_asyncio_prompt_opens_uses_and_closes_a_client(server):
    lines = f"""
from distkv.client import open_client
client = await open_client(host="127.0.0.1", port={server.port})
_ = await client.set("test.asked", 21)
print("got", (await client.get("test.asked")).value)
async with client.watch("test", fetch=True) as watch:
    async for item in watch:
        print("seen", item.get("value"))
        break

await client.close()
print("connected:", client.connected)
"""
    done = subprocess.run(
        [sys.executable, "-m", "asyncio"], input=lines, capture_output=True, text=True, cwd=HERE, timeout=60
    )
    assert [line for line in done.stdout.replace(">>> ", "").replace("... ", "").splitlines() if line] == [
        "got 21",
        "seen 21",
        "connected: False",
    ]
    assert "Traceback" not in done.stderr


@pytest.mark.anyio
async def test_awaited_clients_say_what_went_wrong(server):
    with pytest.raises(ServerConnectionError):
        await open_client(host="127.0.0.1", port=1)
    async with server.client() as client:
        with pytest.raises(RuntimeError, match="the end of 'async with"):
            await client.close()


def test_calls_wait_for_their_results(client):
    client.set("test.a", 1)
    client.set(P("test.b"), 2)
    assert client.get("test.a").value == 1
    assert client.list("test") == ("a", "b")
    assert [(str(item.path), item.value) for item in client.get_tree("test")] == [("a", 1), ("b", 2)]
    assert client.delete("test.b").changed
    with pytest.raises(NotFoundError):
        client.list("test.nowhere")
    assert client.connected
    assert "of 127.0.0.1:" in repr(client)
    assert {"get", "watch", "call", "close"} <= set(dir(client))


def test_a_watch_is_a_plain_loop(client):
    client.set("test.a", 1)
    seen = []
    with client.watch("test", fetch=True) as items:
        for item in items:
            seen.append(item.get("value", item.get("state")))
            if seen == [1, "uptodate"]:
                client.set("test.a", 2)
            elif len(seen) == 3:
                break
    assert seen == [1, "uptodate", 2]


def test_stored_code_is_called(client):
    client.set(":.distkv.code.proc.demo.twice", {"code": "return 2 * x", "vars": ["x"], "is_async": None})
    client.set(":.distkv.code.proc.demo.later", {"code": "return await f(x)", "vars": ["f", "x"], "is_async": True})
    assert client.call("demo.twice", x=21) == 42

    async def later(x):
        await anyio.lowlevel.checkpoint()
        return x + 1

    assert client.call("demo.later", later, 1) == 2


def test_any_thread_may_use_it(client):
    threads = [threading.Thread(target=client.set, args=(P("test") | i, i)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(client.list("test")) == list(range(8))


@pytest.mark.anyio
async def test_within_a_notebooks_loop_it_works_as_well(server):
    with connect(host="127.0.0.1", port=server.port) as client:
        client.set("test.a", 5)
        assert client.get("test.a").value == 5


def test_one_that_is_closed_says_so(server):
    client = connect(host="127.0.0.1", port=server.port)
    client.close()
    client.close()
    with pytest.raises(RuntimeError, match=r"the client is closed \(expected: an open one"):
        client.get("test.a")
    assert repr(client) == "<SyncClient, closed>"


def test_without_a_server_it_says_so():
    with pytest.raises(ServerConnectionError):
        connect(host="127.0.0.1", port=1)
