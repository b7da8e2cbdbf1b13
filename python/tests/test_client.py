"""The client against a scripted server: pipelining, errors, lost connections."""

import anyio
import pytest
from peer import peer

from distkv import exceptions
from distkv.client import open_client
from distkv.exceptions import (
    ClientChainError,
    ClientValueError,
    GuardError,
    Lost,
    NotFoundError,
    NotYet,
    ServerClosedError,
    ServerConnectionError,
    ServerError,
    SessionError,
)
from distkv.util import P, Path

pytestmark = pytest.mark.anyio


def connect(server, **cfg):
    return open_client(
        connect={"host": "127.0.0.1", "port": server.port, "retry": 0.05, **cfg.pop("connect", {})}, **cfg
    )


async def test_requests_are_pipelined_and_replies_may_come_in_any_order():
    async with peer() as server, connect(server) as client, anyio.create_task_group() as tasks:
        got = {}

        async def get(name):
            got[name] = (await client.get(P(name))).value

        for name in "abc":
            tasks.start_soon(get, name)
        await server.request("get_value", count=3)
        for request in reversed([one for one in server.connections[0].received if "action" in one]):
            await server.connections[0].send(seq=request.seq, value=request.path[0] * 2, tock=1)
        while len(got) < 3:
            await anyio.lowlevel.checkpoint()
        assert got == {"a": "aa", "b": "bb", "c": "cc"}


async def test_a_request_says_what_was_asked_for_and_no_more():
    async with peer() as server, connect(server) as client:

        async def echo(connection, message):
            await connection.send(seq=message.seq, tock=7, changed=True, result=("x",))

        server.answers.update(
            dict.fromkeys(["set_value", "delete_value", "delete_tree", "enum", "msg_send", "commit"], echo)
        )
        await client.set(P("a:1"), 5, chain=None, nchain=2, idem=True)
        await client.set(("a",), None, prev=3)
        await client.delete(P("a"), chain={"node": "n", "tick": 1, "prev": None})
        await client.delete(P("a"), recursive=True)
        assert await client.list(P("a")) == ("x",)
        await client.msg_send(P("t.u"), {"x": 1})
        await client.msg_send(("t",), raw=b"1")
        await client.commit([{"path": P("a"), "value": 1}, {"path": P("b"), "chain": None}], guard=[(P("c"), 9)])
        requests = [
            {k: v for k, v in one.items() if k != "seq"} for one in server.connections[0].received if "action" in one
        ]
        assert requests == [
            {"action": "set_value", "path": ("a", 1), "value": 5, "nchain": 2, "chain": None, "idem": True},
            {"action": "set_value", "path": ("a",), "value": None, "nchain": 0, "prev": 3},
            {"action": "delete_value", "path": ("a",), "nchain": 0, "chain": {"node": "n", "tick": 1, "prev": None}},
            {"action": "delete_tree", "path": ("a",), "nchain": 0},
            {"action": "enum", "path": ("a",), "with_data": False, "empty": True},
            {"action": "msg_send", "topic": ("t", "u"), "data": {"x": 1}},
            {"action": "msg_send", "topic": ("t",), "raw": b"1"},
            {
                "action": "commit",
                "writes": ({"path": ("a",), "value": 1}, {"path": ("b",), "chain": None}),
                "guard": ((("c",), 9),),
            },
        ]


@pytest.mark.parametrize(
    ("reply", "cls"),
    [
        ({"etype": "chain", "error": "whatever", "path": ["a"], "tick": 5}, ClientChainError),
        ({"error": "ClientChainError('Entry is new at …')"}, ClientChainError),
        ({"etype": "value", "error": "differs"}, ClientValueError),
        ({"etype": "guard", "error": "gone"}, GuardError),
        ({"etype": "not_yet", "error": "on standby"}, NotYet),
        ({"etype": "notfound", "error": "nothing there"}, NotFoundError),
        ({"etype": "unheard of", "error": "AttributeError('data')"}, ServerError),
        ({"error": "Lost('a class of ours, but none that a server means')"}, Lost),
        ({"error": "CompileError('nor this one')"}, ServerError),
    ],
)
async def test_errors_have_the_class_that_the_server_names(reply, cls):
    async with peer() as server, connect(server) as client:

        async def refuse(connection, message):
            await connection.send(seq=message.seq, tock=1, **reply)

        server.answers["set_value"] = refuse
        with pytest.raises(ServerError) as caught:
            await client.set(P("a"), 1)
        assert type(caught.value) is cls
        assert str(caught.value) == reply["error"]
        assert (caught.value.path, caught.value.tick) == (
            tuple(reply["path"]) if "path" in reply else None,
            reply.get("tick"),
        )


def test_every_etype_of_the_protocol_has_a_class():
    etypes = "chain guard value session compacted unknown refused notfound request action overflow access conn"
    for etype in etypes.split(" "):
        error = exceptions.error_from({"error": "text", "etype": etype})
        assert error.etype == etype
        assert isinstance(error, ServerError)


async def test_a_guarded_client_sends_its_guard_with_every_write_and_raises_lost():
    async with peer() as server, connect(server) as client:

        async def refuse(connection, message):
            await connection.send(seq=message.seq, error="guard: gone", etype="guard", path=["claim"], tick=None)

        server.answers.update(dict.fromkeys(["set_value", "delete_value", "delete_tree", "commit"], refuse))
        run = client.guarded((P("claim"), 256))
        for write in (
            lambda: run.set(P("a"), 1),
            lambda: run.delete(P("a")),
            lambda: run.delete(P("a"), recursive=True),
            lambda: run.commit([{"path": P("a")}]),
            lambda: run.set(P("a"), 1, guard=[(P("more"), 5)]),
        ):
            with pytest.raises(Lost, match="gone") as caught:
                await write()
            assert caught.value.path == ("claim",)
        guards = [one.guard for one in server.connections[0].received if "action" in one]
        assert guards == [((("claim",), 256),)] * 4 + [((("claim",), 256), (("more",), 5))]
        with pytest.raises(GuardError) as plain:
            await client.set(P("a"), 1, guard=[(P("claim"), 256)])
        assert type(plain.value) is GuardError


CALLS_WITH_A_PATH = ["get", "set", "delete", "delete_tree", "list", "watch", "mirror"]


def arguments(call):
    return (1,) if call == "set" else ()


@pytest.mark.parametrize("call", ["get", "set", "delete", "delete_tree", "list"])
async def test_a_path_may_be_text(call):
    async with peer() as server, connect(server) as client:

        async def answer(connection, message):
            await connection.send(seq=message.seq, tock=1, value=1, changed=True, result=())

        server.answers.update(dict.fromkeys(["get_value", "set_value", "delete_value", "delete_tree", "enum"], answer))
        await getattr(client, call)("a.b:1", *arguments(call))
        assert [one.path for one in server.connections[0].received if "action" in one] == [("a", "b", 1)]
        assert client.watch("a.b:1").path == client.mirror("a.b:1").path == P("a.b:1")


@pytest.mark.parametrize("call", CALLS_WITH_A_PATH)
async def test_what_is_no_path_is_refused(call):
    async with peer() as server, connect(server) as client:

        async def do(path):
            await getattr(client, call)(path, *arguments(call))

        with pytest.raises(TypeError, match=r"path: 5 \(expected: a Path"):
            await do(5)
        with pytest.raises(SyntaxError, match=r"path 'a\.\.b': a dot"):
            await do("a..b")


async def test_a_value_that_cannot_be_encoded_harms_only_its_own_call():
    async with peer() as server, connect(server) as client:

        async def answer(connection, message):
            await connection.send(seq=message.seq, value=1, tock=1)

        server.answers["get_value"] = answer
        with pytest.raises(TypeError, match="a value of type object"):
            await client.set(P("a"), [object()])
        with pytest.raises(TypeError, match="value: not given"):
            await client.set(P("a"))
        assert (await client.get(P("a"))).value == 1


async def test_what_a_server_would_end_the_connection_for_is_not_sent():
    async with peer() as server, connect(server) as client:
        deep = []
        for _ in range(63):
            deep = [deep]
        with pytest.raises(ValueError, match=r"set_value: nested too deeply \(expected: 64 levels"):
            await client.set(P("a"), deep)
        circle = {}
        circle["x"] = circle
        with pytest.raises(ValueError, match="nested too deeply"):
            await client.set(P("a"), circle)
        with pytest.raises(ValueError, match=r"set_value: \d+ bytes \(expected: 16777216 or fewer\)"):
            await client.set(P("a"), b"x" * 2**24)

        async def answer(connection, message):
            await connection.send(seq=message.seq, changed=True)

        server.answers["set_value"] = answer
        assert (await client.set(P("a"), deep[0])).changed
        assert len([one for one in server.connections[0].received if "action" in one]) == 1


async def test_why_the_server_ended_the_connection_is_said():
    async with peer() as server, connect(server) as client:

        async def refuse(connection, message):
            await connection.send(error="frame: too strange")
            await connection.drop()

        server.answers["get_value"] = refuse
        with pytest.raises(ServerClosedError, match=r"no reply to get_value: the server ended .*: frame: too strange"):
            await client.get(P("a"))


async def test_what_is_under_way_fails_when_the_connection_ends():
    async with peer() as server, connect(server) as client, anyio.create_task_group() as tasks:
        failed = []

        async def write():
            try:
                await client.set(P("a"), 1)
            except ServerClosedError as error:
                failed.append(str(error))

        tasks.start_soon(write)
        await server.request("set_value")
        await server.connections[0].drop()
        await server.until(lambda: len(server.connections) == 2)
        assert failed == ["no reply to set_value: the connection to the server ended"]


async def test_calls_fail_at_once_while_cut_off_and_work_again_afterwards():
    async with peer() as server:

        async def answer(connection, message):
            await connection.send(seq=message.seq, value=1, tock=1)

        server.answers["get_value"] = answer
        async with connect(server, connect={"retry": 60}) as client:
            assert (await client.get(P("a"))).value == 1
            await server.connections[0].drop()
            await client.link.changed()
            assert not client.connected
            with pytest.raises(ServerConnectionError, match=f"not connected to 127.0.0.1:{server.port}"):
                await client.get(P("a"))
            await client.link.wait_connected()
            assert client.connected
            assert (await client.get(P("a"))).value == 1


async def test_a_session_is_attached_to_a_new_connection_before_anything_is_written_to_it():
    async with peer() as server, connect(server) as client:
        known = [True]

        async def session(connection, message):
            if known[0]:
                await connection.send(seq=message.seq, session=7, secret="s", ttl=message.get("ttl", 30))
            else:
                await connection.send(seq=message.seq, error="no such session", etype="session")

        async def answer(connection, message):
            await connection.send(seq=message.seq, changed=True)

        server.answers.update(session=session, set_value=answer, session_end=answer)
        async with client.session(ttl=30) as held:
            for fate in (True, False):
                known[0] = fate
                await server.connections[-1].drop()
                await client.link.changed()
                assert not client.connected
                with anyio.fail_after(10):
                    if fate:
                        await held.set(P("a"), 1)
                    else:
                        with pytest.raises(SessionError, match="session 7: "):
                            await held.set(P("a"), 1)
                asked = [one.action for one in server.connections[-1].received if "action" in one]
                assert asked == ["session", *(["set_value"] if fate else [])]
            assert held.lost
        request = await server.request("session", connection=1)
        assert (request.session, request.secret) == (7, "s")


async def test_a_cancelled_call_leaves_the_connection_as_it_was():
    async with peer() as server, connect(server) as client:
        with anyio.move_on_after(0.01):
            await client.get(P("slow"))
        late = await server.request("get_value")
        await server.connections[0].send(seq=late.seq, value="late", tock=1)

        async def answer(connection, message):
            await connection.send(seq=message.seq, value="mine", tock=1)

        server.answers["get_value"] = answer
        assert (await client.get(P("a"))).value == "mine"


async def test_the_name_is_the_configured_one():
    async with peer() as server, open_client(host="127.0.0.1", port=server.port, name="me") as client:
        assert (client.name, client.client_name, client.server_name) == ("me", "me", "peer")


async def test_no_server_is_an_error_that_names_host_and_port():
    async with peer() as server:
        port = server.port
    with pytest.raises(ServerConnectionError, match=f"no connection to 127.0.0.1:{port}: "):
        async with open_client(host="127.0.0.1", port=port):
            pass


async def test_a_server_that_does_not_greet_is_given_up():
    async with peer() as server:
        server.greeting = {}
        with pytest.raises(ServerConnectionError, match="its greeting is not a DistKV server"):
            async with connect(server):
                pass
    async with await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0) as mute:
        port = mute.extra(anyio.abc.SocketAttribute.local_port)
        with pytest.raises(ServerConnectionError, match=r"no greeting .* within 0\.1 s"):
            async with open_client(connect={"host": "127.0.0.1", "port": port, "init_timeout": 0.1}):
                pass


async def test_a_server_that_wants_a_log_in_says_so():
    async with peer(auth=["password"]) as server:
        with pytest.raises(exceptions.ClientAuthRequiredError, match="wants a log-in"):
            async with connect(server):
                pass
    async with peer(auth=[None, "password"]) as server, connect(server) as client:
        assert client.connected


async def test_errors_of_the_block_come_out_as_they_are():
    async with peer() as server:
        with pytest.raises(ZeroDivisionError):
            async with connect(server):
                1 / 0


async def test_garbage_ends_the_connection_and_a_new_one_is_made():
    async with peer() as server, connect(server) as client:
        await server.connections[0].send_bytes(b"\xc1")
        await server.until(lambda: len(server.connections) == 2)
        await client.link.wait_connected()
        assert client.link.connects == 2


async def test_an_element_of_a_tree_has_its_path_below_the_one_asked_for():
    async with peer() as server, connect(server) as client:

        async def tree(connection, message):
            seq = message.seq
            await connection.send(seq=seq, state="start", tock=1)
            await connection.send(seq=seq, value=1, path=["b"], depth=0, tock=1)
            await connection.send(seq=seq, value=2, path=["c", 1], depth=1, tock=1)
            await connection.send(seq=seq, value=3, path=Path("d"), depth=2, tock=1)
            await connection.send(seq=seq, state="end", tock=1)

        server.answers["get_tree"] = tree
        found = [(one.path, one.value) async for one in client.get_tree(P("a"), max_depth=3)]
        assert found == [(P("b"), 1), (P("b.c:1"), 2), (P("b.c.d"), 3)]
        assert (await server.request("get_tree")).max_depth == 3
        short = [(one.path, one.depth) async for one in client.get_tree(P("a"), long_path=False)]
        assert short == [(("b",), 0), (("c", 1), 1), (Path("d"), 2)]


async def test_an_error_of_a_tree_comes_with_or_without_a_start():
    async with peer() as server, connect(server) as client:
        before = [{}]

        async def refuse(connection, message):
            for one in before[0]:
                await connection.send(seq=message.seq, **one)
            await connection.send(seq=message.seq, error="nothing", etype="notfound")
            if before[0]:
                await connection.send(seq=message.seq, state="end")

        server.answers["get_tree"] = refuse
        for before[0] in ([], [{"state": "start"}], [{"state": "start"}, {"path": ["b"], "depth": 0, "value": 1}]):
            tree = client.get_tree(P("a"))
            for _ in before[0][1:]:
                assert (await tree.__anext__()).value == 1
            with pytest.raises(NotFoundError):
                await tree.__anext__()
