"""Runs of code in real workers, as a runner sees them; no server is needed here."""

import signal

import pytest
from fake_runner import FakeRunner
from helpers import every_mode

from distkv.util import P

WAIT = {
    "async": "await __import__('anyio').sleep_forever()",
    "sync": "__import__('time').sleep(1000)",
    "thread": "for _ in iter(int, 1): __import__('time').sleep(0.01)",
}


def forever(mode, then="pass"):
    """Code that says when it waits, and waits; then it does something else."""
    return f"try:\n    print('waiting')\n    {WAIT[mode]}\nfinally:\n    {then}"


def wait(worker, run):
    """Wait until that code waits."""
    worker.expect("log", run=run, text="waiting")


@pytest.fixture(scope="module")
def runner():
    with FakeRunner() as runner:
        yield runner
    assert runner.stderr == []


@pytest.fixture
def worker(runner):
    worker = runner.fork()
    yield worker
    runner.kill(worker)


@every_mode
def test_the_result_comes_back(worker, mode):
    value = {"a": [1, 2.5, None, True, "é", b"\x00"], "big": 2**70, "path": P("a:1")}
    result = worker.result("return value", mode, globals={"value": value})
    assert result == {**value, "a": tuple(value["a"])}


@every_mode
def test_started_comes_before_the_end(worker, mode):
    worker.start("pass", mode)
    assert worker.receive() == {"op": "started", "run": 1}
    assert worker.receive() == {"op": "done", "run": 1, "result": None}


@every_mode
def test_code_that_does_not_compile_names_procedure_and_line(worker, mode):
    failure = worker.failure("x = 1\nif x\n    pass", mode)
    assert (failure["kind"], failure["type"], failure["line"]) == ("compile", "CompileError", 2)
    assert "forty.two" in failure["message"]
    assert "line 2" in failure["message"]
    assert worker.kept("started") == []


@every_mode
def test_missing_required_variables_are_named(worker, mode):
    failure = worker.failure("return a", mode, vars=["a", "b", "c"], globals={"b": 1})
    assert failure["kind"] == "vars"
    assert failure["data"] == {"missing": ("a", "c")}
    assert worker.kept("started") == []


@every_mode
def test_an_error_comes_with_a_trace_that_starts_at_the_users_code(worker, mode):
    source = "def f(x):\n    return 1 / x\n\n\nf(0)"
    failure = worker.failure(source, mode)
    assert (failure["kind"], failure["type"], failure["message"]) == ("error", "ZeroDivisionError", "division by zero")
    assert failure["line"] == 2
    lines = failure["trace"].splitlines()
    assert lines[1].strip() == 'File "distkv:forty.two", line 5, in forty.two'
    assert lines[2].strip() == "f(0)"
    assert "worker" not in failure["trace"]


@every_mode
def test_a_result_that_cannot_be_stored_is_an_error_that_names_its_type(worker, mode):
    failure = worker.failure("return object()", mode)
    assert (failure["kind"], failure["type"]) == ("error", "TypeError")
    assert "object" in failure["message"]


@every_mode
def test_leaving_python_is_an_error_of_the_run_only(worker, mode):
    failure = worker.failure("import sys; sys.exit(3)", mode)
    assert (failure["kind"], failure["type"], failure["message"]) == ("error", "SystemExit", "3")
    if mode != "sync":
        assert worker.result("return 1", mode) == 1


@every_mode
def test_a_cancelled_run_runs_its_finally(worker, mode):
    run = worker.start(forever(mode, "_log.info('tidied up')"), mode)
    wait(worker, run)
    worker.send(op="cancel", run=run)
    outcome = worker.outcome(run)
    assert (outcome["op"], outcome["kind"]) == ("failed", "cancelled")
    assert [log["text"] for log in worker.kept("log")] == ["tidied up"]


def test_a_run_that_lost_its_claim_gets_lost_if_it_reads_its_messages(worker):
    source = "async for msg in _info:\n    print('waiting')"
    run = worker.start(source)
    wait(worker, run)
    worker.send(op="cancel", run=run, lost=True)
    outcome = worker.outcome(run)
    assert (outcome["kind"], outcome["type"], outcome["line"]) == ("lost", "Lost", 1)


@every_mode
def test_a_run_that_lost_its_claim_ends_whatever_it_does(worker, mode):
    run = worker.start(forever(mode), mode)
    wait(worker, run)
    worker.send(op="cancel", run=run, lost=True)
    assert worker.outcome(run)["kind"] == "lost"


@every_mode
def test_an_error_on_the_way_out_is_told_with_the_cancellation(worker, mode):
    run = worker.start(forever(mode, "raise OSError('cannot tidy up')"), mode)
    wait(worker, run)
    worker.send(op="cancel", run=run)
    outcome = worker.outcome(run)
    assert (outcome["kind"], outcome["type"], outcome["message"]) == ("cancelled", "OSError", "cannot tidy up")


@every_mode
def test_sigterm_cancels_the_runs_and_ends_the_worker(runner, worker, mode):
    run = worker.start(forever(mode), mode)
    wait(worker, run)
    runner.parent.send(op="kill", worker=worker.number, signal="TERM")
    assert worker.outcome(run)["kind"] == "cancelled"
    assert worker.at_end()


def test_a_sync_run_is_interrupted_in_a_system_call(worker):
    run = worker.start("import os\nr, w = os.pipe()\nprint('waiting')\nos.read(r, 1)", "sync")
    wait(worker, run)
    worker.send(op="cancel", run=run)
    assert worker.outcome(run)["kind"] == "cancelled"


def test_a_second_cancel_does_not_disturb_the_finally(runner, worker):
    source = (
        "import os, time\n"
        "try:\n    print('waiting')\n    time.sleep(1000)\n"
        "finally:\n    _log.info('begun')\n    time.sleep(0.2)\n    _log.info('finished')"
    )
    run = worker.start(source, "sync")
    wait(worker, run)
    worker.send(op="cancel", run=run)
    worker.expect("log", text="begun")
    worker.send(op="cancel", run=run)
    runner.parent.send(op="kill", worker=worker.number, signal="TERM")
    assert worker.expect("log", text="finished")
    assert worker.outcome(run)["kind"] == "cancelled"


def test_a_thread_run_that_swallows_everything_still_hears_of_it_once(worker):
    run = worker.start(
        f"try:\n  print('waiting')\n  {WAIT['thread']}\nexcept BaseException as e:\n  return str(e)",
        "thread",
    )
    wait(worker, run)
    worker.send(op="cancel", run=run)
    assert worker.outcome(run)["result"] == ""
    assert worker.result("return 1", "thread") == 1


def test_runs_that_have_ended_are_not_cancelled(worker):
    run = worker.start("return 1")
    worker.outcome(run)
    worker.send(op="cancel", run=run)
    worker.send(op="cancel", run=99)
    assert worker.result("return 2") == 2


def test_async_and_thread_runs_share_a_worker(worker):
    source = "import os; return os.getpid()"
    runs = [worker.start(source, mode) for mode in ("async", "thread") * 20]
    assert {worker.outcome(run)["result"] for run in runs} == {worker.pid}


def test_fifty_thread_runs_wait_at_the_same_time(worker):
    runs = [worker.start(forever("thread"), "thread") for _ in range(50)]
    for run in runs:
        worker.expect("started", run=run)
    for run in runs:
        worker.send(op="cancel", run=run)
    assert {worker.outcome(run)["kind"] for run in runs} == {"cancelled"}


def test_a_failing_run_leaves_its_neighbours_alone(worker):
    neighbour = worker.start(forever("async"))
    assert worker.failure("raise ValueError")["type"] == "ValueError"
    assert worker.failure("raise KeyboardInterrupt")["type"] == "KeyboardInterrupt"
    assert worker.result("return 1") == 1
    worker.send(op="cancel", run=neighbour)
    assert worker.outcome(neighbour)["kind"] == "cancelled"


def test_globals_of_one_run_are_not_those_of_another(worker):
    source = "global counter\ncounter = counter + 1\nreturn counter"
    results = [worker.result(source, globals={"counter": 0}) for _ in range(3)]
    assert results == [1, 1, 1]


def test_a_sync_run_is_the_only_one_of_its_worker(runner, worker):
    assert worker.result("import threading; return threading.current_thread() is threading.main_thread()", "sync")
    assert worker.at_end()
    assert runner.exited(worker)["status"] == 0


def test_a_sync_run_in_a_shared_worker_is_refused(worker):
    worker.result("pass")
    failure = worker.failure("pass", "sync")
    assert (failure["kind"], failure["type"]) == ("error", "ValueError")
    assert "sync" in failure["message"]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"mode": "quick"}, "mode: 'quick' (expected: one of async, thread, sync)"),
        ({"source": None}, "source: None (expected: str)"),
        ({"claim": 5}, "claim: 5 (expected: [path, tick])"),
        ({"job": "a.b"}, "job: 'a.b' (expected: Path)"),
    ],
)
def test_a_start_without_sense_is_refused_by_name(worker, keys, text):
    failure = worker.failure(**{"source": "pass", **keys})
    assert text in failure["message"]
    assert worker.result("return 1") == 1


def test_after_stop_a_worker_ends_with_its_last_run(runner, worker):
    first = worker.start(forever("async"))
    second = worker.start(forever("async"))
    worker.send(op="stop")
    worker.send(op="cancel", run=first)
    assert worker.outcome(first)
    assert worker.result("return 1") == 1
    worker.send(op="cancel", run=second)
    assert worker.outcome(second)
    assert worker.at_end()


def test_a_subtask_that_fails_fails_the_run_with_its_own_error(worker):
    source = f"async def f():\n    raise LookupError('lost it')\n\nawait _self.spawn(f)\n{WAIT['async']}"
    failure = worker.failure(source)
    assert (failure["kind"], failure["type"], failure["message"], failure["line"]) == (
        "error",
        "LookupError",
        "lost it",
        2,
    )
    assert failure["trace"].splitlines()[1].strip() == 'File "distkv:forty.two", line 2, in f'


@pytest.mark.parametrize("end", ["return", "raise ValueError", "_self.cancel(); await asyncio.sleep(0)"])
def test_tasks_that_code_starts_by_itself_end_with_it(worker, end):
    source = (
        "import asyncio\nbegun = asyncio.Event()\n"
        "async def stray():\n  try:\n    begun.set()\n    await asyncio.sleep(1000)\n  finally:\n    print('over')\n"
        f"asyncio.create_task(stray())\nawait begun.wait()\n{end}"
    )
    worker.outcome(worker.start(source))
    assert [log["text"] for log in worker.kept("log")] == ["over"]
    assert worker.result("import asyncio; return ['stray' in str(t) for t in asyncio.all_tasks()].count(True)") == 0


def test_several_errors_are_all_told(worker):
    source = (
        "import anyio\n"
        "async def f(e):\n    try:\n        await anyio.sleep_forever()\n    finally:\n        raise e\n"
        "async with anyio.create_task_group() as tg:\n"
        "    tg.start_soon(f, ValueError('one'))\n    tg.start_soon(f, KeyError('two'))\n"
        "    await anyio.sleep(0)\n    tg.cancel_scope.cancel()\n"
    )
    failure = worker.failure(source)
    assert failure["type"] == "ExceptionGroup"
    assert "ValueError: one" in failure["message"]
    assert "KeyError: 'two'" in failure["message"]


def test_a_subtask_that_leaves_python_ends_its_run_only(worker):
    failure = worker.failure(
        "import sys, anyio\nasync def f(): sys.exit(1)\nawait _self.spawn(f)\nawait anyio.sleep_forever()"
    )
    assert failure["message"] == "a subtask raised SystemExit: 1"
    assert worker.result("return 1") == 1


def test_the_trace_of_endless_recursion_is_cut(worker):
    failure = worker.failure("def f(x): return g(x)\ndef g(x): return f(x)\nf('x' * 1000)")
    assert failure["type"] == "RecursionError"
    assert len(failure["trace"]) < 40_000


def test_a_worker_that_is_told_to_stop_before_any_run_ends_well(runner, worker):
    worker.send(op="stop")
    assert worker.at_end()
    assert runner.exited(worker)["status"] == 0


def test_a_signal_kills_as_the_runner_is_told(runner, worker):
    worker.start("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    exited = runner.exited(worker)
    assert exited["signal"] == signal.SIGSEGV


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("return 'x' * 2**24", "bytes (expected: 16777216 at most)"),
        ("x = []\nfor _ in range(70): x = [x]\nreturn x", "nested deeper than 63"),
        ("x = []\nx.append(x)\nreturn x", "nested deeper than 63"),
        ("return '\\ud800'", "surrogates not allowed"),
    ],
)
def test_a_result_that_a_runner_would_not_read_is_an_error(worker, source, text):
    failure = worker.failure(source)
    assert (failure["kind"], failure["type"]) == ("error", "ValueError")
    assert text in failure["message"]
    assert worker.result("return 1") == 1


@every_mode
def test_no_text_is_too_strange_or_too_long_to_be_told(worker, mode):
    failure = worker.failure(
        "_log.error('\\ud800 log')\nprint('\\udcff print')\nraise ValueError('\\ud800' * 100_000)", mode
    )
    assert failure["type"] == "ValueError"
    assert failure["message"].startswith("\\ud800\\ud800")
    assert len(failure["message"]) < 250_000
    assert [log["text"] for log in worker.kept("log")] == ["\\ud800 log", "\\udcff print"]


def test_an_error_without_text_is_told(worker):
    source = "class Odd(Exception):\n  def __str__(self): raise ValueError\nraise Odd"
    failure = worker.failure(source)
    assert (failure["type"], failure["message"]) == ("Odd", "(no text: ValueError)")


def test_a_signal_just_before_a_system_call_is_not_lost(runner):
    for i in range(40):
        worker = runner.fork()
        run = worker.start(forever("sync"), "sync")
        wait(worker, run)
        if i % 2:
            worker.send(op="cancel", run=run)
        else:
            runner.parent.send(op="kill", worker=worker.number, signal="TERM")
        assert worker.outcome(run)["kind"] == "cancelled"
        runner.exited(worker)
