"""Runs on standby: they may not write until they take over from another run."""

import pytest
from anyio.from_thread import start_blocking_portal
from fake_runner import FakeRunner
from helpers import code, printed, wait_for
from peer import peer

from distkv.util import P
from distkv.worker.protocol.spec import read_claim

CLAIM = P("test.claim")
STANDBY = CLAIM | ".standby"

WRITES = """
    from distkv.errors import Lost, NotYet
    writes = [
        lambda: _client.set(_P("test.a"), value=1),
        lambda: _self.set(_P("test.a"), 1),
        lambda: _client.delete(_P("test.a")),
        lambda: _client.delete_tree(_P("test.a")),
        lambda: _client.commit([{"path": _P("test.a"), "value": 1}]),
        lambda: _client.guarded((_P("test.guard"), guard)).set(_P("test.a"), value=1),
    ]

    async def refused(write):
        try:
            await write()
        except NotYet as exc:
            return str(_Path.build(exc.path)), exc.tick
"""


@pytest.fixture
def claims(tree):
    """Claims as they are while a run is on standby: that of the run that writes, and its own."""
    return Claims(tree)


class Claims:
    def __init__(self, tree):
        self._tree = tree
        tree.set("test.claim", "another run's")
        self.standby = [STANDBY, tree.set(str(STANDBY), "mine").tock]

    def swap(self):
        """Do what the runner does when the other run's time is over; return the new claim."""
        self._tree.delete(str(STANDBY))
        return [CLAIM, self._tree.set(str(CLAIM), "mine").tock]


def grant(worker, run, claim):
    worker.send(op="claim", run=run, claim=claim)


def test_on_standby_every_write_is_refused_before_and_after_the_swap_and_the_run_goes_on(worker, tree, claims):
    tree.set("test.a", 0)
    guard = tree.set("test.guard", 0).tock
    source = """
        print([await refused(write) for write in writes])
        await _self.watch(_P("test.go"), fetch=False)
        print("go")
        async for msg in _info:
            if isinstance(msg, _cls.ChangeMsg):
                return [await refused(write) for write in writes]
    """
    run = worker.start(code(WRITES) + code(source), claim=claims.standby, globals={"guard": guard})
    wait_for(worker, str([(str(STANDBY), claims.standby[1])] * 6), "go")
    claims.swap()
    tree.set("test.go", 1)
    assert worker.outcome(run)["result"] == ((str(STANDBY), None),) * 6
    assert tree.get("test.a") == 0


def test_setup_done_returns_when_the_claim_has_come_which_guards_all_writes_from_then_on(worker, tree, claims):
    guard = tree.set("test.guard", 0).tock
    source = """
        view = _client.guarded((_P("test.guard"), guard))
        before = _self.fence
        await _self.setup_done(comment="ready")
        for write in writes:
            await write()
        await view.set(_P("test.b"), value=2)
        return before, _self.fence
    """
    run = worker.start(code(WRITES) + code(source), claim=claims.standby, globals={"guard": guard})
    assert worker.expect("setup", run=run)["data"] == {"comment": "ready"}
    claim = claims.swap()
    grant(worker, run, claim)
    assert worker.outcome(run)["result"] == (claims.standby[1], claim[1])
    assert (tree.get("test.a"), tree.get("test.b")) == (1, 2)


def test_a_run_that_has_taken_over_loses_its_claim_like_any_other(worker, tree, claims):
    source = """
        await _self.setup_done()
        try:
            await _client.set(_P("test.a"), value=1)
        except Lost:
            print("Lost")
    """
    run = worker.start(code(WRITES) + code(source), claim=claims.standby, globals={"guard": 0})
    worker.expect("setup", run=run)
    claim = claims.swap()
    tree.set(str(CLAIM), "a third run's")
    grant(worker, run, claim)
    assert worker.outcome(run)["kind"] == "lost"
    assert printed(worker) == ["Lost"]
    assert tree.get("test.a") is None


def test_a_claim_that_comes_before_setup_done_is_as_good(worker, tree, claims):
    source = """
        import anyio
        before = _self.fence
        print("begun")
        while _self.fence == before:
            await anyio.sleep(0.001)
        await _client.set(_P("test.a"), value=1)
        await _self.setup_done()
        return _self.fence
    """
    run = worker.start(code(source), claim=claims.standby)
    wait_for(worker, "begun")
    claim = claims.swap()
    grant(worker, run, claim)
    assert worker.outcome(run)["result"] == claim[1]
    assert len(worker.kept("setup")) == 1
    assert tree.get("test.a") == 1


def test_a_claim_may_come_even_before_the_code_begins(worker, tree, claims):
    claim = claims.swap()
    run = worker.start("await _self.setup_done()\nreturn _self.fence", claim=claims.standby)
    grant(worker, run, claim)
    assert worker.outcome(run)["result"] == claim[1]


def test_a_write_is_judged_by_the_claim_that_it_was_sent_with():
    """It is under way while the claims are swapped, and its refusal comes after the news of that."""
    source = """
        import anyio
        from distkv.errors import NotYet

        async def write():
            try:
                await _client.set(_P("test.a"), value=1)
            except NotYet as exc:
                print("NotYet", _Path.build(exc.path))

        await _self.spawn(write)
        await _self.setup_done()
        print("taken over")
        await _client.set(_P("test.b"), value=1)
    """
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(peer()) as server,
        FakeRunner(port=server.port) as runner,
    ):
        worker = runner.fork()
        run = worker.start(code(source), claim=[STANDBY, 1])
        early = portal.call(server.request, "set_value")
        worker.expect("setup", run=run)
        grant(worker, run, [CLAIM, 2])
        wait_for(worker, "taken over")
        late = portal.call(server.request, "set_value", -1, 2)
        refusal = {"error": "guard at test.claim..standby", "etype": "guard", "path": STANDBY, "tock": 3}
        portal.call(lambda: server.connections[-1].send(seq=early.seq, **refusal))
        wait_for(worker, f"NotYet {STANDBY}")
        portal.call(lambda: server.connections[-1].send(seq=late.seq, changed=True, tock=3))
        assert worker.outcome(run)["op"] == "done"
    assert (early.guard, late.guard) == (((STANDBY.elements, 1),), ((CLAIM.elements, 2),))


@pytest.mark.parametrize(("lost", "kind"), [(False, "cancelled"), (True, "lost")])
def test_setup_done_ends_when_the_run_is_cancelled_or_lost(worker, claims, lost, kind):
    source = "try:\n    await _self.setup_done()\nfinally:\n    print('tidied up')"
    run = worker.start(source, claim=claims.standby)
    worker.expect("setup", run=run)
    worker.send(op="cancel", run=run, lost=lost)
    assert worker.outcome(run)["kind"] == kind
    assert printed(worker) == ["tidied up"]


def test_reads_and_watches_work_on_standby(worker, tree, claims):
    tree.set("test.a", 1)
    source = """
        async def follow():
            async for msg in _info:
                if isinstance(msg, _cls.ChangeMsg):
                    print("seen", msg.value)

        print("read", (await _client.get(_P("test.a"))).value)
        await _self.watch(_P("test.a"))
        await _self.spawn(follow)
        await _self.setup_done()
        return _self.fence
    """
    run = worker.start(code(source), claim=claims.standby)
    worker.expect("setup", run=run)
    wait_for(worker, "read 1", "seen 1")
    tree.set("test.a", 2)
    wait_for(worker, "seen 2")
    claim = claims.swap()
    grant(worker, run, claim)
    assert worker.outcome(run)["result"] == claim[1]


def test_a_run_that_ends_on_standby_ends_like_any_other(worker, claims):
    claims.swap()
    write = "await _client.set(_P('test.a'), value=1)"
    failure = worker.failure(f"x = 1\n{write}", claim=claims.standby)
    assert (failure["kind"], failure["type"], failure["line"]) == ("error", "NotYet", 2)
    caught = f"from distkv.errors import NotYet\ntry:\n    {write}\nexcept NotYet:\n    return 5"
    assert worker.result(caught, claim=claims.standby) == 5


@pytest.mark.parametrize("mode", ["thread", "sync"])
def test_synchronous_code_writes_with_the_claim_that_has_come(runner, tree, claims, mode):
    worker = runner.fork()
    source = """
        from distkv.errors import NotYet
        while True:
            try:
                _client.set(_P("test.a"), value=1)
                return
            except NotYet:
                print("refused")
    """
    run = worker.start(code(source), mode, claim=claims.standby)
    wait_for(worker, "refused")
    grant(worker, run, claims.swap())
    assert worker.outcome(run)["op"] == "done"
    assert tree.get("test.a") == 1
    runner.kill(worker)


def test_the_news_of_a_claim_never_takes_the_guard_away():
    with pytest.raises(ValueError, match=r"claim: None \(expected: \[path, tick\]\)"):
        read_claim(None)
