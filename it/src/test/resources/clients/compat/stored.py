"""Stored procedures and modules, and error records."""

from .original import CodeRoot, ErrorRoot, ModuleRoot, P, Path, check


@check
async def stored_code_is_called(client, base):
    async with client() as c, client() as other:
        code = await CodeRoot.as_handler(c)
        theirs = await CodeRoot.as_handler(other)
        await code.add(P("forty.two"), code="return 42")
        await code.add(P("plus"), code="return a + b", variables=("a", "b"))
        await code.add(
            P("later"), code="import anyio\nawait anyio.sleep(0)\nreturn x * 2", is_async=True, variables=("x",)
        )
        await code.add(P("threaded"), code="return x + 1", is_async=False, variables=("x",))
        assert code("forty.two") == 42
        assert code(("forty", "two")) == 42
        assert code("plus", 20, b=22) == 42
        assert await code("later", x=21) == 42
        assert await code("threaded", x=41) == 42
        r = await other.set(theirs._path / "plus", value={"code": "return a - b", "vars": ["a", "b"]}, nchain=2)
        await code.wait_chain(r.chain)
        assert code("plus", 44, 2) == 42


@check
async def stored_modules_are_imported(client, base):
    async with client() as c:
        modules = await ModuleRoot.as_handler(c)
        await modules.add(P("compat_shapes"), code="def area(w, h):\n    return w * h\n")
        import compat_shapes

        assert compat_shapes.area(6, 7) == 42


@check
async def broken_code_is_an_error_record(client, base):
    async with client("one") as c, client("two") as other:
        code = await CodeRoot.as_handler(c)
        errors = await ErrorRoot.as_handler(c)
        theirs = await ErrorRoot.as_handler(other)
        r = await c.set(code._path / "broken", value={"code": "return +", "vars": []}, nchain=2)
        await code.wait_chain(r.chain)
        (rec,) = [e for e in errors.all_errors("compile") if tuple(e.path) == ("broken",)]
        await theirs.wait_chain(rec.chain)
        assert [e for e in theirs.all_errors("compile") if tuple(e.path) == ("broken",)]
        r = await c.set(code._path / "broken", value={"code": "return 1", "vars": []}, nchain=2)
        await code.wait_chain(r.chain)
        assert code("broken") == 1
        assert rec.resolved
        await theirs.wait_chain(rec.chain)
        assert not [e for e in theirs.all_errors("compile") if tuple(e.path) == ("broken",)]


@check
async def error_records_are_counted_and_resolved(client, base):
    where = Path(*base)
    async with client("one") as c, client("two") as other:
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
        assert rec is not None
        assert rec.count == 2
        assert rec.resolved is False
        detail = rec[errors.name]
        assert detail.data == {"n": 1}
        assert "trouble 1" in detail.trace
        assert detail.tock > 0
        rec = await errors.record_working("tst", where)
        await theirs.wait_chain(rec.chain)
        assert where not in theirs._active["tst"]
