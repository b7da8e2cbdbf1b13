"""Code that blocks the event loop it shares is found, and what it was doing is told."""

import asyncio
import os
import signal
import subprocess
import threading
import time

import pytest
from fake_runner import FakeRunner, Peer

from distkv.util import P
from distkv.worker.parent.heartbeat import MISSED_BEATS, Heartbeat
from distkv.worker.runs.watchdog import Watchdog

BLOCK = 0.3


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


def accused(runner):
    """What the watchdog tells, through a connection of its own."""
    peer = Peer(runner.accept())
    try:
        return peer.expect("failed")
    finally:
        peer.sock.close()


@pytest.mark.parametrize("blocker", ["while True: pass", "__import__('time').sleep(1000)"])
def test_the_run_that_blocks_is_named_with_its_stack(runner, worker, blocker):
    worker.start("await __import__('anyio').sleep_forever()", block=BLOCK)
    guilty = worker.start(f"def wait():\n    {blocker}\nwait()", block=BLOCK)
    report = accused(runner)
    assert (report["run"], report["kind"], report["type"]) == (guilty, "blocked", "Blocked")
    assert "0.3 s" in report["message"]
    assert report["line"] == 2
    assert "in wait" in report["trace"]
    assert "distkv/worker" not in report["trace"]


def test_a_callback_that_blocks_is_named_by_its_code(runner, worker):
    worker.start("await __import__('anyio').sleep_forever()", block=BLOCK, code=P("other"))
    guilty = worker.start(
        "import asyncio, time\n"
        "asyncio.get_running_loop().call_soon(lambda: time.sleep(1000))\n"
        "await asyncio.sleep(1000)",
        block=BLOCK,
    )
    assert accused(runner)["run"] == guilty


def test_a_suspended_worker_is_not_accused(runner, worker):
    run = worker.start("await __import__('anyio').sleep_forever()", block=BLOCK)
    worker.expect("started")
    os.kill(worker.pid, signal.SIGSTOP)
    time.sleep(2 * BLOCK)
    os.kill(worker.pid, signal.SIGCONT)
    worker.send(op="cancel", run=run)
    assert worker.outcome(run)["kind"] == "cancelled"


def test_threads_may_take_their_time(worker):
    source = f"import time\nend = time.monotonic() + {3 * BLOCK}\nwhile time.monotonic() < end: pass\nreturn 1"
    assert worker.result(source, "thread", block=BLOCK) == 1


def test_code_outside_python_that_lets_no_thread_run_is_found_by_the_parent_and_named(runner):
    worker = runner.fork()
    worker.start("await __import__('anyio').sleep_forever()", block=BLOCK, code=P("other"))
    # One call of C, which keeps Python's lock.
    worker.start("def count():\n    sum(range(10**15))\ncount()", block=BLOCK, code=P("forty.two"))
    stuck = runner.exited(worker)["stuck"]
    _, current = stuck.split("Current thread", 1)
    assert 'File "distkv:forty.two", line 2 in count' in current
    assert "distkv:other" not in stuck


def test_a_heartbeat_that_stops_is_not_that_of_a_stopped_process():
    with subprocess.Popen(["sleep", "1000"]) as process:
        heartbeat = Heartbeat()
        heartbeat.beat()
        os.kill(process.pid, signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        assert [heartbeat.check(process.pid) for _ in range(3 * MISSED_BEATS)] == [None] * 3 * MISSED_BEATS
        os.kill(process.pid, signal.SIGCONT)
        os.waitpid(process.pid, os.WCONTINUED)
        assert [heartbeat.check(process.pid) for _ in range(MISSED_BEATS)] == [None] * MISSED_BEATS
        assert heartbeat.check(process.pid) == ""
        process.kill()
        heartbeat.close()


def test_a_worker_is_watched_before_its_watchdog_has_run(monkeypatch):
    monkeypatch.setattr(threading.Thread, "start", lambda _thread: None)
    heartbeat = Heartbeat()

    async def watch():
        Watchdog(None, BLOCK, lambda: (), heartbeat)

    asyncio.run(watch())
    found = [heartbeat.check(os.getpid()) for _ in range(MISSED_BEATS + 2)]
    assert found[:-1] == [None] * (MISSED_BEATS + 1)
    assert found[-1] is not None
