"""Streams that the server refuses: the client must say so, not wait for ever."""

import anyio

from .original import P, Path, check, refused


async def streamed(c, action, *words, **params):
    """A stream of this kind must raise, and say these words."""

    async def first():
        async with c._stream(action, **params) as stream:
            return await stream.recv()

    with anyio.fail_after(5):
        await refused(first(), *words)


@check
async def a_refused_stream_raises(client, base):
    async with client() as c:
        await streamed(c, "watch", "path", path="a.b")
        await streamed(c, "watch", "internal tree", path=Path(None, "x"), fetch=True)
        await streamed(c, "watch", "max_depth", path=base, max_depth="x")
        await streamed(c, "watch", "path")
        await streamed(c, "get_tree", "internal tree", path=P(":n"))
        await streamed(c, "get_tree", "KeyError", path=base + P("never"))
        await streamed(c, "get_tree_internal", "path", path=5)
        await streamed(c, "msg_monitor", "topic")
        await streamed(c, "msg_monitor", "topic", topic=("#", "a"))
        await streamed(c, "delete_tree", "root", path=Path(), nchain=1)
        await streamed(c, "auth", "password", typ="password", ident="joe")
        await streamed(c, "auth_list", "auth_list", typ="password", kind="user")
        await streamed(c, "auth_set", "auth_set", typ="_test", kind="user", stream=True)
        await streamed(c, "update", "update", path=base, stream=True)
        # The connection goes on.
        await c.set(base, value=1)
        assert (await c.get(base)).value == 1


@check
async def so_does_a_refused_request_that_awaits_one_reply(client, base):
    async with client() as c:
        for iterate in False, True:
            for action, params in (
                ("watch", {"path": "a.b"}),
                ("get_tree", {"path": P(":n")}),
                ("auth_list", {"typ": "password", "ident": "joe"}),
            ):

                async def ask(action=action, params=params, iterate=iterate):
                    reply = await c._request(action, iter=iterate, **params)
                    return [r async for r in reply] if iterate else reply

                with anyio.fail_after(5):
                    await refused(ask())


@check
async def a_path_without_entries_is_empty_once_it_was_heard_of(client, base):
    async with client() as c:
        gone, watched, never = base + P("gone"), base + P("watched.below"), base + P("never")
        await c.set(gone + P("a.b"), value=1)
        await c.delete(gone + P("a.b"))
        async with c.watch(watched, fetch=True) as watch:
            assert (await watch.recv()).state == "uptodate"
        for path in gone, gone + P("a.b"), watched, base + P("watched"):
            assert [r async for r in c.get_tree(path)] == []
            assert list(await c.list(path)) == []
            assert await c.list(path, with_data=True) == {}
        await refused(c.list(never), "KeyError")


@check
async def a_type_that_is_written_is_kept_and_its_reply_says_that_it_has_no_effect(client, base):
    async with client() as c:
        path = Path.build(("type", *base))
        reply = await c._request("set_internal", path=path, value={"good": [1, 2], "bad": ["x"]}, iter=False)
        assert reply.changed
        assert "any value" in reply.note
        kept = await c._request("get_internal", path=path, iter=False)
        assert list(kept.value["good"]) == [1, 2]
