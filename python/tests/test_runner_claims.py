"""Runs at a real server: only who holds the claim writes."""

import pytest
from helpers import code, printed

from distkv.util import P

CLAIM = "test.claim"


@pytest.fixture
def claim(tree):
    return [P(CLAIM), tree.set(CLAIM, "mine").tock]


def test_writes_with_a_claim_are_done(worker, tree, claim):
    source = """
        await _client.set(_P("test.a"), value=1)
        await _self.set(_P("test.b"), 2)
        await _client.delete(_P("test.a"))
        return _self.fence
    """
    assert worker.result(code(source), claim=claim) == claim[1]
    assert (tree.get("test.a"), tree.get("test.b")) == (None, 2)


def test_a_write_says_which_change_led_to_it(worker, tree, claim):
    tick = tree.set("test.in", 1).tock
    source = """
        await _self.watch(_P("test.in"), fetch=True)
        async for message in _info:
            if isinstance(message, distkv.runner.ChangeMsg):
                await _client.set(_P("test.out"), value=1)
            elif isinstance(message, distkv.runner.ReadyMsg) and message.msg:
                await _client.set(_P("test.ready"), value=1)
                written = await _client.get(_P("test.out"), by=True), await _client.get(_P("test.ready"), by=True)
                return [entry.get("cause") for entry in written]
    """
    assert worker.result("import distkv.runner\n" + code(source), claim=claim) == (tick, None)


@pytest.mark.parametrize(
    "write",
    [
        '_client.set(_P("test.a"), value=1)',
        '_self.set(_P("test.a"), 1)',
        '_client.delete(_P("test.a"))',
        '_client.delete_tree(_P("test.a"))',
        '_client.commit([{"path": _P("test.a"), "value": 1}])',
    ],
)
def test_a_run_that_lost_its_claim_writes_nothing_and_ends(worker, tree, claim, write):
    tree.set("test.a", 0)
    tree.set(CLAIM, "somebody else's")
    source = f"""
        import distkv.errors, anyio
        try:
            await {write}
        except distkv.errors.Lost as exc:
            print("Lost")
        await anyio.sleep_forever()
    """
    outcome = worker.failure(code(source), claim=claim)
    assert (outcome["kind"], printed(worker)) == ("lost", ["Lost"])
    assert tree.get("test.a") == 0


def test_a_run_that_lost_its_claim_and_returns_all_the_same_is_lost(worker, tree, claim):
    tree.delete(CLAIM)
    source = "try:\n  await _client.set(_P('test.a'), value=1)\nexcept Exception:\n  return 1"
    assert worker.failure(source, claim=claim)["kind"] == "lost"


def test_a_run_that_lost_its_claim_and_leaves_by_it_is_lost(worker, tree, claim):
    tree.delete(CLAIM)
    outcome = worker.failure('x = 1\nawait _client.set(_P("test.a"), value=1)', claim=claim)
    assert (outcome["kind"], outcome["type"], outcome["line"]) == ("lost", "Lost", 2)


@pytest.mark.parametrize("mode", ["thread", "sync"])
def test_synchronous_code_that_lost_its_claim_ends(runner, tree, claim, mode):
    worker = runner.fork()
    tree.delete(CLAIM)
    source = """
        import time
        from distkv.errors import Lost
        try:
            _client.set(_P("test.a"), value=1)
        except Lost:
            print("Lost")
        while True:
            time.sleep(0.01)
    """
    outcome = worker.failure(code(source), mode, claim=claim)
    assert (outcome["kind"], printed(worker)) == ("lost", ["Lost"])
    assert tree.get("test.a") is None
    runner.kill(worker)


def test_a_guard_of_the_codes_own_does_not_end_the_run(worker, tree, claim):
    tree.set("test.guard", 1)
    source = """
        from distkv.exceptions import GuardError, Lost
        try:
            await _client.set(_P("test.a"), value=1, guard=[(_P("test.guard"), 1)])
        except GuardError as exc:
            assert not isinstance(exc, Lost), exc
            return str(exc.path)
    """
    assert worker.result(code(source), claim=claim)
    assert tree.get("test.a") is None
