"""The page "Code in DistKV", sentence by sentence, as far as it is about code that a runner runs."""

import logging

import pytest
from helpers import STALL, code, wait_for

SHORT_SNIPPET = """\
await _self.watch(_P("some.special.path"))
await _self.watch(_P("some.other.path"))
await _self.timer(100)
async for msg in _info:
   if msg is None:
      return  # system was stalled
   elif isinstance(msg, _cls.TimerMsg):
      await process_timeout()
   elif isinstance(msg, _cls.ChangeMsg):
      await process_data(msg.msg)
"""

LONG_SNIPPET = '''\
import anyio
import distkv.runner
"""
Assume we want to process changes from these two subtrees
for 100 seconds
"""
async with _client.watch(_P("some.special.path")) as w1:
   async with _client.watch(P("some.other.path")) as w2:
      q_s,q_r = anyio.create_memory_object_stream()
      async def _watch(w):
         async for msg in w:
            await q_s.send(msg)
      async def _timeout(t):
         await anyio.sleep(t)
         await process_timeout()
      await _self.spawn(_watch, w1)
      await _self.spawn(_watch, w2)
      await _self.spawn(_timeout, 100)
      async for msg in q_r:
         await process_data(msg)
'''

PROCESSING = """\
from distkv.util import P
async def process_timeout(): print("timeout")
async def process_data(msg): print("data", msg.path, msg.get("value"))
"""


def test_code_is_wrapped_so_that_it_can_return_a_result(worker):
    assert worker.result("return 6 * 7") == 42
    assert worker.result("import anyio\nawait anyio.sleep(0)\nreturn 42") == 42


def test_multi_line_strings_stay_flush_left(worker):
    text = "one\n  two\nthree\n"
    assert worker.result(f'if True:\n    text = """{text}"""\nreturn text') == text


def test_required_variables_are_arguments_and_others_globals(worker):
    source = "a += 1\nreturn a, b"
    assert worker.result(source, vars=["a"], globals={"a": 1, "b": 2}) == (2, 2)
    assert worker.failure(source, vars=["a"], globals={"b": 2})["data"] == {"missing": ("a",)}


def test_client_is_the_distkv_client(worker, tree):
    tree.set("test.in", 20)
    source = """
        from distkv.client import Client
        assert isinstance(_client, Client)
        res = await _client.get(_P("test.in"))
        assert "value" in res and "value" not in await _client.get(_P("test.nothing"))
        await _client.set(_P("test.out"), value=res.value + 1, idem=False)
        return [str(r.path) async for r in _client.get_tree(_P("test"))]
    """
    assert set(worker.result(code(source))) == {"in", "out"}
    assert tree.get("test.out") == 21


def test_client_is_there_for_synchronous_code_too(worker, runner, tree):
    tree.set("test.in", 20)
    source = """
        res = _client.get(_P("test.in"))
        _client.set(_P("test.out"), value=res.value + 1)
        with _client.watch(_P("test"), fetch=True) as watch:
            first = sorted(str(next(watch).path) for _ in range(2))
        return first, sorted(str(r.path) for r in _client.get_tree(_P("test"))), _client.connected
    """
    for mode, place in (("thread", worker), ("sync", runner.fork())):
        result = place.result(code(source), mode)
        assert result == (("test.in", "test.out"), ("in", "out"), True)
        assert tree.get("test.out") == 21
    runner.exited(place)


def test_thread_code_may_go_through_anyio_from_thread(worker, tree):
    tree.set("test.in", 20)
    source = "import anyio.from_thread as t\nreturn t.run(_client.get, _P('test.in')).value"
    assert worker.result(source, "thread") == 20


def test_cfg_is_the_current_configuration(worker, shared_server):
    host, port, prefix, errors = worker.result(
        "return _cfg.connect.host, _cfg['connect'].port, _cfg.codes.prefix, str(_cfg.errors.prefix)"
    )
    assert (host, port) == ("127.0.0.1", shared_server.port)
    assert str(prefix) == ":.other.place"
    assert errors == ":.distkv.error"


def test_cls_has_the_message_classes(worker):
    names = worker.result("return [n for n in _cls if _cls[n] is getattr(_cls, n)]")
    assert set(names) == {
        "ActorState",
        "BrokenState",
        "ChangeMsg",
        "CompleteState",
        "DetachedState",
        "ErrorRecorded",
        "MQTTmsg",
        "NotGiven",
        "PartialState",
        "ReadyMsg",
        "RunnerMsg",
        "TimerMsg",
    }
    assert worker.result("import distkv.runner as r; return _cls.ChangeMsg is r.ChangeMsg")
    assert worker.result(
        "return issubclass(_cls.ChangeMsg, _cls.RunnerMsg), issubclass(_cls.BrokenState, _cls.RunnerMsg)"
    ) == (
        True,
        False,
    )


def test_digits_is_distkv_util_digits(worker):
    assert worker.result("import distkv.util; return _digits is distkv.util.digits, _digits(3.14159, 4)") == (
        True,
        3.142,
    )


def test_p_and_path_make_paths(worker):
    assert worker.result("return _P('a.b:3') == _Path('a', 'b', 3), _P('a.b:3')")[0]


def test_log_is_a_standard_logger(worker):
    assert worker.result("import logging; return isinstance(_log, logging.Logger), _log.name") == (
        True,
        "distkv.run.job",
    )
    worker.outcome(worker.start("_log.error('%s broke', 'it')"))
    assert [(log["level"], log["text"]) for log in worker.kept("log")] == [("ERROR", "it broke")]
    assert logging.getLevelName("ERROR") == logging.ERROR


@pytest.mark.parametrize("mode", ["sync", "thread"])
def test_info_and_self_are_for_async_code_only(runner, mode):
    worker = runner.fork()
    assert worker.result("return sorted(n for n in globals() if n[0] == '_' and n[1] != '_')", mode) == (
        "_P",
        "_Path",
        "_cfg",
        "_client",
        "_cls",
        "_digits",
        "_log",
        "_secrets",
    )
    runner.kill(worker)


def test_the_short_snippet_runs_unchanged(worker, tree):
    tree.set("some.special.path", 1)
    tree.delete("some.other.path")
    run = worker.start(PROCESSING + SHORT_SNIPPET)
    wait_for(worker, "data some.special.path 1")
    tree.set("some.other.path", "x")
    wait_for(worker, "data some.other.path x")
    tree.delete("some.special.path")
    wait_for(worker, "data some.special.path None")
    worker.send(op="cancel", run=run)
    assert worker.outcome(run)["kind"] == "cancelled"


def test_the_short_snippets_timer_fires(worker):
    run = worker.start(PROCESSING + SHORT_SNIPPET.replace("100", "0.05"))
    wait_for(worker, "timeout")
    worker.send(op="cancel", run=run)


def test_the_short_snippet_returns_when_the_system_was_stalled(worker, tree):
    tree.set("some.special.path", 1)
    source = PROCESSING + SHORT_SNIPPET.replace("async for", f"{STALL}async for")
    outcome = worker.outcome(worker.start(source, idle=0.1))
    assert (outcome["op"], outcome["kind"]) == ("failed", "stalled")


def test_the_long_snippet_runs_as_its_comments_say(worker, tree):
    run = worker.start(PROCESSING + LONG_SNIPPET)
    worker.expect("started")
    for i in range(1000):
        tree.set("some.special.path.below", i)
        tree.set("some.other.path", i)
        if any(log["text"] == f"data some.special.path.below {i}" for log in worker.arrived("log")):
            break
    wait_for(worker, f"data some.other.path {i}")
    worker.send(op="cancel", run=run)
    assert worker.outcome(run)["kind"] == "cancelled"


def test_the_long_snippets_timeout_fires(worker):
    run = worker.start(PROCESSING + LONG_SNIPPET.replace("100", "0.05"))
    wait_for(worker, "timeout")
    worker.send(op="cancel", run=run)
