"""Runs at a real server: what `_self` and the run's client do, beyond what the page says."""

import pytest
from helpers import code, printed

from distkv.util import P, Path


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


def test_the_text_of_an_error_may_stand_alone(worker):
    outcome = worker.failure("await _self.error('no answer', data={'host': 'a'})")
    (error,) = worker.kept("error")
    assert (error["path"], error["message"], error["data"]) == (None, "no answer", {"host": "a"})
    assert outcome["kind"] == "recorded"
    assert "expected: one message" in worker.failure("await _self.error('a', message='b')")["message"]


def test_a_timer_that_never_fires_is_warned_of(worker):
    worker.outcome(worker.start("import anyio\nt = await _self.timer(0)\nawait anyio.lowlevel.checkpoint()"))
    (log,) = worker.kept("log")
    assert log["level"] == "WARNING"
    assert log["text"].startswith("timer(0) does not fire unless its run() is called")


def test_a_timer_that_is_started_at_once_or_said_to_wait_is_not_warned_of(worker):
    source = """
        import anyio
        first = await _self.timer(0)
        await first.run(100)
        second = await _self.timer(None)
        await anyio.lowlevel.checkpoint()
        await anyio.sleep(0.01)
        return repr(second)
    """
    assert worker.result(code(source)) == "<Timer 0s, stopped>"
    assert worker.kept("log") == []


def test_a_path_may_be_text(worker, tree):
    source = """
        await _self.set("test.text", 21)
        await _self.watch("test.text")
        async for msg in _info:
            if isinstance(msg, _cls.ChangeMsg):
                return [await _self.get("test.text"), msg.value, (await _client.get("test.text")).value]
    """
    assert worker.result(code(source)) == (21, 21, 21)


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


@pytest.mark.parametrize("call", ["monitor", "send"])
def test_text_is_no_topic(worker, call):
    args = ", 1" if call == "send" else ""
    failure = worker.failure(f"await _self.{call}('a.b'{args})")
    assert failure["type"] == "TypeError"
    expected = "(expected: a list of its levels; _P('a.b') makes one)"
    assert failure["message"] == f"{call}: the topic is 'a.b', a str {expected}"


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
        started = anyio.Event()
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
                started.set()
                await anyio.sleep_forever()
            finally:
                print("task over")
        value = await _self.open_context(context())
        await _self.spawn(task)
        await started.wait()
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
