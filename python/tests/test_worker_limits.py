"""Workers that use more than they may, and code that does harm: it ends, and its neighbours do not notice."""

import os
import time
from pathlib import Path as File

import pytest
from fake_runner import PATIENCE, FakeRunner

ROUNDS = 20 if os.environ.get("DISTKV_TEST_LONG") else 1
"""How often each bomb goes off."""

MOST = 60
"""So many processes a bomb here makes, should nobody stop it."""

TOO_MUCH = {
    "memory": "held = []\nwhile len(held) < 400: held.append(bytearray(1 << 20)); __import__('time').sleep(0.001)",
    "cpu": "while True: pass",
    "files": "held = [open('/dev/null') for _ in range(200)]\n__import__('time').sleep(1000)",
    "processes": f"import os, time\nfor _ in range({MOST}):\n    if os.fork() == 0: break\ntime.sleep(1000)",
    "time": "__import__('time').sleep(1000)",
}
LIMITS = {"memory": 100 << 20, "cpu": 0.3, "files": 100, "processes": 5, "time": 0.3}

BOMBS = {
    "print": "while True: print('x' * 200)",
    "log": "while True: _log.info('y' * 200)",
    "stderr": "import os\nwhile True: os.write(2, b'z' * 65536)",
    "forks": (
        "import os, time\nfor _ in range(6): os.fork()\nif os.getpgid(0) != os.getpid(): os.setsid()\ntime.sleep(1000)"
    ),
    "memory": "held = []\nwhile True: held.append(b'x' * (1 << 24))",
    "deaf": "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(0.01)",
    "daemons": (
        "import os, time\nfor _ in range(5):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        if os.fork(): os._exit(0)\n        time.sleep(1000)\n    os.wait()\nreturn 1"
    ),
    "loop": "while True: pass",
    "C": "sum(range(10**15))",
}

TIMER = f"""
import anyio
latest = 0
for _ in range({20 if ROUNDS > 1 else 10}):
    start = anyio.current_time()
    await anyio.sleep(0.05)
    latest = max(latest, anyio.current_time() - start - 0.05)
return latest
"""


@pytest.fixture(scope="module", params=[True, False], ids=["groups", "looks"])
def runner(request):
    """With control groups, where this machine has them, and without."""
    with FakeRunner(groups=request.param) as runner:
        if request.param and runner.greeting["warning"]:
            pytest.skip(runner.greeting["warning"])
        yield runner


def below(pid):
    """All processes below this one."""
    found = [pid]
    for one in found:
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                found += map(int, File(f"/proc/{one}/task/{task}/children").read_text().split())
        except OSError:
            pass
    return set(found[1:])


def only_the_workers_are_left(runner, workers):
    deadline = time.monotonic() + PATIENCE
    while below(runner.process.pid) - {worker.pid for worker in workers} and time.monotonic() < deadline:
        time.sleep(0.005)
    return below(runner.process.pid) == {worker.pid for worker in workers}


@pytest.mark.parametrize("name", LIMITS)
def test_a_worker_that_exceeds_a_limit_is_killed_for_it(runner, name):
    worker = runner.fork()
    runner.parent.send(op="limit", worker=worker.number, **{name: LIMITS[name]})
    worker.start(TOO_MUCH[name], "sync", limits={name: LIMITS[name]})
    assert runner.exited(worker)["limit"] == name or worker.outcome()["limit"] == name
    assert only_the_workers_are_left(runner, [])


def test_a_worker_that_keeps_to_its_limits_goes_on(runner):
    worker = runner.fork()
    runner.parent.send(op="limit", worker=worker.number, memory=200 << 20, cpu=20, files=100, processes=5, time=20)
    source = "import subprocess\nreturn subprocess.check_output(['sh', '-c', 'sleep 0.2; echo 1'])"
    assert worker.result(source, "sync") == b"1\n"
    runner.kill(worker)


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_harms_nobody_and_leaves_nothing(runner, bomb):
    latest = 0
    for _ in range(ROUNDS):
        neighbour, worker = runner.fork(), runner.fork()
        runner.parent.send(op="limit", worker=worker.number, memory=200 << 20, processes=MOST // 2, time=0.5)
        timer = neighbour.start(TIMER)
        worker.start(BOMBS[bomb], "sync")
        latest = max(latest, neighbour.outcome(timer)["result"])
        runner.kill(worker)
        assert latest < 2
        assert only_the_workers_are_left(runner, [neighbour])
        runner.kill(neighbour)
        runner.stderr.clear()
    print(f"{bomb}: {ROUNDS} rounds, a neighbour's timer was at most {latest:.3f} s late")
