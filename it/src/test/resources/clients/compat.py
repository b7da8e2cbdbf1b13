"""What programs written for the original do with a server: each check is one sentence.

Usage: compat.py distkv|moat-kv PORT [CHECK…]

Prints ``ok NAME`` or ``not ok NAME`` for each check, the latter followed by the traceback in lines that start
with ``# ``. Uses the clients' public interface as it is documented, nothing patched.
"""

import logging
import os
import sys
import traceback
from functools import partial

import anyio

if sys.argv[1] == "distkv":
    from distkv.client import ServerError, open_client
    from distkv.code import CodeRoot, ModuleRoot
    from distkv.errors import ErrorRoot
    from distkv.obj import AttrClientEntry, ClientEntry, ClientRoot
    from moat.util import P, Path

    def connect_config(port, name):
        return dict(connect=dict(host="127.0.0.1", port=port, name=name))

    SYSTEM = P(":.distkv")
else:
    from moat.lib.config import CFG_, CfgStore
    from moat.lib.path import P, Path

    # What its command line does at its start: without a current configuration the client does not open.
    CFG_.with_config_(CfgStore()).__enter__()
    CfgStore.with_("moat.kv")

    from moat.kv.client import ServerError, open_client
    from moat.kv.code import CodeRoot, ModuleRoot
    from moat.kv.errors import ErrorRoot
    from moat.kv.obj import AttrClientEntry, ClientEntry, ClientRoot

    def connect_config(port, name):
        return dict(conn=dict(host="127.0.0.1", port=port, name=name))

    SYSTEM = P(":.moat.kv")


CHECKS = []


def check(proc):
    CHECKS.append(proc)
    return proc


async def refused(request, *words):
    """The request must fail, and the error must say these words."""
    try:
        res = await request
    except ServerError as exc:
        for word in words:
            assert word in str(exc), (word, str(exc))
    else:
        raise AssertionError(f"not refused: {res!r}")


async def collect(stream):
    return [r async for r in stream if "path" in r]


# Values


@check
async def the_greeting_names_the_server(open, base):
    async with open() as c:
        assert isinstance(c.server_name, str) and c.server_name == c.node
        assert all(isinstance(n, int) for n in c._server_init.version)
        assert c.qlen >= 4


@check
async def an_unknown_entry_has_no_value(open, base):
    async with open() as c:
        res = await c.get(base / "nothing" / "here", nchain=3)
        assert "value" not in res
        assert res.get("chain") is None


@check
async def every_kind_of_value_comes_back(open, base):
    values = [
        None, True, False, 0, -1, 2**31, -(2**31), 2**63 - 1, -(2**63), 2**64 - 1, 2**70, 0.5, -1.25, 1e30,
        "", "x" * 40, "ü" * 40000, b"", b"\0\xff", [], [1, [2, [3]]], {}, {"a": {"b": None}}, {1: "one", "1": "text"},
        P("a.b:3.c"), Path("x", 1, None),
    ]  # fmt: skip

    def plain(value):
        """The clients' decoder makes tuples of arrays."""
        if isinstance(value, (list, tuple)):
            return [plain(v) for v in value]
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        return value

    async with open() as c:
        for n, value in enumerate(values):
            await c.set(base / n, value=value)
            res = await c.get(base / n)
            if isinstance(value, Path):
                assert list(res.value) == list(value)
            elif isinstance(value, float):
                # moat-kv sends short floats.
                assert isinstance(res.value, float)
                assert abs(res.value - value) <= abs(value) * 1e-6
            else:
                assert plain(res.value) == plain(value), (value, res.value)
                assert isinstance(res.value, bool) == isinstance(value, bool)


@check
async def every_kind_of_path_element_is_an_entry_of_its_own(open, base):
    names = ["1", 1, 1.5, "", "a.b", b"1", 2**40, -3, "ü"]
    async with open() as c:
        for n, name in enumerate(names):
            await c.set(base / name, value=n)
        for n, name in enumerate(names):
            assert (await c.get(base / name)).value == n, name
        assert len(await c.list(base)) == len(names)


@check
async def a_set_gives_its_chain(open, base):
    async with open() as c:
        r = await c.set(base, value=1, nchain=3)
        assert r.changed and isinstance(r.chain.node, str) and r.chain.tick > 0
        got = await c.get(base, nchain=3)
        assert got.chain == r.chain
        assert "chain" not in await c.get(base)
        r2 = await c.set(base, value=2, nchain=1)
        assert r2.chain.tick > r.chain.tick and r2.tock > r.tock


@check
async def a_plain_set_gives_the_old_value(open, base):
    async with open() as c:
        assert "prev" not in await c.set(base, value="first")
        assert (await c.set(base, value="second")).prev == "first"
        assert (await c.delete(base)).prev == "second"


@check
async def setting_an_equal_value_changes_nothing_if_asked(open, base):
    async with open() as c:
        first = await c.set(base, value={"a": 1, "b": 2}, nchain=1)
        again = await c.set(base, value={"b": 2, "a": 1}, nchain=1, idem=True)
        assert not again.changed and again.chain == first.chain
        assert (await c.set(base, value={"a": 1, "b": 3}, idem=True)).changed


@check
async def compare_and_set_by_chain(open, base):
    async with open() as c:
        first = await c.set(base, value=1, chain=None, nchain=2)
        await refused(c.set(base, value=2, chain=None), "already exists")
        second = await c.set(base, value=2, chain=first.chain, nchain=2)
        await refused(c.set(base, value=3, chain=first.chain), "ClientChainError")
        await refused(c.delete(base, chain=first.chain), "ClientChainError")
        await c.delete(base, chain=second.chain)
        await refused(c.set(base, value=4, chain=second.chain), "is new")
        await c.set(base, value=4, chain=None)


@check
async def compare_and_set_by_value(open, base):
    async with open() as c:
        await c.set(base, value=1.5)
        await c.set(base, value=2, prev=1.5)
        await refused(c.set(base, value=3, prev=1.5))
        assert (await c.get(base)).value == 2
        await c.delete(base, prev=2)


@check
async def only_one_of_many_wins_a_compare_and_set(open, base):
    wins = []

    async def attempt(n, chain):
        async with open() as c:
            try:
                await c.set(base, value=n, chain=chain)
            except ServerError:
                pass
            else:
                wins.append(n)

    async with open() as c:
        r = await c.set(base, value=-1, nchain=1)
        async with anyio.create_task_group() as tg:
            for n in range(5):
                tg.start_soon(attempt, n, r.chain)
        assert len(wins) == 1, wins
        assert (await c.get(base)).value == wins[0]


@check
async def many_requests_are_in_flight_at_once(open, base):
    async with open() as c:

        async def one(n):
            await c.set(base / n, value=n)
            assert (await c.get(base / n)).value == n

        async with anyio.create_task_group() as tg:
            for n in range(200):
                tg.start_soon(one, n)
        assert len(await c.list(base)) == 200


@check
async def a_delete_leaves_nothing(open, base):
    async with open() as c:
        await c.set(base, value=1)
        r = await c.delete(base, nchain=2)
        assert r.changed and r.chain.tick > 0
        assert "value" not in await c.get(base)
        await c.delete(base)


# Trees


async def small_tree(c, base):
    for name, value in ("", 1), ("foo", 2), ("foo.bar", 3), ("foo.bar.baz.quux", 4), ("zed", None):
        await c.set(base + P(name or ":"), value=value)


@check
async def a_list_names_the_children(open, base):
    async with open() as c:
        await small_tree(c, base)
        assert sorted(await c.list(base)) == ["foo", "zed"]
        assert await c.list(base, with_data=True) == {"foo": 2, "zed": None}
        assert list(await c.list(base + P("foo.bar"))) == ["baz"]
        assert await c.list(base + P("foo.bar"), with_data=True) == {}
        assert not await c.list(base + P("foo.bar"), empty=False)


@check
async def a_tree_comes_whole(open, base):
    async with open() as c:
        await small_tree(c, base)
        found = [(Path(*r.path), r.value) async for r in c.get_tree(base)]
        assert found[0] == (Path(), 1)
        assert sorted(found[1:], key=lambda e: str(e[0])) == [
            (P("foo"), 2), (P("foo.bar"), 3), (P("foo.bar.baz.quux"), 4), (P("zed"), None),
        ]  # fmt: skip
        names = [path for path, _ in found]
        assert names.index(P("foo")) < names.index(P("foo.bar")) < names.index(P("foo.bar.baz.quux"))


@check
async def a_tree_can_be_cut_at_both_ends(open, base):
    async with open() as c:
        await small_tree(c, base)

        async def paths(**kw):
            return {Path(*r.path) async for r in c.get_tree(base, **kw)}

        assert await paths(max_depth=1) == {Path(), P("foo"), P("zed")}
        assert await paths(min_depth=2) == {P("foo.bar"), P("foo.bar.baz.quux")}
        assert await paths(min_depth=1, max_depth=2) == {P("foo"), P("foo.bar"), P("zed")}
        assert all([r.chain.tick > 0 async for r in c.get_tree(base, nchain=2)])


@check
async def a_long_tree_comes_whole_to_a_slow_reader(open, base):
    async with open() as c:
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
async def a_deleted_tree_is_gone(open, base):
    async with open() as c:
        await small_tree(c, base)
        r = await c.delete(base, recursive=True)
        assert r.changed == 5, r
        await small_tree(c, base)
        r = await c.delete_tree(base, nchain=2)
        assert len([x async for x in r]) == 5
        assert "value" not in await c.get(base + P("foo.bar"))


# Watching


@check
async def a_watch_brings_what_is_there_and_then_changes(open, base):
    async with open() as c, open() as other, c.watch(base, fetch=True, nchain=1) as w:
        assert (await w.recv()).state == "uptodate"
    async with open() as c, open() as other:
        await small_tree(c, base)
        # The clients complete a watch's paths with what was asked for.
        async with c.watch(base, fetch=True, nchain=1) as w:
            found = {}
            while "path" in (r := await w.recv()):
                found[Path(*r.path)] = r.value
            assert r.state == "uptodate"
            assert len(found) == 5 and found[base + P("foo.bar")] == 3
            s = await other.set(base + P("foo.new"), value="new", nchain=1)
            r = await w.recv()
            assert Path(*r.path) == base + P("foo.new") and r.value == "new" and r.chain == s.chain
            s = await other.delete(base + P("foo"), nchain=1)
            r = await w.recv()
            assert Path(*r.path) == base + P("foo") and "value" not in r and r.chain == s.chain


@check
async def a_watch_without_fetch_brings_changes_alone(open, base):
    async with open() as c:
        await c.set(base, value=0)
        async with c.watch(base, fetch=False) as w:
            for n in range(1, 4):
                await c.set(base, value=n)
                r = await w.recv()
                assert r.value == n and Path(*r.path) == base


@check
async def a_watch_can_be_cut_at_both_ends(open, base):
    async with open() as c, c.watch(base, fetch=True, min_depth=1, max_depth=1) as w:
        assert (await w.recv()).state == "uptodate"
        for name in ":", "a.b", "a":
            await c.set(base + P(name), value=name)
        assert (await w.recv()).value == "a"


@check
async def a_watch_that_lags_ends_up_with_the_newest_values(open, base):
    async with open() as c, open() as writer, c.watch(base, fetch=True) as w:
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
async def a_stopped_watch_leaves_the_connection_usable(open, base):
    async with open() as c:
        for n in range(20):
            async with c.watch(base, fetch=True) as w:
                assert "state" in await w.recv() or n
            await c.set(base, value=n)
        assert (await c.get(base)).value == 19


# Messages


@check
async def a_message_reaches_those_who_monitor_its_topic(open, base):
    topic = tuple(str(e) for e in base)
    async with open() as c, open() as other:
        async with c.msg_monitor(topic) as one, c.msg_monitor(topic[:-1] + ("+",)) as plus:
            async with other.msg_monitor(topic[:-1] + ("#",), raw=True) as raw:
                await other.msg_send(topic, data={"hello": "world"})
                msg = await one.recv()
                assert msg.data == {"hello": "world"} and tuple(msg.topic) == topic
                assert (await plus.recv()).data == {"hello": "world"}
                assert isinstance((await raw.recv()).raw, bytes)
                await c.msg_send(topic, raw=b"\xc1")
                await refused(one.recv())
                assert (await raw.recv()).raw == b"\xc1"


# Mirrors


@check
async def a_mirror_follows_the_tree(open, base):
    async with open() as c, open() as other:
        await small_tree(other, base)
        async with c.mirror(base, need_wait=True) as m:
            await m.wait_loaded()
            assert m.value == 1 and m["foo"]["bar"].value == 3
            r = await other.set(base + P("foo.bar"), value=33, nchain=3)
            await m.wait_chain(r.chain)
            assert m["foo"]["bar"].value == 33 and m["foo"]["bar"].chain == r.chain
            r = await other.delete(base / "zed", nchain=3)
            await m.wait_chain(r.chain)
            assert m.get("zed") is None


@check
async def a_mirrored_entry_can_be_updated(open, base):
    async with open() as c, open() as other:
        async with c.mirror(base, need_wait=True) as m, other.mirror(base, need_wait=True) as n:
            one = m.allocate("entry")
            await one.update({"a": 1}, wait=True)
            await n.wait_chain(one.chain)
            two = n["entry"]
            assert isinstance(two, ClientEntry) and two.value == {"a": 1} and two.chain == one.chain
            await two.update({"a": 2}, wait=True)
            await m.wait_chain(two.chain)
            assert one.value == {"a": 2}
            await one.update({"a": 2}, wait=True)
            one.chain = None
            await refused(one.update({"a": 3}), "already exists")
            r = await two.delete(nchain=3, wait=True)
            await m.wait_chain(r.chain)
            assert m.get("entry") is None and "value" not in await c.get(base / "entry")


@check
async def a_root_of_ones_own_types(open, base):
    class Thing(AttrClientEntry):
        ATTRS = ("name", "size")

    class Things(ClientRoot):
        CFG = "things"

        @classmethod
        def child_type(cls, name):
            return Thing

    config = {"prefix": base}
    async with open() as c, open() as other:
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
async def configuration_in_the_tree_reaches_clients(open, base):
    async with open() as c, open() as other:
        changed = other.config._changed
        await c.set(SYSTEM + P("config.greeting"), value={"text": str(base)})
        with anyio.fail_after(5):
            await changed.wait()
        assert other.config.greeting["text"] == str(base)
    async with open() as late:
        assert late.config.greeting["text"] == str(base)


# Stored code


@check
async def stored_code_is_called(open, base):
    async with open() as c, open() as other:
        code = await CodeRoot.as_handler(c)
        theirs = await CodeRoot.as_handler(other)
        await code.add(P("forty.two"), code="return 42")
        await code.add(P("plus"), code="return a + b", variables=("a", "b"))
        await code.add(P("later"), code="import anyio\nawait anyio.sleep(0)\nreturn x * 2", is_async=True, variables=("x",))
        await code.add(P("threaded"), code="return x + 1", is_async=False, variables=("x",))
        assert code("forty.two") == 42 and code(("forty", "two")) == 42
        assert code("plus", 20, b=22) == 42
        assert await code("later", x=21) == 42
        assert await code("threaded", x=41) == 42
        r = await other.set(theirs._path / "plus", value=dict(code="return a - b", vars=["a", "b"]), nchain=2)
        await code.wait_chain(r.chain)
        assert code("plus", 44, 2) == 42


@check
async def stored_modules_are_imported(open, base):
    async with open() as c:
        modules = await ModuleRoot.as_handler(c)
        await modules.add(P("compat_shapes"), code="def area(w, h):\n    return w * h\n")
        import compat_shapes

        assert compat_shapes.area(6, 7) == 42


@check
async def broken_code_is_an_error_record(open, base):
    async with open("one") as c, open("two") as other:
        code = await CodeRoot.as_handler(c)
        errors = await ErrorRoot.as_handler(c)
        theirs = await ErrorRoot.as_handler(other)
        r = await c.set(code._path / "broken", value=dict(code="return +", vars=[]), nchain=2)
        await code.wait_chain(r.chain)
        (rec,) = [e for e in errors.all_errors("compile") if tuple(e.path) == ("broken",)]
        await theirs.wait_chain(rec.chain)
        assert [e for e in theirs.all_errors("compile") if tuple(e.path) == ("broken",)]
        r = await c.set(code._path / "broken", value=dict(code="return 1", vars=[]), nchain=2)
        await code.wait_chain(r.chain)
        assert code("broken") == 1 and rec.resolved
        await theirs.wait_chain(rec.chain)
        assert not [e for e in theirs.all_errors("compile") if tuple(e.path) == ("broken",)]


@check
async def error_records_are_counted_and_resolved(open, base):
    where = Path(*base)
    async with open("one") as c, open("two") as other:
        errors = await ErrorRoot.as_handler(c)
        theirs = await ErrorRoot.as_handler(other)
        await errors.wait_loaded()
        await theirs.wait_loaded()
        for n in range(2):
            try:
                raise ValueError(f"trouble {n}")
            except ValueError as exc:
                r = await errors.record_error("tst", where, exc=exc, data={"n": n}, message="In {n}")
        await theirs.wait_chain(r.chain)
        rec = await theirs.get_error_record("tst", where, create=False)
        assert rec is not None and rec.count == 2 and rec.resolved is False
        detail = rec[errors.name]
        assert detail.data == {"n": 1} and "trouble 1" in detail.trace and detail.tock > 0
        rec = await errors.record_working("tst", where)
        await theirs.wait_chain(rec.chain)
        assert where not in theirs._active["tst"]


# The rest


@check
async def tocks_are_never_given_twice(open, base):
    async with open() as c, open() as other:
        tocks = [await client.get_tock() for _ in range(20) for client in (c, other)]
        assert tocks == sorted(set(tocks))


@check
async def the_state_says_how_far_the_server_is(open, base):
    async with open() as c:
        r = await c.set(base, value=1, nchain=1)
        state = await c._request("get_state", nodes=True, known=True, present=True, missing=True, superseded=True, deleted=True)
        assert state.nodes[r.chain.node] >= r.chain.tick
        assert state.node == r.chain.node
        assert not state.missing.get(r.chain.node)


@check
async def an_error_names_what_is_wrong(open, base):
    async with open() as c:
        await refused(c._request("no_such_action"), "no_such_action")
        await refused(c._request("get_value"), "path")
        await refused(c._request("get_value", path=["a", None, ["b"]], nchain="x"))
        await c.set(base, value=1)


async def main(port, only):
    logging.basicConfig(level=logging.ERROR)
    for proc in CHECKS:
        name = proc.__name__
        if only and name not in only:
            continue
        base = Path("compat", name, os.getpid())
        count = 0

        def open(name=None):
            nonlocal count
            count += 1
            return open_client(f"compat-{count}", **connect_config(port, name or f"{proc.__name__}-{count}"))

        try:
            with anyio.fail_after(20):
                await proc(open, base)
        except BaseException:
            print("not ok", name)
            for line in traceback.format_exc().splitlines():
                print("#", line)
        else:
            print("ok", name)
        sys.stdout.flush()


anyio.run(main, int(sys.argv[2]), sys.argv[3:], backend="trio")
