"""What runs print and log, as a runner sees it; no server is needed here."""

import os

import pytest
from fake_runner import FakeRunner
from helpers import every_mode


@pytest.fixture(scope="module")
def runner():
    with FakeRunner(config={"logging": {"loggers": {"chatty": {"level": "DEBUG"}}}}) as runner:
        yield runner
    assert runner.stderr == []


@pytest.fixture
def worker(runner):
    worker = runner.fork()
    yield worker
    runner.kill(worker)


@every_mode
def test_logs_printed_lines_and_other_loggers_belong_to_their_run(worker, mode):
    source = (
        "import logging\n"
        "_log.warning('one %s', 1)\n"
        "print('two', 2)\nprint('three', end='')\nprint(' 3')\n"
        "logging.getLogger('other.library').error('four')\n"
        "logging.getLogger('chatty').debug('five')\n"
        "_log.debug('not asked for')\n"
        "print('six', end='')"
    )
    worker.outcome(worker.start(source, mode))
    logs = [(log["level"], log["text"], log["run"]) for log in worker.kept("log")]
    assert logs == [
        ("WARNING", "one 1", 1),
        ("INFO", "two 2", 1),
        ("INFO", "three 3", 1),
        ("ERROR", "four", 1),
        ("DEBUG", "five", 1),
        ("INFO", "six", 1),
    ]


def test_logs_of_runs_that_share_a_worker_are_kept_apart(worker):
    source = (
        "import anyio\nasync def talk():\n  for i in range(5):\n    print(name, i)\n    await anyio.sleep(0)\n"
        "await _self.spawn(talk)\nawait anyio.to_thread.run_sync(print, name)\nawait anyio.sleep(0.02)"
    )
    runs = [worker.start(source, globals={"name": name}) for name in ("a", "b", "c")]
    for run in runs:
        worker.outcome(run)
    for run, name in zip(runs, "abc", strict=True):
        texts = {log["text"] for log in worker.kept("log") if log["run"] == run}
        assert texts == {name, *(f"{name} {i}" for i in range(5))}


def test_a_logged_exception_has_its_trace(worker):
    worker.outcome(worker.start("try:\n    1 / 0\nexcept ZeroDivisionError:\n    _log.exception('oh')"))
    (log,) = worker.kept("log")
    assert log["level"] == "ERROR"
    assert log["text"].startswith("oh\nTraceback")
    assert 'File "distkv:forty.two", line 2' in log["text"]


def test_a_long_text_is_cut_and_says_so(worker):
    worker.outcome(worker.start("_log.info('x' * 100_000)\nprint('y' * 100_000)"))
    long, *printed = [log["text"] for log in worker.kept("log")]
    assert long.endswith("… (67232 characters more)")
    assert "".join(printed).startswith("y" * 32768)


def test_a_runner_that_does_not_read_loses_the_oldest_logs_and_hears_how_many(worker, tmp_path):
    runs, lines = 20, 850  # none of them logs more than it may
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    source = f"for i in range({lines}):\n    print('line', i)\nif pipe: open(pipe, 'w').close()\nreturn 'done'"
    started = [worker.start(source, globals={"pipe": ""}) for _ in range(runs - 1)]
    started.append(worker.start(source, globals={"pipe": str(pipe)}))
    pipe.read_text()  # by its end everything is printed, and the socket is full
    assert [worker.outcome(run)["result"] for run in started] == ["done"] * runs
    logs = worker.kept("log")
    for run in started:
        dropped = sum(log.get("dropped", 0) for log in logs if log["run"] == run)
        texts = [log["text"] for log in logs if log["run"] == run and "dropped" not in log]
        assert len(texts) + dropped == lines
        numbers = [int(text.split()[1]) for text in texts]
        assert numbers == sorted(numbers)
    assert sum(log.get("dropped", 0) for log in logs) > 0
    assert [log["text"] for log in logs if log["run"] == started[-1]][-1] == f"line {lines - 1}"


@every_mode
def test_a_flood_is_limited_and_its_log_says_so(worker, mode):
    lines = 50_000
    run = worker.start(f"for i in range({lines}):\n    print('line', i)\nreturn 'done'", mode)
    assert worker.outcome(run)["result"] == "done"
    logs = worker.kept("log")
    notices = [log for log in logs if log["level"] == "WARNING"]
    texts = [log["text"] for log in logs if log["level"] == "INFO"]
    assert len(texts) < 10_000
    if mode != "async":  # where nothing is sent before the code waits for something, so that the oldest may go
        assert texts[:900] == [f"line {i}" for i in range(900)]
        assert "more than 200 records or 128 Ki characters a second" in notices[0]["text"]
    assert "were left out" in notices[-1]["text"]
    assert len(texts) + sum(log.get("dropped", 0) for log in notices) == lines


def test_a_flood_of_few_but_long_records_is_limited_too(worker):
    worker.outcome(worker.start("for i in range(100):\n    print('x' * 30_000)"))
    logs = worker.kept("log")
    passed = sum(len(log["text"]) for log in logs if log["level"] == "INFO")
    assert 900_000 < passed < 2_000_000
    assert "left out" in logs[-1]["text"]


def test_what_belongs_to_no_run_goes_to_standard_error(worker):
    with FakeRunner() as other:
        lone = other.fork()
        lone.result("import sys, os; sys.stderr.write('to stderr\\n'); os.write(1, b'to stdout\\n')")
    assert other.stderr == ["to stderr\n", "to stdout\n"]
