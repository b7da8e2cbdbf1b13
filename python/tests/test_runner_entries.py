"""A job's entries as Python has them."""

import re

import pytest

from distkv.exceptions import ClientChainError
from distkv.runner import PastRun, RunnerEntry, StateEntry
from distkv.util import NotGiven, P

pytestmark = pytest.mark.anyio


async def test_a_job_is_written_read_changed_and_written_again(server):
    async with server.client() as client:
        path = RunnerEntry.path_of(client, P("scale.room"))
        assert path == P(":.distkv.run.any.default.scale.room")
        assert await RunnerEntry.read(client, path) is None
        job = RunnerEntry(code=P("demo.scale"), data={"x": 1}, target=5.5, more={"theirs": True})
        await job.write(client, path)
        assert (await client.get(path)).value == {
            "code": P("demo.scale"),
            "data": {"x": 1},
            "target": 5.5,
            "theirs": True,
        }
        read = await RunnerEntry.read(client, path)
        assert read == job
        assert (read.delay, read.backoff, read.split, read.info) == (100, 1.1, "stop", None)
        read.delay = 3
        read.info = "scales"
        await read.write(client, path)
        await read.write(client, path)
        assert (await RunnerEntry.read(client, path)).delay == 3
        with pytest.raises(ClientChainError):
            await job.write(client, path)


async def test_where_a_jobs_entries_are(server):
    async with server.client() as client:
        name = P("a.b")
        assert RunnerEntry.path_of(client, name, group="house", node="attic") == P(":.distkv.run.at.attic.house.a.b")
        assert RunnerEntry.path_of(client, name, node="-") == P(":.distkv.run.all.default.a.b")
        assert StateEntry.path_of(client, name) == P(":.distkv.state.any.default.a.b")
        assert StateEntry.all_of(client, name, "attic") == P(":.distkv.state.all.default.attic.a.b")


def test_a_state_is_what_runners_write():
    value = {
        "started": 5.5,
        "stopped": 0,
        "pinged": 0,
        "computed": 0,
        "reason": "",
        "node": "vm",
        "backoff": 1,
        "offered": True,
        "runs": [{"started": 1.0, "stopped": 2.0, "node": "vm", "outcome": "done"}],
        "theirs": 7,
    }
    state = StateEntry.decode(value)
    assert (state.node, state.result, state.runs) == ("vm", NotGiven, (PastRun(1.0, 2.0, "vm", "done"),))
    assert state.encode() == value
    assert StateEntry.decode({"result": None}).result is None
    assert StateEntry.decode({}) == StateEntry()


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (RunnerEntry, 3, "RunnerEntry: 3 (expected: a map)"),
        (RunnerEntry, {"delay": "x"}, "RunnerEntry.delay: 'x' (expected: a number, 0 or more)"),
        (RunnerEntry, {"repeat": -1}, "RunnerEntry.repeat: -1 (expected: a number, 0 or more)"),
        (RunnerEntry, {"target": float("nan")}, "RunnerEntry.target: nan (expected: a number)"),
        (RunnerEntry, {"split": "x"}, "RunnerEntry.split: 'x' (expected: 'stop' or 'run')"),
        (RunnerEntry, {"code": 7}, "RunnerEntry.code: 7 (expected: a path)"),
        (RunnerEntry, {"data": [1]}, "RunnerEntry.data: [1] (expected: a map)"),
        (StateEntry, {"node": 7}, "StateEntry.node: 7 (expected: text or nil)"),
        (StateEntry, {"runs": [7]}, "StateEntry.runs: 7 (expected: a map with started, stopped, node, outcome)"),
        (StateEntry, {"backoff": True}, "StateEntry.backoff: True (expected: a number, 0 or more)"),
    ],
)
def test_a_field_that_is_wrong_is_named(kind, value, text):
    with pytest.raises(ValueError, match=re.escape(text)):
        kind.decode(value)


def test_what_others_left_out_or_nil_has_its_default():
    job = RunnerEntry.decode({"code": "demo.scale", "delay": None, "target": None, "info": None})
    assert job == RunnerEntry(code=P("demo.scale"))
    assert RunnerEntry.decode({"code": ["demo", "scale"]}).code == P("demo.scale")
