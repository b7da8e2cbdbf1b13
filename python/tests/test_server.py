"""The client against a real server."""

import signal

import anyio
import pytest
from helpers import seen, take

from distkv.exceptions import (
    ClientChainError,
    ClientValueError,
    GuardError,
    Lost,
    NotFoundError,
    NotYet,
    ServerConnectionError,
    SessionError,
    UnknownActionError,
)
from distkv.util import P, Path

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(server):
    async with server.client() as client:
        yield client


async def test_a_value_comes_back_as_it_was_set(client):
    for value in (None, True, 1, -1.5, "text", b"bytes", (1, ("a",)), {"a": {"b": P("c.d")}}, 2**100, {1: 2}):
        await client.set(P("test.v"), value)
        res = await client.get(P("test.v"))
        assert res.value == value
        assert type(res.value) is type(value) or isinstance(value, dict)
    assert (await client.get(P("test.v"))).tock == res.tock


async def test_the_deepest_and_largest_values_that_the_client_sends_come_back(client):
    deep = ()
    for _ in range(62):
        deep = (deep,)
    await client.set(P("test.v"), deep)
    assert (await client.get(P("test.v"))).value == deep
    large = b"x" * (2**24 - 5000)
    await client.set(P("test.v"), large)
    assert (await client.get(P("test.v"))).value == large
    assert client.link.connects == 1


async def test_an_entry_that_is_not_there_has_no_value(client):
    res = await client.get(P("test.nothing"), nchain=1)
    assert "value" not in res
    assert res.chain is None


async def test_a_write_with_a_chain_happens_once(client):
    path = P("test.chain")
    first = await client.set(path, 1, chain=None, nchain=1)
    assert first.changed
    with pytest.raises(ClientChainError, match="Entry already exists"):
        await client.set(path, 2, chain=None)
    second = await client.set(path, 2, chain=first.chain, nchain=1)
    with pytest.raises(ClientChainError, match="Chain is "):
        await client.set(path, 3, chain=first.chain)
    with pytest.raises(ClientChainError, match="Entry is new"):
        await client.set(P("test.nothing"), 3, chain=first.chain)
    with pytest.raises(ClientValueError):
        await client.set(path, 3, prev=1)
    await client.set(path, 3, prev=2)
    with pytest.raises(ClientChainError):
        await client.delete(path, chain=second.chain)
    assert (await client.delete(path, prev=3)).changed


async def test_idem_writes_nothing_that_is_there_already(client):
    first = await client.set(P("test.i"), 1, idem=True)
    again = await client.set(P("test.i"), 1, idem=True)
    assert (first.changed, again.changed) == (True, False)
    assert (await client.get(P("test.i"))).tock == first.tock


async def test_children_are_listed_by_name_or_with_their_values(client):
    await client.set(P("test.a"), 1)
    await client.set(P("test.b.c"), 2)
    assert sorted(await client.list(P("test"))) == ["a", "b"]
    assert await client.list(P("test"), with_data=True) == {"a": 1}
    with pytest.raises(NotFoundError):
        await client.list(P("test.nothing"))


async def test_a_tree_is_read_and_deleted(client):
    for name in ("test.a", "test.a.b", "test.a.b.c"):
        await client.set(P(name), name)
    found = [(str(one.path), one.value) async for one in client.get_tree(P("test"), min_depth=1, max_depth=2)]
    assert found == [("a", "test.a"), ("a.b", "test.a.b")]
    assert (await client.delete(P("test"), recursive=True)).changed == 3
    assert [one async for one in client.get_tree(P("test"))] == []
    with pytest.raises(NotFoundError):
        await client.get_tree(P("never.heard.of")).__anext__()


async def test_a_watch_shows_what_is_there_and_what_changes(client):
    await client.set(P("test.w.a"), 1)
    async with client.watch(P("test.w"), fetch=True, nchain=1) as watch:
        assert seen(await take(watch, 2)) == [("test.w.a", 1), "uptodate"]
        await client.set(P("test.w.a"), 2)
        await client.set(P("test.w"), "top")
        reply = await client.delete(P("test.w.a"), nchain=1)
        got = await take(watch, 3)
        assert seen(got) == [("test.w.a", 2), ("test.w", "top"), ("test.w.a", "-")]
        assert got[2].chain == reply.chain


async def test_depths_limit_a_watch(client):
    async with client.watch(P("test.d"), max_depth=0) as top, client.watch(P("test.d"), min_depth=2) as deep:
        await client.set(P("test.d.x"), 1)
        await client.set(P("test.d.x.y"), 2)
        await client.set(P("test.d"), 3)
        await client.set(P("test.d.x.y.z"), 4)
        assert seen(await take(top, 1)) == [("test.d", 3)]
        assert seen(await take(deep, 2)) == [("test.d.x.y", 2), ("test.d.x.y.z", 4)]


async def test_thousands_of_changes_arrive_in_order_while_another_watch_sleeps(client):
    count = 5000
    async with (
        client.watch(P("test.n")) as sleeper,
        client.watch(P("test.n")) as watch,
        anyio.create_task_group() as tasks,
    ):

        async def write(start):
            for n in range(start, count, 50):
                await client.set(Path("test", "n", n), n)

        for start in range(50):
            tasks.start_soon(write, start)
        got = await take(watch, count)
        assert sorted(one.value for one in got) == list(range(count))
        assert [one.tock for one in got] == sorted(one.tock for one in got)
        assert len(await take(sleeper, count)) == count


async def test_messages_reach_whoever_monitors_their_topic(client):
    async with client.msg_monitor(P("test.topic.+")) as monitor, client.msg_monitor(("test", "#"), raw=True) as raw:
        await client.msg_send(P("test.topic.x"), {"a": P("b")})
        await client.msg_send(("test", "topic", "y"), raw=b"\xc1")
        one, two = await take(monitor, 2)
        assert (one.topic, one.data) == (("test", "topic", "x"), {"a": P("b")})
        assert two.raw == b"\xc1"
        assert "error" in two
        assert [message.raw for message in await take(raw, 2)][1] == b"\xc1"


async def test_stop_ends_a_watch(client):
    async with client.watch(P("test")) as watch:
        assert (await client.stop(watch)).result is True
        assert [one async for one in watch] == []
    assert (await client.stop(1000)).result is False


async def test_an_unknown_action_is_an_error_and_nothing_else(client):
    with pytest.raises(UnknownActionError):
        await client.request("nonsense")
    assert await client.get_tock() < await client.get_tock()


async def test_a_mirror_follows_the_tree(client):
    await client.set(P("test.m.a"), 1)
    async with client.mirror(P("test.m"), nchain=1) as tree:
        assert tree[P("a")].value == 1
        reply = await client.set(P("test.m.b"), 2, nchain=1)
        await tree.wait_chain(reply.chain)
        assert tree[P("b")].chain == reply.chain
        assert sorted(tree) == [P("a"), P("b")]
        await client.delete(P("test.m.a"))
        await tree.wait_tock((await client.set(P("test.m.b"), 3)).tock)
        assert P("a") not in tree
        assert tree.get(P("a")) is None


async def test_a_commit_is_done_as_a_whole_or_not_at_all(client):
    await client.set(P("test.c.old"), 1)
    reply = await client.commit(
        [{"path": P("test.c.new"), "value": 2, "chain": None}, {"path": P("test.c.old")}],
    )
    assert len(reply.ticks) == 2
    assert (await client.get(P("test.c.new"))).tock == reply.ticks[0]
    with pytest.raises(ClientChainError) as caught:
        await client.commit([{"path": P("test.c.x"), "value": 1}, {"path": P("test.c.new"), "value": 3, "chain": None}])
    assert (Path.build(caught.value.path), caught.value.tick) == (P("test.c.new"), reply.ticks[0])
    assert "value" not in await client.get(P("test.c.x"))
    assert "value" not in await client.get(P("test.c.old"))


async def test_a_guard_forbids_writes_once_its_entry_has_changed(client):
    claim = await client.set(P("test.claim"), "me")
    run = client.guarded((P("test.claim"), claim.tock))
    await run.set(P("test.result"), 1)
    await client.set(P("test.claim"), "somebody else")
    for write in (run.set(P("test.result"), 2), run.delete(P("test.result")), run.commit([{"path": P("test.result")}])):
        with pytest.raises(Lost) as caught:
            await write
        assert Path.build(caught.value.path) == P("test.claim")
    with pytest.raises(GuardError):
        await client.set(P("test.result"), 2, guard=[(P("test.claim"), claim.tock)])
    assert (await client.get(P("test.result"))).value == 1


async def test_a_claim_on_standby_lets_nothing_be_written(client):
    standby = await client.set(P("test.claim") / ".standby", "me")
    run = client.guarded((P("test.claim") / ".standby", standby.tock))
    for write in (run.set(P("test.result"), 2), run.delete(P("test.result")), run.commit([{"path": P("test.result")}])):
        with pytest.raises(NotYet):
            await write
    assert "value" not in await client.get(P("test.result"))


async def test_a_sessions_entries_vanish_with_it(server, client):
    async with server.client() as other, client.watch(P("test.s")) as watch:
        async with other.session(ttl=5) as session:
            await session.set(P("test.s.here"), 1)
            assert seen(await take(watch, 1)) == [("test.s.here", 1)]
        assert seen(await take(watch, 1)) == [("test.s.here", "-")]


async def test_a_session_is_renewed_and_one_that_is_not_is_lost(client):
    async with client.watch(P("test.s")) as watch:
        async with client.session(ttl=0.3) as session:
            await session.set(P("test.s.here"), 1)
            await anyio.sleep(0.6)
            assert not session.lost
            assert (await client.get(P("test.s.here"))).value == 1
        assert seen(await take(watch, 2)) == [("test.s.here", 1), ("test.s.here", "-")]
    with pytest.raises(SessionError):
        await client.request("session", session=session.id, secret="wrong")


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_watches_and_sessions_outlive_a_restart_of_the_server(own_server, how):
    server = own_server
    async with server.client() as client, client.session(ttl=20) as session:
        await session.set(P("test.s"), "present")
        await client.set(P("test.w.a"), 1)
        await client.set(P("test.w.gone"), 1)
        async with client.watch(P("test.w"), fetch=True) as fetching, client.watch(P("test.w")) as plain:
            assert seen(await take(fetching, 3)) == [("test.w.a", 1), ("test.w.gone", 1), "uptodate"]
            await anyio.to_thread.run_sync(server.stop, how)
            with pytest.raises(ServerConnectionError):
                await client.get(P("test.w.a"))
            await anyio.to_thread.run_sync(server.start)
            async with server.client() as other:
                await other.set(P("test.w.a"), 2)
                await other.delete(P("test.w.gone"))
            for watch in (fetching, plain):
                assert seen(await take(watch, 2)) == [("test.w.a", 2), ("test.w.gone", "-")]
        await session.set(P("test.s"), "still present")
