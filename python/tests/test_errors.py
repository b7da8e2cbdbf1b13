"""The error tree against a real server."""

import anyio
import pytest
from helpers import until

from distkv.errors import ErrorRoot
from distkv.util import P, Path

pytestmark = pytest.mark.anyio

JOB = P(":.distkv.run.any.default.a.job")


async def records(client):
    found = [one async for one in client.get_tree(P(":.distkv.error"))]
    return {tuple(one.path): one.value for one in found}


async def test_an_error_has_one_record_and_below_it_what_the_node_saw(server):
    async with server.client() as client:
        errors = await ErrorRoot.as_handler(client)
        try:
            raise RuntimeError("Owch")
        except RuntimeError as error:
            await errors.record_error("run", JOB, exc=error, data={"x": 1, "y": object()}, message="{x} failed")
            await errors.record_error("run", JOB, exc=error, data={"x": 2}, message="{x} failed")
        found = await records(client)
        (top,) = [path for path in found if len(path) == 2]
        assert set(found) == {top, (*top, "here")}
        assert top[0] == "here"
        assert isinstance(top[1], int)
        record, seen = found[top], found[(*top, "here")]
        assert record == {
            "path": JOB,
            "subsystem": "run",
            "severity": 0,
            "resolved": False,
            "count": 2,
            "created": record.created,
            "first_seen": record.first_seen,
            "last_seen": record.last_seen,
            "message": "{x} failed",
        }
        assert record.first_seen <= record.last_seen
        assert set(seen) == {"seen", "tock", "comment", "data", "str", "trace", "message", "type"}
        assert seen.type == "RuntimeError"
        assert (seen.comment, seen.data, seen.message) == ("RuntimeError('Owch')", {"x": 2}, "{x} failed")
        assert seen.str == "Owch"
        assert "RuntimeError: Owch" in seen.trace
        assert "test_errors.py" in seen.trace


async def test_a_later_success_resolves_an_error_and_another_failure_opens_it_again(server):
    async with server.client() as client:
        errors = await ErrorRoot.as_handler(client)
        assert await errors.record_working("run", JOB) is None
        await errors.record_error("run", JOB, message="one")
        assert [one.path for one in errors.all_errors()] == [JOB]
        assert (await errors.record_working("run", JOB)).resolved > 0
        assert list(errors.all_errors()) == []
        await errors.record_error("run", JOB, message="two")
        (record,) = errors.all_errors("run")
        assert (record.count, record.resolved) == (2, False)
        assert list(errors.all_errors("compile")) == []


async def test_a_less_severe_error_does_not_cover_a_more_severe_one(server):
    async with server.client() as client:
        errors = await ErrorRoot.as_handler(client)
        await errors.record_error("run", JOB, severity=1, message="bad")
        assert await errors.record_error("run", JOB, severity=3, message="so-so") is None
        assert errors.get_error_record("run", JOB).severity == 1
        await errors.record_error("run", JOB, severity=3, message="so-so", force=True)
        assert errors.get_error_record("run", JOB).severity == 3
        await errors.record_working("run", JOB)
        await errors.record_error("run", JOB, severity=5, message="later")
        assert errors.get_error_record("run", JOB).severity == 5


async def test_two_clients_count_the_same_error_in_one_record(server):
    async with server.client() as one, server.client() as two:
        first, second = await ErrorRoot.as_handler(one), await ErrorRoot.as_handler(two)
        second.name = "there"
        await first.record_error("run", JOB, message="x")
        await until(second, lambda: second.get_error_record("run", JOB))

        async def often(errors):
            for _ in range(5):
                await errors.record_error("run", JOB, message="x")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(often, first)
            tasks.start_soon(often, second)
        found = await records(one)
        (top,) = [path for path in found if len(path) == 2]
        assert found[top].count == 11
        assert set(found) == {top, (*top, "here"), (*top, "there")}


async def test_of_two_records_of_one_error_the_older_stays(server):
    async with server.client() as client:
        record = {"path": JOB, "subsystem": "run", "severity": 0, "resolved": False, "count": 1, "last_seen": 5}
        prefix = P(":.distkv.error")
        await client.set(prefix + Path("there", 1), {**record, "first_seen": 3})
        await client.set(prefix + Path("here", 2), {**record, "first_seen": 4})
        await client.set(prefix + Path("here", 2, "here"), {"seen": 4, "comment": "mine"})
        errors = await ErrorRoot.as_handler(client)
        await until(errors, lambda: Path("here", 2) not in errors)
        found = await records(client)
        assert set(found) == {("there", 1), ("there", 1, "here")}
        assert found[("there", 1, "here")].comment == "mine"
        assert errors.get_error_record("run", JOB).first_seen == 3


async def test_a_job_of_all_nodes_has_a_record_on_each(server):
    job = P(":.distkv.run.all.default.load")
    async with server.client() as client:
        there = {"path": job, "subsystem": "run", "severity": 0, "resolved": False, "count": 1, "first_seen": 3}
        await client.set(P(":.distkv.error") + Path("there", 1), there)
        errors = await ErrorRoot.as_handler(client)
        await errors.record_error("run", job, message="x")
        assert {one.syspath[0] for one in errors.all_errors("run")} == {"here", "there"}
        await errors.record_working("run", job)
        assert [one.syspath for one in errors.all_errors("run")] == [Path("there", 1)]


async def test_garbage_in_the_error_tree_is_passed_over(server):
    async with server.client() as client:
        await client.set(P(":.distkv.error.n:1"), 42)
        await client.set(P(":.distkv.error.n:2"), {"path": 7})
        errors = await ErrorRoot.as_handler(client)
        await errors.record_error("run", JOB, message="x")
        assert len(list(errors.all_errors())) == 1


async def test_the_error_prefix_is_configurable(server):
    async with server.client(errors={"prefix": "test.errors"}) as client:
        errors = await ErrorRoot.as_handler(client)
        await errors.record_error("run", JOB, comment="elsewhere")
        assert len([one async for one in client.get_tree(P("test.errors"))]) == 2
