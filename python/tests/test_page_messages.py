"""The page "Code in DistKV", sentence by sentence, as far as it is about messages and what brings them."""

from helpers import code, lines, wait_for

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


def test_distinct_classes_tell_messages_apart(worker, tree):
    tree.set("test.a", 1)
    tree.set("test.b", 2)
    source = """
        class A(_cls.ChangeMsg): pass
        class B(_cls.ChangeMsg): pass
        class T(_cls.TimerMsg): pass
        await _self.timer(0.001, cls=T)
        await _self.watch(_P("test.a"), cls=A)
        await _self.watch(_P("test.b"), cls=B)
        seen = {}
        while len(seen) < 3:
            msg = await _info.get()
            if not isinstance(msg, _cls.ReadyMsg):
                seen[type(msg).__name__] = getattr(msg, "value", None)
        return seen
    """
    assert worker.result(code(source)) == {"A": 1, "B": 2, "T": None}


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
    assert worker.result(code(source)) is True


def test_what_spawn_returns_can_be_cancelled(worker):
    source = """
        import anyio
        started, done = anyio.Event(), anyio.Event()
        async def task(word, *, times):
            try:
                print(word * times)
                started.set()
                await anyio.sleep_forever()
            finally:
                print("over")
        async def short():
            done.set()
        t = await _self.spawn(task, "ab", times=2)
        await started.wait()
        print(await t.cancel())
        print(await t.cancel())
        t = await _self.spawn(short)
        await done.wait()
        await anyio.wait_all_tasks_blocked()
        print(bool(t.cancel()))
    """
    assert lines(worker, worker.start(code(source))) == ["abab", "over", "True", "False", "False"]


def test_what_spawn_started_ends_with_the_code(worker):
    source = """
        import anyio
        started = anyio.Event()
        async def task():
            try:
                started.set()
                await anyio.sleep_forever()
            finally:
                print("over")
        await _self.spawn(task)
        await started.wait()
        return 1
    """
    assert lines(worker, worker.start(code(source))) == ["over"]


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
