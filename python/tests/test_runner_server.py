"""Runs at a real server: claims, lost connections, bursts, and what else the page does not say."""

import textwrap

import pytest
from fake_runner import FakeRunner
from proxy import Proxy

from distkv.util import P, Path

CLAIM = "test.claim"


def code(text):
    return textwrap.dedent(text)


def printed(worker):
    return [log["text"] for log in worker.kept("log")]


@pytest.fixture
def claim(tree):
    return [P(CLAIM), tree.set(CLAIM, "mine").tock]


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


def test_writes_with_a_claim_are_done(worker, tree, claim):
    source = """
        await _client.set(_P("test.a"), value=1)
        await _self.set(_P("test.b"), 2)
        await _client.delete(_P("test.a"))
        return _self.fence
    """
    assert worker.result(code(source), claim=claim) == claim[1]
    assert (tree.get("test.a"), tree.get("test.b")) == (None, 2)


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


def test_live_roots_work_through_the_runs_client(worker, tree):
    tree.set(":.other.place.forty.two", {"code": "return 2 * x", "vars": ["x"]})
    source = """
        from distkv.code import CodeRoot
        cr = await CodeRoot.as_handler(_client)
        assert cr is await CodeRoot.as_handler(_client)
        return cr("forty.two", 21)
    """
    assert [worker.result(code(source)) for _ in range(2)] == [42, 42]


def test_setup_done_is_told(worker):
    worker.outcome(worker.start("await _self.setup_done(comment='fine', data={'x': object})"))
    (setup,) = worker.kept("setup")
    assert setup["data"] == {"comment": "fine", "data": repr({"x": object})}


def test_error_records_and_ends_the_run(worker):
    source = """
        try:
            1 / 0
        except ZeroDivisionError as exc:
            await _self.error(exc=exc, message="cannot divide {x}", data={"x": 1, "y": {1}}, severity=2, comment="oh")
    """
    outcome = worker.failure(code(source))
    (error,) = worker.kept("error")
    trace = error.pop("trace")
    assert error == {
        "op": "error",
        "run": 1,
        "path": None,
        "type": "ZeroDivisionError",
        "message": "cannot divide {x}",
        "severity": 2,
        "comment": "oh",
        "data": {"x": 1, "y": "{1}"},
    }
    assert 'File "distkv:forty.two", line 3' in trace
    assert (outcome["kind"], outcome["type"]) == ("recorded", "ErrorRecorded")


def test_error_may_be_about_something_else_and_may_be_caught(worker):
    source = """
        for path in _P("some.where"), ("else", "where"):
            try:
                await _self.error(path, message="bad")
            except _cls.ErrorRecorded:
                pass
        return 1
    """
    assert worker.result(code(source)) == 1
    assert [error["path"] for error in worker.kept("error")] == [P("some.where"), P("else.where")]


def test_cancel_ends_the_run_well(worker):
    source = """
        import anyio
        try:
            _self.cancel()
            await anyio.sleep_forever()
        finally:
            print("tidied up")
    """
    assert worker.result(code(source)) is None
    assert printed(worker) == ["tidied up"]


def test_get_returns_the_value_or_raises_key_error(worker, tree):
    tree.set("test.a", None)
    assert worker.result("return await _self.get(_P('test.a'))") is None
    failure = worker.failure("await _self.get(_P('test.b'))")
    assert (failure["type"], failure["message"]) == ("KeyError", "P('test.b')")


def test_set_can_compare(worker, tree):
    tree.set("test.a", 1)
    assert worker.failure("await _self.set(_P('test.a'), 2, chain=None)")["type"] == "ClientChainError"
    assert tree.get("test.a") == 1


@pytest.mark.parametrize("call", ["watch", "get", "monitor", "send"])
def test_text_is_no_path(worker, call):
    args = ", 1" if call == "send" else ""
    failure = worker.failure(f"await _self.{call}('a.b'{args})")
    assert failure["type"] == "TypeError"
    assert failure["message"] == (
        f"{call}: the path is 'a.b', a str (expected: a Path or a list of its elements; _P('a.b') makes one)"
    )


def test_a_list_of_elements_is_a_path(worker, tree):
    tree.set("test.a", 5)
    assert worker.result("return await _self.get(['test', 'a'])") == 5


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("_self.watch(_P('a'), cls=dict)", "cls: <class 'dict'> (expected: ChangeMsg or a subclass of it)"),
        ("_self.watch(_P('a'), cls='A')", "cls: 'A' (expected: ChangeMsg or a subclass of it)"),
        ("_self.timer(1, cls=_cls.ChangeMsg)", "(expected: TimerMsg or a subclass of it)"),
        ("_self.timer('soon')", "delay: 'soon' (expected: a number of seconds)"),
        ("_self.send(_P('a'))", "send to a: neither of value and raw (expected: one)"),
    ],
)
def test_wrong_arguments_are_named(worker, call, text):
    failure = worker.failure(f"await {call}")
    assert failure["type"] == "TypeError"
    assert text in failure["message"]


def test_what_the_server_refuses_is_raised_where_it_was_asked_for(worker):
    source = """
        try:
            await _self.watch(_P("test.a"), max_depth=-2)
        except Exception as exc:
            return str(exc)
    """
    assert "max_depth" in worker.result(code(source))


def test_a_message_class_that_fails_fails_the_run(worker):
    source = (
        "class T(_cls.TimerMsg):\n  def __init__(self, msg): raise LookupError('no')\nawait _self.timer(0.001, cls=T)\n"
    )
    failure = worker.failure(source + "async for msg in _info: pass")
    assert (failure["type"], failure["message"]) == ("LookupError", "no")


def test_open_context_is_left_after_the_tasks_that_use_it(worker):
    source = """
        import anyio
        from contextlib import asynccontextmanager
        @asynccontextmanager
        async def context():
            print("entered")
            try:
                yield 42
            finally:
                await anyio.sleep(0)
                print("left")
        async def task():
            try:
                await anyio.sleep_forever()
            finally:
                print("task over")
        value = await _self.open_context(context())
        await _self.spawn(task)
        await anyio.sleep(0.01)
        return value
    """
    assert worker.result(code(source)) == 42
    assert printed(worker) == ["entered", "task over", "left"]


def test_messages_are_sent_and_monitored(worker, tree):
    source = """
        m = await _self.monitor(("test", "+"))
        await _self.send(_Path("test", "a"), {"x": 1})
        msgs = []
        async for msg in _info:
            if isinstance(msg, _cls.MQTTmsg):
                msgs.append((msg.path, msg.value))
                if len(msgs) == 2:
                    await m.cancel()
                    return msgs
                print("first")
    """
    run = worker.start(code(source))
    worker.expect("log", text="first")
    tree.send(("test", "b"), "hello")
    assert worker.outcome(run)["result"] == ((Path("test", "a"), {"x": 1}), (Path("test", "b"), "hello"))


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


def test_a_reader_that_never_reads_gets_none_and_the_run_is_stalled(worker, tree):
    source = """
        import anyio
        await _self.watch(_P("test.a"))
        await anyio.sleep(0.3)
        msgs = [msg async for msg in _info]
        assert msgs == [None], msgs
    """
    failure = worker.failure(code(source), idle=0.1)
    assert (failure["kind"], failure["type"]) == ("stalled", "Stalled")


def test_code_that_does_not_read_info_at_all_is_not_stalled(worker):
    assert worker.result("import anyio\nawait anyio.sleep(0.2)\nreturn 1", idle=0.05) == 1


SCALE = """
await _self.watch(source, fetch=True)
async for msg in _info:
    if isinstance(msg, _cls.ChangeMsg) and hasattr(msg, "value"):
        await _client.set(destination, value=_digits(msg.value * factor + offset), idem=False)
"""

SWITCH = """
state = None
await _self.watch(source)
async for msg in _info:
    if not isinstance(msg, _cls.ChangeMsg) or "value" not in msg.msg:
        continue
    res = await _client.get(destination)
    state = res.value if "value" in res else None
    new = True if msg.value >= high else False if msg.value <= low else state
    if new is not None and new != state:
        await _client.set(destination, value=new)
"""

SLOTS = """
total, timer = 0, None
await _self.watch(source, fetch=False)
async for msg in _info:
    if isinstance(msg, _cls.TimerMsg):
        await _client.set(destination, value=total)
        total = 0
    elif isinstance(msg, _cls.ChangeMsg):
        total += msg.value
        if timer is None:
            timer = await _self.timer(0)
        if total == msg.value:
            await timer.run(slot)
"""


def test_field_example_scale(worker, tree):
    worker.start(SCALE, globals={"source": P("test.in"), "destination": P("test.out"), "factor": 1.8, "offset": 32})
    for celsius, fahrenheit in ((20, 68.0), (-40, -40.0), (36.6, 97.88)):
        tree.set("test.in", celsius)
        tree.wait_for("test.out", fahrenheit)


def test_field_example_switch_with_hysteresis(worker, tree):
    worker.start(SWITCH, globals={"source": P("test.in"), "destination": P("test.out"), "low": 18, "high": 22})
    for value, state in ((25, True), (20, True), (15, False), (20, False), (22, True)):
        tree.set("test.in", value)
        tree.wait_for("test.out", state)


def test_field_example_time_slots(worker, tree):
    run = worker.start(SLOTS, globals={"source": P("test.in"), "destination": P("test.out"), "slot": 0.2})
    worker.expect("started", run=run)
    while not tree.get("test.out"):
        tree.set("test.in", 1)
    assert tree.get("test.out") >= 1
