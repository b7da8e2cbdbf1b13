"""The page "Code in DistKV", sentence by sentence, as far as it is about code that a runner runs."""

import logging
import textwrap

import pytest

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

LOOP = """\
async for msg in _info:
    if isinstance(msg, _cls.ChangeMsg):
        print(type(msg).__name__, msg.path, getattr(msg, "value", "deleted"))
    elif isinstance(msg, _cls.TimerMsg):
        print(type(msg).__name__)
    else:
        print(type(msg).__name__, msg.msg)
    if getattr(msg, "value", None) == "end":
        return
"""


def lines(worker, run):
    """What the code printed up to its end."""
    outcome = worker.outcome(run)
    assert outcome["op"] == "done", outcome
    return [log["text"] for log in worker.kept("log")]


def wait_for(worker, *texts):
    for text in texts:
        worker.expect("log", text=text)


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
    assert set(worker.result(textwrap.dedent(source))) == {"in", "out"}
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
        result = place.result(textwrap.dedent(source), mode)
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
    source = PROCESSING + SHORT_SNIPPET.replace("async for", "import anyio\nawait anyio.sleep(0.3)\nasync for")
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


def test_distinct_classes_tell_messages_apart(worker, tree):
    tree.set("test.a", 1)
    tree.set("test.b", "end")
    source = (
        "class A(_cls.ChangeMsg): pass\nclass T(_cls.TimerMsg): pass\n"
        "await _self.timer(0.001, cls=T)\nawait _self.watch(_P('test.a'), cls=A)\n"
        "import anyio\nawait anyio.sleep(0.05)\nawait _self.watch(_P('test.b'))\n" + LOOP
    )
    printed = lines(worker, worker.start(source))
    assert {"T", "A test.a 1", "ChangeMsg test.b end"} <= set(printed)


def test_by_default_watch_retrieves_the_current_value(worker, tree):
    tree.set("test.a", "end")
    assert "ChangeMsg test.a end" in lines(worker, worker.start("await _self.watch(_P('test.a'))\n" + LOOP))


def test_fetch_false_does_not(worker, tree):
    tree.set("test.a", "old")
    run = worker.start("await _self.watch(_P('test.a'), fetch=False)\n" + LOOP)
    wait_for(worker, "ReadyMsg 1")
    tree.set("test.a", "end")
    assert lines(worker, run) == ["ReadyMsg 0", "ChangeMsg test.a end"]


def test_by_default_watch_only_retrieves_the_named_entry(worker, tree):
    tree.set("test.a.below", 1)
    tree.set("test.a", 2)
    run = worker.start("await _self.watch(_P('test.a'))\n" + LOOP)
    wait_for(worker, "ReadyMsg 1")
    tree.set("test.a.below", 3)
    tree.set("test.a", "end")
    assert lines(worker, run) == ["ReadyMsg 0", "ChangeMsg test.a 2", "ChangeMsg test.a end"]


def test_max_depth_minus_one_retrieves_all_sub_entries(worker, tree):
    for path in ("test.a", "test.a.b", "test.a.b.c.d"):
        tree.set(path, 1)
    run = worker.start("await _self.watch(_P('test.a'), max_depth=-1)\n" + LOOP)
    wait_for(worker, "ReadyMsg 1")
    tree.set("test.a.x.y", "end")
    assert lines(worker, run) == [
        "ReadyMsg 0",
        "ChangeMsg test.a 1",
        "ChangeMsg test.a.b 1",
        "ChangeMsg test.a.b.c.d 1",
        "ChangeMsg test.a.x.y end",
    ]


def test_min_depth_leaves_out_what_is_above(worker, tree):
    for path in ("test.a", "test.a.b", "test.a.b.c", "test.a.b.c.d"):
        tree.set(path, 1)
    run = worker.start("await _self.watch(_P('test.a'), min_depth=1, max_depth=2)\n" + LOOP)
    wait_for(worker, "ReadyMsg 1")
    tree.set("test.a", 2)
    tree.set("test.a.b.c.d", 2)
    tree.set("test.a.b", "end")
    assert lines(worker, run) == [
        "ReadyMsg 0",
        "ChangeMsg test.a.b 1",
        "ChangeMsg test.a.b.c 1",
        "ChangeMsg test.a.b end",
    ]


def test_a_deleted_entry_has_no_value(worker, tree):
    tree.set("test.a", 1)
    run = worker.start("await _self.watch(_P('test'), max_depth=-1)\n" + LOOP)
    wait_for(worker, "ChangeMsg test.a 1")
    tree.delete("test.a")
    tree.set("test.b", "end")
    assert "ChangeMsg test.a deleted" in lines(worker, run)


def test_a_ready_message_counts_the_watches(worker, tree):
    tree.set("test.a", 1)
    source = (
        "import anyio\n"
        "async with anyio.create_task_group() as tg:\n"
        "    tg.start_soon(_self.watch, _P('test.a'))\n"
        "    tg.start_soon(lambda: _self.watch(_P('test.b'), fetch=False))\n"
        "    tg.start_soon(lambda: _self.watch(_P('test.c'), max_depth=-1))\n"
        "async for msg in _info:\n"
        "    print(msg)\n"
        "    if isinstance(msg, _cls.ReadyMsg) and msg.msg == 3: return\n"
    )
    printed = lines(worker, worker.start(source))
    assert printed[0] == "<ReadyMsg:0>"
    assert printed[-1] == "<ReadyMsg:3>"
    assert printed.index("<ChangeMsg:test.a=1>") < printed.index("<ReadyMsg:3>")


def test_a_ready_message_comes_again_when_more_is_watched(worker):
    source = (
        "ready = []\nfor i in (1, 2):\n  await _self.watch(_P('test.a'))\n  while (await _info.get()).msg != i: pass"
    )
    worker.result(source)


def test_a_watch_without_fetch_is_ready_at_once(worker):
    assert worker.result(
        "await _self.watch(_P('test.a'), fetch=False)\nreturn [(await _info.get()).msg for _ in 'ab']"
    ) == (0, 1)


def test_what_watch_returns_can_be_cancelled(worker, tree):
    source = (
        "w = await _self.watch(_P('test.a'))\nassert await w.cancel() is True\nassert await w.cancel() is False\n"
        "await _self.watch(_P('test.b'))\n" + LOOP
    )
    run = worker.start(source)
    wait_for(worker, "ReadyMsg 1")
    tree.set("test.a", "never seen")
    tree.set("test.b", "end")
    assert not any("never" in line for line in lines(worker, run))


def test_what_timer_returns_can_be_cancelled_and_run_again(worker):
    source = """
        t = await _self.timer(0.01)
        assert await t.cancel() is True
        assert await t.cancel() is False
        assert (await _info.get()).msg == 0
        await t.run(0.01)
        msg = await _info.get()
        assert type(msg) is _cls.TimerMsg and msg.msg is t
        await t.run(0)
        await msg.msg.run(0.01)
        return (await _info.get()).msg is t
    """
    assert worker.result(textwrap.dedent(source)) is True


def test_what_spawn_returns_can_be_cancelled(worker):
    source = """
        import anyio
        async def task(word, *, times):
            try:
                print(word * times)
                await anyio.sleep_forever()
            finally:
                print("over")
        t = await _self.spawn(task, "ab", times=2)
        await anyio.sleep(0.01)
        print(await t.cancel())
        print(await t.cancel())
        t = await _self.spawn(anyio.sleep, 0)
        await anyio.sleep(0.01)
        print(bool(t.cancel()))
    """
    assert lines(worker, worker.start(textwrap.dedent(source))) == ["abab", "over", "True", "False", "False"]


def test_what_spawn_started_ends_with_the_code(worker):
    source = """
        import anyio
        async def task():
            try:
                await anyio.sleep_forever()
            finally:
                print("over")
        await _self.spawn(task)
        await anyio.sleep(0.01)
        return 1
    """
    assert lines(worker, worker.start(textwrap.dedent(source))) == ["over"]


def test_group_states_come_at_the_start_and_when_they_change(worker):
    run = worker.start(
        "async for msg in _info:\n  print(type(msg).__name__, msg.msg)\n  if isinstance(msg, _cls.BrokenState): return",
        state={"state": "detached", "count": 1, "nodes": 2},
    )
    for state, count in (("partial", 2), ("complete", 3), ("broken", 0)):
        worker.send(op="state", state=state, count=count, nodes=3)
    assert lines(worker, run) == [
        "ReadyMsg 0",
        "DetachedState {'count': 1, 'nodes': 2}",
        "PartialState {'count': 2, 'nodes': 3}",
        "CompleteState {'count': 3, 'nodes': 3}",
        "BrokenState {'count': 0, 'nodes': 3}",
    ]
