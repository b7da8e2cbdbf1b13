"""DISTKV_TRACE: one line on standard error for each station of a run."""

import re
from contextlib import suppress

import pytest
from fake_runner import FakeRunner
from helpers import code, every_mode

LINE = re.compile(
    r"(\d\d:\d\d:\d\d\.\d{6}) job :\.distkv\.run\.any\.default\.job ([a-z_ ]+): worker (\d+), run (\d+)\n"
)
CODE = ["launch received", "code loaded", "started"]


@pytest.fixture
def traced():
    """Do something with a worker under this setting; give its process id and the lines of its standard error."""

    def run(setting, work):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DISTKV_TRACE", setting)
            with FakeRunner() as runner:
                worker = runner.fork()
                work(worker)
                with suppress(BrokenPipeError):  # one with a sync run ends by itself
                    worker.send(op="stop")
                runner.exited(worker)
        return worker.pid, runner.stderr

    return run


def stations(pid, lines):
    """The stations of run 1, in order."""
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    assert {(int(one[3]), one[4]) for one in found} == {(pid, "1")}
    return [one[2] for one in found]


def test_each_station_of_an_async_run_is_a_line(traced):
    source = code(
        """
        async for msg in _info:
            await _self.setup_done()
            async for msg in _info:
                return 7
        """
    )

    def work(worker):
        run = worker.start(source)
        worker.expect("setup")
        worker.send(op="state", state="partial", count=1, nodes=2)
        assert worker.outcome(run)["result"] == 7

    all_stations = [*CODE, "first message", "setup_done sent", "result sent"]
    assert stations(*traced("1", work)) == all_stations


@every_mode
def test_a_failure_is_a_result_in_every_mode(traced, mode):
    assert stations(*traced("1", lambda worker: worker.failure("return 1 / 0", mode))) == [*CODE, "result sent"]


def test_code_that_does_not_compile_is_not_loaded(traced):
    expected = ["launch received", "result sent"]
    assert stations(*traced("1", lambda worker: worker.failure("return ("))) == expected


@pytest.mark.parametrize("setting", ["", "0"])
def test_without_it_nothing_is_traced(traced, setting):
    assert traced(setting, lambda worker: worker.result("return 1"))[1] == []
