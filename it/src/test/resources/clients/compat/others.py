"""Messages, and the requests that programs seldom make."""

from .original import check, refused


@check
async def a_message_reaches_those_who_monitor_its_topic(client, base):
    topic = tuple(str(e) for e in base)
    async with client() as c, client() as other:
        async with c.msg_monitor(topic) as one, c.msg_monitor((*topic[:-1], "+")) as plus:
            async with other.msg_monitor((*topic[:-1], "#"), raw=True) as raw:
                await other.msg_send(topic, data={"hello": "world"})
                msg = await one.recv()
                assert msg.data == {"hello": "world"}
                assert tuple(msg.topic) == topic
                assert (await plus.recv()).data == {"hello": "world"}
                assert isinstance((await raw.recv()).raw, bytes)
                await c.msg_send(topic, raw=b"\xc1")
                await refused(one.recv())
                assert (await raw.recv()).raw == b"\xc1"


@check
async def tocks_are_never_given_twice(client, base):
    async with client() as c, client() as other:
        tocks = [await client.get_tock() for _ in range(20) for client in (c, other)]
        assert tocks == sorted(set(tocks))


@check
async def the_state_says_how_far_the_server_is(client, base):
    async with client() as c:
        r = await c.set(base, value=1, nchain=1)
        state = await c._request(
            "get_state", nodes=True, known=True, present=True, missing=True, superseded=True, deleted=True
        )
        assert state.nodes[r.chain.node] >= r.chain.tick
        assert state.node == r.chain.node
        assert not state.missing.get(r.chain.node)


@check
async def an_error_names_what_is_wrong(client, base):
    async with client() as c:
        await refused(c._request("no_such_action"), "no_such_action")
        await refused(c._request("get_value"), "path")
        await refused(c._request("get_value", path=["a", None, ["b"]], nchain="x"))
        await c.set(base, value=1)
