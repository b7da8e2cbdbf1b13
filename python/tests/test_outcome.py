"""Writes whose replies were lost, with their connection or with the server: each is made once."""

import os
import random
import signal
from contextlib import suppress

import anyio
import pytest
from conftest import PATIENCE
from fake_runner import FakeRunner
from helpers import code
from proxy import Proxy

from distkv.client import open_client
from distkv.exceptions import ClientChainError, OutcomeUnknownError, ServerClosedError, ServerConnectionError
from distkv.util import P

pytestmark = pytest.mark.anyio

LONG = "DISTKV_TEST_LONG" in os.environ
KILLS = 20 if LONG else 2
WRITERS = 6


async def once(client, call):
    """Make a call; as long as there is no connection when it begins, it does nothing."""
    while True:
        await client.link.wait_connected()
        try:
            return await call()
        except ServerClosedError:
            raise
        except ServerConnectionError:
            pass


class Writer:
    """Writes to a path of its own, and knows what must be there at any time; counts at one that all share."""

    def __init__(self, client, path, chance):
        self.client = client
        self.path = path
        self.chance = chance
        self.chain = None
        self.value = None
        self.counted = 0
        self.writes = 0

    async def write(self, n):
        call = self.chance.choice([self.set, self.set, self.delete, self.count, self.delete_many])
        await call(n)
        self.writes += 1

    async def set(self, n):
        reply = await once(self.client, lambda: self.client.set(self.path, n, chain=self.chain, nchain=1))
        assert reply.changed
        self.chain, self.value = reply.chain, n

    async def delete(self, n):
        reply = await once(self.client, lambda: self.client.delete(self.path))
        assert reply.changed == (self.chain is not None)
        assert reply.get("prev") == self.value
        self.chain = self.value = None

    async def count(self, n):
        total = P("test.outcome.total")
        found = await once(self.client, lambda: self.client.get(total, nchain=1))
        writes = [
            {"path": total, "value": found.get("value", 0) + 1, "chain": found.chain},
            {"path": self.path | "count" | n, "value": n, "chain": None},
        ]
        with suppress(ClientChainError):  # somebody else was quicker
            await once(self.client, lambda: self.client.commit(writes))
            self.counted += 1

    async def delete_many(self, n):
        many = [{"path": self.path | "many" | n | i, "value": i, "chain": None} for i in range(30)]
        await once(self.client, lambda: self.client.commit(many))
        reply = await once(self.client, lambda: self.client.delete(self.path | "many" | n, recursive=True))
        assert reply.changed == len(many)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_server_that_is_killed_again_and_again_makes_each_write_once(own_server):
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    server = own_server
    connect = {"host": "127.0.0.1", "port": server.port, "retry": 0.1, "patience": PATIENCE}
    async with open_client(connect=connect) as client:
        writers = [Writer(client, P("test.outcome") | i, random.Random(seed + i)) for i in range(WRITERS)]
        over = False
        written = anyio.Event()

        async def go_on(writer):
            n = 0
            while not over:
                n += 1
                await writer.write(n)
                written.set()

        async def all_have_written():
            """A request that gets no answer from one server after another would run out of patience."""
            nonlocal written
            before = [writer.writes for writer in writers]
            while any(writer.writes == count for writer, count in zip(writers, before, strict=True)):
                await written.wait()
                written = anyio.Event()

        async with anyio.create_task_group() as tasks:
            for writer in writers:
                tasks.start_soon(go_on, writer)
            for _ in range(KILLS):
                await anyio.sleep(chance.uniform(0.1, 0.4))
                await anyio.to_thread.run_sync(server.stop, signal.SIGKILL)
                await anyio.to_thread.run_sync(server.start)
                await all_have_written()
            over = True
        assert client.link.losses == KILLS
        total = (await client.get(P("test.outcome.total"))).get("value", 0)
        assert total == sum(writer.counted for writer in writers)
        for writer in writers:
            assert (await client.get(writer.path)).get("value") == writer.value
        print([writer.writes for writer in writers])


@pytest.fixture
def proxy(shared_server):
    proxy = Proxy(shared_server.port)
    yield proxy
    proxy.cut()


async def test_a_write_whose_reply_was_lost_is_not_made_twice(server, proxy):
    connect = {"host": "127.0.0.1", "port": proxy.port, "retry": 0.02, "patience": PATIENCE}
    async with server.client() as direct, open_client(connect=connect) as client:
        await direct.set(P("test.a"), 1)
        proxy.silent = True
        replies = []

        async def write():
            replies.append(await client.set(P("test.a"), 2, prev=1, nchain=1))

        async with direct.watch(P("test.a")) as watch, anyio.create_task_group() as tasks:
            tasks.start_soon(write)
            item = await watch.__anext__()
            await direct.set(P("test.a"), 3)
            proxy.cut()
            proxy.mend()
        assert (replies[0].changed, replies[0].chain.tick) == (True, item.tock)
        assert (await direct.get(P("test.a"))).value == 3
        assert client.link.losses == 1


async def test_who_is_not_patient_does_not_know(server, proxy):
    connect = {"host": "127.0.0.1", "port": proxy.port, "retry": 0.02, "patience": 0.01}
    async with server.client() as direct, open_client(connect=connect) as client:
        proxy.silent = True

        async def write():
            with pytest.raises(ServerClosedError, match="no reply to set_value"):
                await client.set(P("test.a"), 2)

        async with direct.watch(P("test.a")) as watch, anyio.create_task_group() as tasks:
            tasks.start_soon(write)
            await watch.__anext__()
            proxy.cut()


async def test_a_quiet_client_asks_for_the_tock_before_it_writes(server, monkeypatch):
    async with server.client() as client:
        monkeypatch.setattr("distkv.client.link._STALE", -1)
        asked = []
        ask = client.link._ask

        async def noted(connection, action, params, attempts):
            asked.append(action)
            return await ask(connection, action, params, attempts)

        monkeypatch.setattr(client.link, "_ask", noted)
        await client.set(P("test.a"), 1)
        await client.get(P("test.a"))
        assert asked == ["get_state", "set_value", "get_value"]


async def test_what_the_server_does_not_know_is_asked_after_once(server, monkeypatch):
    async with server.client() as client:
        sent = []

        async def unknown(connection, action, params, attempts):
            sent.append(params)
            attempts.append((connection.writer, len(sent)))
            raise OutcomeUnknownError("written or not")

        monkeypatch.setattr(client.link, "_ask", unknown)
        monkeypatch.setattr("distkv.client.link._UNKNOWN_PAUSE", 0)
        with pytest.raises(OutcomeUnknownError):
            await client.set(P("test.a"), 1)
        assert ["again" in params for params in sent] == [False, True]


@pytest.fixture
def flaky(shared_server, proxy):
    """A worker whose way to the server can be cut, and the cable."""
    with FakeRunner(port=proxy.port, config={"connect": {"patience": 0.3, "retry": 0.02}}) as runner:
        yield runner.fork()


@pytest.fixture
def patient(shared_server, proxy):
    with FakeRunner(port=proxy.port, config={"connect": {"retry": 0.02}}) as runner:
        yield runner.fork()


WRITE = {
    "async": "print('here')\nwhile True: await _client.set(_P('test.a'), value=1)",
    "thread": "print('here')\nwhile True: _client.set(_P('test.a'), value=1)",
    "sync": "print('here')\nwhile True: _client.set(_P('test.a'), value=1)",
}


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("mode", list(WRITE))
def test_a_run_that_cannot_go_on_without_the_server_is_interrupted(flaky, proxy, tree, mode, anyio_backend):
    run = flaky.start(WRITE[mode], mode)
    flaky.expect("log", text="here")
    tree.wait_for("test.a", 1)
    proxy.cut()
    failed = flaky.outcome(run)
    assert (failed["kind"], failed["type"]) in [
        ("interrupted", "ServerClosedError"),
        ("interrupted", "ServerConnectionError"),
    ]
    assert failed["line"] == 2


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
def test_who_cannot_reach_another_server_has_failed(flaky, tree, anyio_backend):
    source = """
        from distkv.client import open_client
        async with open_client(host="127.0.0.1", port=1):
            pass
    """
    failed = flaky.failure(code(source))
    assert (failed["kind"], failed["type"]) == ("error", "ServerConnectionError")


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
def test_a_run_goes_on_when_there_is_a_connection_again(patient, proxy, tree, anyio_backend):
    """Its connection is cut while it writes; it sees one success."""
    source = """
        import anyio
        chain = None
        for n in range(1, 400):
            while not _client.connected:  # only what is under way goes on
                await anyio.sleep(0.001)
            chain = (await _client.set(_P("test.n"), value=n, chain=chain, nchain=1)).chain
            if n % 100 == 0:
                print(n)
        return n
    """
    run = patient.start(code(source))
    for n in ("100", "200", "300"):
        patient.expect("log", text=n)
        proxy.cut()
        proxy.mend()
    assert patient.outcome(run).get("result") == 399
