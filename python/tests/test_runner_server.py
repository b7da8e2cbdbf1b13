"""Runs at a real server: lost connections and bursts."""

import pytest
from fake_runner import FakeRunner
from helpers import STALL, code, printed
from proxy import Proxy

from distkv.util import Path


@pytest.fixture
def proxy(shared_server):
    proxy = Proxy(shared_server.port)
    yield proxy
    proxy.cut()


@pytest.fixture
def cut_off(proxy):
    """A worker whose connection to the server can be cut."""
    with FakeRunner(port=proxy.port, config={"connect": {"retry": 0.02}}) as runner:
        yield runner.fork()


def test_while_the_server_is_gone_calls_fail_at_once_and_watches_resume(cut_off, proxy, tree):
    tree.set("test.a", 1)
    source = """
        import anyio
        from distkv.exceptions import ServerConnectionError
        await _self.watch(_P("test"), max_depth=-1)
        async for msg in _info:
            if isinstance(msg, _cls.ChangeMsg):
                print(msg.path, getattr(msg, "value", "deleted"))
                if getattr(msg, "value", None) == "end":
                    return
                if getattr(msg, "value", None) == 1:
                    while True:
                        # What is under way waits for another connection; what begins without one fails.
                        with anyio.move_on_after(0.5):
                            try:
                                await _client.get(_P("test.a"))
                                await anyio.sleep(0.001)
                            except ServerConnectionError:
                                print("cut off")
                                break
    """
    run = cut_off.start(code(source))
    cut_off.expect("log", text="test.a 1")
    proxy.cut()
    cut_off.expect("log", text="cut off")
    tree.set("test.b", 2)
    tree.delete("test.a")
    proxy.mend()
    cut_off.expect("log", text="test.b 2")
    tree.set("test.c", "end")
    assert cut_off.outcome(run)["op"] == "done"
    texts = [text for text in printed(cut_off) if text.startswith("test.")]
    assert sorted(texts) == ["test.a deleted", "test.c end"]


@pytest.mark.parametrize("how", ["async", "sync"])
def test_code_waits_for_the_first_connection_as_long_as_the_attempt_lasts(cut_off, proxy, tree, how):
    tree.set("test.a", 1)
    proxy.late = 1.2
    call = "await _client.get" if how == "async" else "_client.get"
    assert cut_off.result(f"return ({call}(_P('test.a'))).value", how) == 1


def test_code_that_starts_without_a_server_watches_once_there_is_one(cut_off, proxy, tree):
    tree.set("test.a", 1)
    proxy.cut()
    source = """
        from distkv.exceptions import ServerConnectionError
        try:
            await _client.get(_P("test.a"))
        except ServerConnectionError:
            print("cut off")
        await _self.watch(_P("test.a"))
        print("watching")
        async for msg in _info:
            if isinstance(msg, _cls.ChangeMsg):
                return msg.value
    """
    run = cut_off.start(code(source))
    cut_off.expect("log", text="cut off")
    cut_off.expect("log", text="watching")
    proxy.mend()
    assert cut_off.outcome(run)["result"] == 1


def test_a_slow_reader_holds_its_watches_back_and_sees_the_newest_values(worker, tree):
    """A burst of far more changes than any queue between the server and the code can hold."""
    paths, rounds = 20, 200
    source = """
        import anyio
        await _self.watch(_P("test"), max_depth=1, fetch=False)
        timer = await _self.timer(0.01)
        print("watching")
        seen, timers, last = 0, 0, {}
        async for msg in _info:
            if isinstance(msg, _cls.TimerMsg):
                timers += 1
                await timer.run(0.01)
            elif isinstance(msg, _cls.ChangeMsg):
                assert msg.value > last.get(msg.path, -1), "an old value"
                last[msg.path] = msg.value
                seen += 1
                if seen == 1:
                    await anyio.sleep(0.5)
                if all(last.get(_Path("test", i)) == rounds - 1 for i in range(paths)):
                    return seen, timers, len(last)
    """
    run = worker.start(code(source), globals={"paths": paths, "rounds": rounds})
    worker.expect("log", text="watching")
    for i in range(rounds):
        tree.set_many({Path("test", n): i for n in range(paths)})
    seen, timers, found = worker.outcome(run)["result"]
    assert found == paths
    assert paths <= seen <= paths * rounds
    assert timers > 0


def test_a_reader_that_reads_no_more_gets_none_and_the_run_is_stalled(worker, tree):
    tree.set("test.a", 1)
    source = f"await _self.watch(_P('test.a'))\n{STALL}msgs = [msg async for msg in _info]\nassert msgs == [None], msgs"
    failure = worker.failure(source, idle=0.1)
    assert (failure["kind"], failure["type"]) == ("stalled", "Stalled")


def test_code_that_takes_long_before_it_first_reads_is_not_stalled(worker, tree):
    tree.set("test.a", 1)
    source = """
        import anyio
        await _self.watch(_P("test.a"))
        timer = await _self.timer(0.001)
        await anyio.sleep(0.3)  # its set-up takes long
        async for msg in _info:
            if msg is None or isinstance(msg, _cls.TimerMsg):
                return msg is None, _info.qsize()
    """
    assert worker.result(code(source), idle=0.05) == (False, 0)
