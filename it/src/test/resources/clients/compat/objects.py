"""Mirrors, objects that keep themselves in the tree, and configuration."""

import anyio

from .original import SYSTEM, AttrClientEntry, ClientEntry, ClientRoot, P, check, refused
from .trees import small_tree


@check
async def a_mirror_follows_the_tree(client, base):
    async with client() as c, client() as other:
        await small_tree(other, base)
        async with c.mirror(base, need_wait=True) as m:
            await m.wait_loaded()
            assert m.value == 1
            assert m["foo"]["bar"].value == 3
            r = await other.set(base + P("foo.bar"), value=33, nchain=3)
            await m.wait_chain(r.chain)
            assert m["foo"]["bar"].value == 33
            assert m["foo"]["bar"].chain == r.chain
            r = await other.delete(base / "zed", nchain=3)
            await m.wait_chain(r.chain)
            assert m.get("zed") is None


@check
async def a_mirrored_entry_can_be_updated(client, base):
    async with client() as c, client() as other:
        async with c.mirror(base, need_wait=True) as m, other.mirror(base, need_wait=True) as n:
            one = m.allocate("entry")
            await one.update({"a": 1}, wait=True)
            await n.wait_chain(one.chain)
            two = n["entry"]
            assert isinstance(two, ClientEntry)
            assert two.value == {"a": 1}
            assert two.chain == one.chain
            await two.update({"a": 2}, wait=True)
            await m.wait_chain(two.chain)
            assert one.value == {"a": 2}
            await one.update({"a": 2}, wait=True)
            one.chain = None
            await refused(one.update({"a": 3}), "already exists")
            r = await two.delete(nchain=3, wait=True)
            await m.wait_chain(r.chain)
            assert m.get("entry") is None
            assert "value" not in await c.get(base / "entry")


@check
async def a_root_of_ones_own_types(client, base):
    class Thing(AttrClientEntry):
        ATTRS = ("name", "size")

    class Things(ClientRoot):
        CFG = "things"

        @classmethod
        def child_type(cls, name):
            return Thing

    config = {"prefix": base}
    async with client() as c, client() as other:
        things = await Things.as_handler(c, cfg=config)
        theirs = await Things.as_handler(other, cfg=config)
        thing = things.allocate("hammer")
        thing.name, thing.size = "Hammer", 7
        await thing.save(wait=True)
        await theirs.wait_chain(thing.chain)
        found = theirs["hammer"]
        assert (found.name, found.size) == ("Hammer", 7)
        found.size = 8
        await found.save(wait=True)
        await things.wait_chain(found.chain)
        assert thing.size == 8


@check
async def configuration_in_the_tree_reaches_clients(client, base):
    async with client() as c, client() as other:
        changed = other.config._changed
        await c.set(SYSTEM + P("config.greeting"), value={"text": str(base)})
        with anyio.fail_after(5):
            await changed.wait()
        assert other.config.greeting["text"] == str(base)
    async with client() as late:
        assert late.config.greeting["text"] == str(base)
