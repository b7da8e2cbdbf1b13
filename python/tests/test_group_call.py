"""Calls of procedures on a node of a group, with a runner that the test plays itself."""

import anyio
import pytest

from distkv.code import CallLostError, CodeRoot, NotBegunError, ProcedureFailedError, group_call
from distkv.schema import Reason
from distkv.util import P, Path

pytestmark = pytest.mark.anyio

JOBS = P(":.distkv.run.any.attic")
STATES = P(":.distkv.state")
ERRORS = P(":.distkv.error")


async def play_runner(client, answer, task_status):
    """Answer the first job of the group."""
    async with client.watch(JOBS) as watch:
        task_status.started()
        async for item in watch:
            if "value" in item:
                await answer(item.path, item.value)
                return


async def called(server, answer, **variables):
    async with server.client() as client, anyio.create_task_group() as tasks:
        cr = await CodeRoot.as_handler(client)
        await tasks.start(lambda *, task_status: play_runner(client, answer, task_status))
        try:
            return await cr.call("forty.two", group="attic", **variables)
        finally:
            assert await client.list(JOBS) == ()


async def test_a_call_in_a_group_returns_the_result(server):
    async def answer(path, job):
        assert job["code"] == P("forty.two")
        assert job["target"] > 0
        async with server.client() as client:
            state = STATES + path[2:]
            await client.set(state, {"node": "vm", "started": 1})
            await client.set(state, {"node": None, "result": job["data"]["x"] * 2})

    assert await called(server, answer, x=21) == 42


async def test_a_call_in_a_group_raises_the_error_with_its_trace(server):
    async def answer(path, job):
        async with server.client() as client:
            record = {"subsystem": "run", "path": Path.build(path), "resolved": False}
            await client.set(ERRORS + Path("vm", 1), record)
            detail = {"comment": "ValueError('no')", "str": "no", "trace": "line 1"}
            await client.set(ERRORS + Path("vm", 1, "vm"), detail)

    with pytest.raises(ProcedureFailedError, match=r"^forty\.two: ValueError: no$") as raised:
        await called(server, answer)
    assert (raised.value.kind, raised.value.trace) == ("ValueError", "line 1")


async def test_a_call_whose_node_dies_says_that_it_may_have_done_part_of_its_work(server):
    async def answer(path, job):
        async with server.client() as client:
            state = STATES + path[2:]
            await client.set(state, {"node": "vm", "started": 1, "backoff": 0})
            await client.set(state, {"node": None, "started": 1, "backoff": 1, "reason": "node lost"})
            record = {"subsystem": "run", "path": Path.build(path), "resolved": False}
            await client.set(ERRORS + Path("other", 1), record)
            await client.set(ERRORS + Path("other", 1, "other"), {"message": "Runner killed", "data": {"node": "vm"}})

    lost = r"^forty\.two: node vm, which ran it, has died before it was done; it may"
    with pytest.raises(CallLostError, match=lost) as raised:
        await called(server, answer)
    assert raised.value.reason is Reason.NODE_LOST


async def test_a_call_that_is_ended_says_why(server):
    async def answer(path, job):
        async with server.client() as client:
            state = STATES + path[2:]
            await client.set(state, {"node": "vm", "started": 1, "backoff": 0})
            await client.set(state, {"node": None, "started": 1, "backoff": 0, "reason": "runner stopped"})

    with pytest.raises(CallLostError, match=r"^forty\.two: ended: runner stopped before it was done") as raised:
        await called(server, answer)
    assert raised.value.reason is Reason.RUNNER_STOPPED


async def test_a_call_whose_job_has_gone_does_not_wait_for_ever(server):
    async def answer(path, job):
        async with server.client() as client:
            state = STATES + path[2:]
            await client.set(state, {"node": "vm", "started": 1, "backoff": 0})
            await client.delete(state)

    with pytest.raises(CallLostError, match="this client was away from the server for too long before it was done"):
        await called(server, answer)


async def test_a_call_that_nobody_begins_says_so(server, monkeypatch):
    monkeypatch.setattr(group_call, "START_TIMEOUT", 0.1)

    async def answer(path, job):
        async with server.client() as client:
            await client.set(STATES + path[2:], {"node": None, "reason": "no node has gpio"})

    with pytest.raises(NotBegunError, match=r"no node of group attic has begun it within 0\.1 s: no node has gpio"):
        await called(server, answer)
