"""Watches against a scripted server: flow control, and how they outlive a connection."""

import pytest
from helpers import seen, take
from peer import peer
from test_client import connect

from distkv.exceptions import NotFoundError, OverflowedError, ServerClosedError
from distkv.util import P, Path

pytestmark = pytest.mark.anyio

R = 256  # ticks in a revision


class Script:
    """Sends the items of one watch after the other, each with ``wseq`` if the client wants that."""

    def __init__(self, server):
        self.server = server
        self.asked = []
        self.parts = []
        server.answers["watch"] = self._answer

    async def _answer(self, connection, message):
        self.asked.append({k: v for k, v in message.items() if k not in ("seq", "action", "path")})
        part = self.parts.pop(0)
        out = [{"state": "start", "tock": part["start"]}, *part.get("items", ())]
        await connection.send_all([{"seq": message.seq, **one} for one in out])
        if part.get("drop"):
            await connection.drop()


def item(path, value, tock):
    return {"path": P(path).elements, "depth": 0, "tock": tock, **({} if value == "-" else {"value": value})}


UPTODATE = {"state": "uptodate"}


async def test_a_watch_delivers_full_paths_and_the_state():
    async with peer() as server, connect(server) as client:
        script = Script(server)
        items = [item("b", 1, 5), {**UPTODATE, "tock": 6}, {"path": ["c"], "depth": 1, "value": 2, "tock": 7}]
        script.parts = [{"start": 1, "items": [*items, item("b", "-", 8)]}]
        async with client.watch(P("a"), fetch=True, max_depth=-1, nchain=2) as watch:
            got = await take(watch, 4)
            assert seen(got) == [("a.b", 1), "uptodate", ("a.b.c", 2), ("a.b", "-")]
            assert not hasattr(got[3], "value")
        assert script.asked == [{"fetch": True, "max_depth": -1, "nchain": 2}]
        assert (await server.request("stop")).task == 1


async def test_long_path_false_leaves_paths_as_they_came():
    async with peer() as server, connect(server) as client:
        Script(server).parts = [{"start": 1, "items": [item("b", 1, 5)]}]
        async with client.watch(P("a"), long_path=False) as watch:
            (got,) = await take(watch, 1)
            assert (got.path, got.depth) == (("b",), 0)


async def test_a_watch_that_is_refused_raises_at_once():
    async with peer() as server, connect(server) as client:

        async def refuse(connection, message):
            await connection.send(seq=message.seq, error="no", etype="notfound")

        server.answers["watch"] = refuse
        with pytest.raises(NotFoundError):
            async with client.watch(P("a")):
                pass


async def test_stop_ends_the_iteration():
    async with peer() as server, connect(server) as client:
        Script(server).parts = [{"start": 1, "items": [item("b", 1, 5)]}]

        async def stop(connection, message):
            await connection.send(seq=message.task, state="end")
            await connection.send(seq=message.seq, result=True)

        server.answers["stop"] = stop
        async with client.watch(P("a")) as watch:
            assert (await client.stop(watch)).result
            assert seen([one async for one in watch]) == [("a.b", 1)]
        assert len([one for one in server.connections[0].received if one.get("action") == "stop"]) == 1


async def test_the_window_is_the_offered_one_unless_the_server_lets_the_client_choose():
    for greeting, window in [({}, 10), ({"ext": ["window"]}, 1024), ({"qlen": 0, "ext": ["window"]}, 0)]:
        async with peer(**greeting) as server, connect(server) as client:
            assert client.link.connection().window == window
            if window:
                await server.until(lambda: bool(server.connections[0].received))
                assert server.connections[0].received == [{"seq": 0, "qlen": window}]


async def test_items_are_confirmed_when_they_are_taken():
    async with peer() as server, connect(server) as client:
        Script(server).parts = [{"start": 1, "items": [{**item("b", n, n), "wseq": n} for n in range(2, 10)]}]
        async with client.watch(P("a")) as watch:
            connection = server.connections[0]
            assert connection.acks() == []
            await take(watch, 2)
            await take(watch, 1)
            await server.until(lambda: connection.acks() == [4])
            await take(watch, 5)
            await server.until(lambda: connection.acks() == [4, 8])


async def test_a_reader_that_does_not_read_holds_back_nobody_else():
    async with peer() as server, connect(server) as client:
        Script(server).parts = [
            {"start": 1, "items": [{**item("b", n, n), "wseq": n} for n in range(2, 10)]},
            {"start": 1, "items": [item("c", 1, 1)]},
        ]

        async def answer(connection, message):
            await connection.send(seq=message.seq, value=1, tock=1)

        server.answers["get_value"] = answer
        async with client.watch(P("a")) as slow, client.watch(P("a")) as fast:
            assert seen(await take(fast, 1)) == [("a.c", 1)]
            assert (await client.get(P("a"))).value == 1
            assert server.connections[0].acks() == []
            assert len(await take(slow, 8)) == 8


async def test_a_server_that_ignores_the_window_costs_the_stream_not_the_memory():
    async with peer() as server, connect(server) as client:
        Script(server).parts = [{"start": 1, "items": [item("b", n, n) for n in range(30)]}]
        async with client.watch(P("a")) as watch:
            assert len(await take(watch, 20)) == 20
            with pytest.raises(OverflowedError, match="more than 20"):
                await watch.__anext__()


async def test_a_watch_goes_on_from_the_servers_history():
    async with peer(ext=["since"]) as server, connect(server) as client:
        script = Script(server)
        script.parts = [
            {
                "start": R,
                "items": [item("b", 1, R), {**UPTODATE, "tock": 2 * R}, item("b", 2, 3 * R), item("c", 3, 3 * R + 1)],
                "drop": True,
            },
            {
                "start": 5 * R,
                # A server whose history has whole revisions only sends again what had come of the third.
                "items": [
                    item("b", 2, 3 * R),
                    item("c", 3, 3 * R + 1),
                    item("d", 4, 3 * R + 2),
                    item("b", "-", 4 * R),
                    {**UPTODATE, "tock": 5 * R},
                    item("e", 5, 6 * R),
                ],
            },
        ]
        async with client.watch(P("a"), fetch=True) as watch:
            got = seen(await take(watch, 7))
            assert got == [("a.b", 1), "uptodate", ("a.b", 2), ("a.c", 3), ("a.d", 4), ("a.b", "-"), ("a.e", 5)]
        assert script.asked[1] == {"since": 3 * R + 1}


async def test_a_watch_without_fetch_goes_on_from_where_it_began():
    async with peer(ext=["since"]) as server, connect(server) as client:
        script = Script(server)
        script.parts = [
            {"start": 7 * R + 3, "drop": True},
            {
                "start": 9 * R,
                "items": [
                    item("b", 0, 7 * R + 2),
                    item("b", 1, 8 * R),
                    {**UPTODATE, "tock": 9 * R},
                    item("b", 2, 9 * R),
                ],
            },
        ]
        async with client.watch(P("a")) as watch:
            assert seen(await take(watch, 2)) == [("a.b", 1), ("a.b", 2)]
        assert script.asked == [{"fetch": False}, {"since": 7 * R + 3}]


async def test_a_watch_that_the_server_gives_up_on_goes_on_from_where_it_was():
    async with peer(ext=["since"]) as server, connect(server) as client:
        script = Script(server)
        overflow = {"error": "too far behind", "etype": "overflow"}
        script.parts = [
            {"start": R, "items": [item("b", 1, 2 * R), overflow, {"state": "end"}]},
            {"start": 2 * R, "items": [item("b", 9, 9 * R), {**UPTODATE, "tock": 9 * R}]},
        ]
        async with client.watch(P("a")) as watch:
            assert seen(await take(watch, 2)) == [("a.b", 1), ("a.b", 9)]
        assert script.asked[1] == {"since": 2 * R}


@pytest.mark.parametrize("late", [False, True])
async def test_where_history_does_not_reach_the_difference_is_delivered(late):
    async with peer(ext=["since"]) as server, connect(server) as client:
        script = Script(server)
        script.parts = [
            {
                "start": R,
                "items": [item("b", 1, R), item("c", 2, 2 * R), item("d", 3, 3 * R), {**UPTODATE, "tock": 3 * R}],
                "drop": True,
            },
            {
                "start": 9 * R,
                "items": [item("b", 1, R), item("d", 4, 8 * R), item("e", 5, 9 * R), {**UPTODATE, "tock": 9 * R}],
            },
        ]
        answer = server.answers["watch"]

        async def compacted(connection, message):
            if "since" in message:
                refusal = [{"error": "too long ago", "etype": "compacted"}]
                if late:
                    refusal = [{"state": "start"}, *refusal, {"state": "end"}]
                await connection.send_all([{"seq": message.seq, **one} for one in refusal])
            else:
                await answer(connection, message)

        server.answers["watch"] = compacted
        async with client.watch(P("a"), fetch=True) as watch:
            got = seen(await take(watch, 7))
            assert got == [("a.b", 1), ("a.c", 2), ("a.d", 3), "uptodate", ("a.d", 4), ("a.e", 5), ("a.c", "-")]


async def test_without_history_a_watch_without_fetch_delivers_what_is_newer():
    async with peer() as server, connect(server) as client:
        script = Script(server)
        script.parts = [
            {"start": 10, "items": [item("b", 1, 11), item("c", 1, 12)], "drop": True},
            {
                "start": 20,
                "items": [
                    item("old", 0, 9),
                    item("b", 1, 11),
                    item("new", 2, 15),
                    {**UPTODATE, "tock": 20},
                    item("x", 3, 21),
                ],
            },
        ]
        async with client.watch(P("a")) as watch:
            got = seen(await take(watch, 5))
            assert got == [("a.b", 1), ("a.c", 1), ("a.new", 2), ("a.c", "-"), ("a.x", 3)]


async def test_a_first_fetch_that_is_cut_off_is_taken_up_again():
    async with peer(ext=["since"]) as server, connect(server) as client:
        script = Script(server)
        script.parts = [
            {"start": 10, "items": [item("b", 1, 5), item("c", 1, 6)], "drop": True},
            {"start": 10, "items": [item("b", 1, 5), item("d", 2, 7)], "drop": True},
            {"start": 20, "items": [item("b", 2, 15), item("d", 2, 7), {**UPTODATE, "tock": 20}]},
        ]
        async with client.watch(P("a"), fetch=True) as watch:
            got = seen(await take(watch, 6))
            assert got == [("a.b", 1), ("a.c", 1), ("a.d", 2), ("a.b", 2), ("a.c", "-"), "uptodate"]
        assert script.asked == [{"fetch": True}] * 3


async def test_closing_the_client_ends_a_watch_that_waits():
    async with peer() as server:
        Script(server).parts = [{"start": 1}]
        async with connect(server) as client:
            watch = client.watch(P("a"))
            await watch.__aenter__()
        with pytest.raises(ServerClosedError, match="the client was closed"):
            await take(watch, 1)


async def test_elements_that_are_equal_in_python_alone_are_kept_apart():
    async with peer() as server, connect(server) as client:
        script = Script(server)
        one, true = (
            {"path": (1,), "depth": 0, "tock": 5, "value": "1"},
            {"path": (True,), "depth": 0, "tock": 6, "value": "t"},
        )
        script.parts = [
            {"start": 1, "items": [one, true, UPTODATE], "drop": True},
            {"start": 1, "items": [true, {**UPTODATE, "tock": 9}]},
        ]
        async with client.watch(P("a"), fetch=True) as watch:
            got = await take(watch, 4)
            assert got[3].path == Path("a", 1)
            assert "value" not in got[3]


async def test_a_monitor_goes_on_after_a_lost_connection():
    async with peer() as server, connect(server) as client:

        async def messages(connection, message):
            await connection.send(seq=message.seq, state="start")
            await connection.send(seq=message.seq, topic=["t"], data=len(server.connections))
            if len(server.connections) < 3:
                await connection.drop()

        server.answers["msg_monitor"] = messages
        async with client.msg_monitor(P("t.+")) as monitor:
            assert [one.data for one in await take(monitor, 3)] == [1, 2, 3]
        assert (await server.request("msg_monitor")).topic == ("t", "+")
