"""What entries can hold, and how they change."""

import anyio

from .original import P, Path, ServerError, check, refused


@check
async def the_greeting_names_the_server(client, base):
    async with client() as c:
        assert isinstance(c.server_name, str)
        assert c.server_name == c.node
        assert all(isinstance(n, int) for n in c._server_init.version)
        assert c.qlen >= 4


@check
async def an_unknown_entry_has_no_value(client, base):
    async with client() as c:
        res = await c.get(base / "nothing" / "here", nchain=3)
        assert "value" not in res
        assert res.get("chain") is None


@check
async def every_kind_of_value_comes_back(client, base):
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

    async with client() as c:
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
async def every_kind_of_path_element_is_an_entry_of_its_own(client, base):
    names = ["1", 1, 1.5, "", "a.b", b"1", 2**40, -3, "ü"]
    async with client() as c:
        for n, name in enumerate(names):
            await c.set(base / name, value=n)
        for n, name in enumerate(names):
            assert (await c.get(base / name)).value == n, name
        assert len(await c.list(base)) == len(names)


@check
async def a_set_gives_its_chain(client, base):
    async with client() as c:
        r = await c.set(base, value=1, nchain=3)
        assert r.changed
        assert isinstance(r.chain.node, str)
        assert r.chain.tick > 0
        got = await c.get(base, nchain=3)
        assert got.chain == r.chain
        assert "chain" not in await c.get(base)
        r2 = await c.set(base, value=2, nchain=1)
        assert r2.chain.tick > r.chain.tick
        assert r2.tock > r.tock


@check
async def a_plain_set_gives_the_old_value(client, base):
    async with client() as c:
        assert "prev" not in await c.set(base, value="first")
        assert (await c.set(base, value="second")).prev == "first"
        assert (await c.delete(base)).prev == "second"


@check
async def setting_an_equal_value_changes_nothing_if_asked(client, base):
    async with client() as c:
        first = await c.set(base, value={"a": 1, "b": 2}, nchain=1)
        again = await c.set(base, value={"b": 2, "a": 1}, nchain=1, idem=True)
        assert not again.changed
        assert again.chain == first.chain
        assert (await c.set(base, value={"a": 1, "b": 3}, idem=True)).changed


@check
async def compare_and_set_by_chain(client, base):
    async with client() as c:
        first = await c.set(base, value=1, chain=None, nchain=2)
        await refused(c.set(base, value=2, chain=None), "already exists")
        second = await c.set(base, value=2, chain=first.chain, nchain=2)
        await refused(c.set(base, value=3, chain=first.chain), "ClientChainError")
        await refused(c.delete(base, chain=first.chain), "ClientChainError")
        await c.delete(base, chain=second.chain)
        await refused(c.set(base, value=4, chain=second.chain), "is new")
        await c.set(base, value=4, chain=None)


@check
async def compare_and_set_by_value(client, base):
    async with client() as c:
        await c.set(base, value=1.5)
        await c.set(base, value=2, prev=1.5)
        await refused(c.set(base, value=3, prev=1.5))
        assert (await c.get(base)).value == 2
        await c.delete(base, prev=2)


@check
async def only_one_of_many_wins_a_compare_and_set(client, base):
    wins = []

    async def attempt(n, chain):
        async with client() as c:
            try:
                await c.set(base, value=n, chain=chain)
            except ServerError:
                pass
            else:
                wins.append(n)

    async with client() as c:
        r = await c.set(base, value=-1, nchain=1)
        async with anyio.create_task_group() as tg:
            for n in range(5):
                tg.start_soon(attempt, n, r.chain)
        assert len(wins) == 1, wins
        assert (await c.get(base)).value == wins[0]


@check
async def many_requests_are_in_flight_at_once(client, base):
    async with client() as c:

        async def one(n):
            await c.set(base / n, value=n)
            assert (await c.get(base / n)).value == n

        async with anyio.create_task_group() as tg:
            for n in range(200):
                tg.start_soon(one, n)
        assert len(await c.list(base)) == 200


@check
async def a_delete_leaves_nothing(client, base):
    async with client() as c:
        await c.set(base, value=1)
        r = await c.delete(base, nchain=2)
        assert r.changed
        assert r.chain.tick > 0
        assert "value" not in await c.get(base)
        await c.delete(base)
