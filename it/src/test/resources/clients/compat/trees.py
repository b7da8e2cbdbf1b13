"""Reading many entries at once, and following them."""

from functools import partial

import anyio

from .original import P, Path, check


async def small_tree(c, base):
    for name, value in ("", 1), ("foo", 2), ("foo.bar", 3), ("foo.bar.baz.quux", 4), ("zed", None):
        await c.set(base + P(name or ":"), value=value)


@check
async def a_list_names_the_children(client, base):
    async with client() as c:
        await small_tree(c, base)
        assert sorted(await c.list(base)) == ["foo", "zed"]
        assert await c.list(base, with_data=True) == {"foo": 2, "zed": None}
        assert list(await c.list(base + P("foo.bar"))) == ["baz"]
        assert await c.list(base + P("foo.bar"), with_data=True) == {}
        assert not await c.list(base + P("foo.bar"), empty=False)


@check
async def a_tree_comes_whole(client, base):
    async with client() as c:
        await small_tree(c, base)
        found = [(Path(*r.path), r.value) async for r in c.get_tree(base)]
        assert found[0] == (Path(), 1)
        assert sorted(found[1:], key=lambda e: str(e[0])) == [
            (P("foo"), 2), (P("foo.bar"), 3), (P("foo.bar.baz.quux"), 4), (P("zed"), None),
        ]  # fmt: skip
        names = [path for path, _ in found]
        assert names.index(P("foo")) < names.index(P("foo.bar")) < names.index(P("foo.bar.baz.quux"))


@check
async def a_tree_can_be_cut_at_both_ends(client, base):
    async with client() as c:
        await small_tree(c, base)

        async def paths(**kw):
            return {Path(*r.path) async for r in c.get_tree(base, **kw)}

        assert await paths(max_depth=1) == {Path(), P("foo"), P("zed")}
        assert await paths(min_depth=2) == {P("foo.bar"), P("foo.bar.baz.quux")}
        assert await paths(min_depth=1, max_depth=2) == {P("foo"), P("foo.bar"), P("zed")}
        assert all([r.chain.tick > 0 async for r in c.get_tree(base, nchain=2)])


@check
async def a_long_tree_comes_whole_to_a_slow_reader(client, base):
    async with client() as c:
        async with anyio.create_task_group() as tg:
            for n in range(300):
                tg.start_soon(partial(c.set, base / (n % 7) / n, value=n))
        seen = []
        async for r in c.get_tree(base):
            seen.append(r.value)
            if len(seen) % 50 == 0:
                # Another request on the same connection must not wait for this stream.
                assert (await c.get(base / 0 / 0)).value == 0
        assert sorted(seen) == list(range(300))


@check
async def a_deleted_tree_is_gone(client, base):
    async with client() as c:
        await small_tree(c, base)
        r = await c.delete(base, recursive=True)
        assert r.changed == 5, r
        await small_tree(c, base)
        r = await c.delete_tree(base, nchain=2)
        assert len([x async for x in r]) == 5
        assert "value" not in await c.get(base + P("foo.bar"))


@check
async def a_watch_brings_what_is_there_and_then_changes(client, base):
    async with client() as c, client() as other, c.watch(base, fetch=True, nchain=1) as w:
        assert (await w.recv()).state == "uptodate"
    async with client() as c, client() as other:
        await small_tree(c, base)
        # The clients complete a watch's paths with what was asked for.
        async with c.watch(base, fetch=True, nchain=1) as w:
            found = {}
            while "path" in (r := await w.recv()):
                found[Path(*r.path)] = r.value
            assert r.state == "uptodate"
            assert len(found) == 5
            assert found[base + P("foo.bar")] == 3
            s = await other.set(base + P("foo.new"), value="new", nchain=1)
            r = await w.recv()
            assert Path(*r.path) == base + P("foo.new")
            assert r.value == "new"
            assert r.chain == s.chain
            s = await other.delete(base + P("foo"), nchain=1)
            r = await w.recv()
            assert Path(*r.path) == base + P("foo")
            assert "value" not in r
            assert r.chain == s.chain


@check
async def a_watch_without_fetch_brings_changes_alone(client, base):
    async with client() as c:
        await c.set(base, value=0)
        async with c.watch(base, fetch=False) as w:
            for n in range(1, 4):
                await c.set(base, value=n)
                r = await w.recv()
                assert r.value == n
                assert Path(*r.path) == base


@check
async def a_watch_can_be_cut_at_both_ends(client, base):
    async with client() as c, c.watch(base, fetch=True, min_depth=1, max_depth=1) as w:
        assert (await w.recv()).state == "uptodate"
        for name in ":", "a.b", "a":
            await c.set(base + P(name), value=name)
        assert (await w.recv()).value == "a"


@check
async def a_watch_that_lags_ends_up_with_the_newest_values(client, base):
    async with client() as c, client() as writer, c.watch(base, fetch=True) as w:
        assert (await w.recv()).state == "uptodate"
        for n in range(400):
            await writer.set(base / (n % 10), value=n)
        newest = {}
        while len(newest) < 10 or min(newest.values()) < 390:
            r = await w.recv()
            key = r.path[-1]
            assert newest.get(key, -1) < r.value, "went back"
            newest[key] = r.value


@check
async def a_stopped_watch_leaves_the_connection_usable(client, base):
    async with client() as c:
        for n in range(20):
            async with c.watch(base, fetch=True) as w:
                assert "state" in await w.recv() or n
            await c.set(base, value=n)
        assert (await c.get(base)).value == 19
