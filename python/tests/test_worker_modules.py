"""What a worker says of the stored modules that it has loaded."""

import pytest
from fake_runner import FakeRunner

from distkv.util import P


@pytest.fixture
def worker():
    with FakeRunner() as runner:
        yield runner.fork()


def stored(worker, version, source):
    worker.send(op="modules", modules=[[P("stored_units"), version, source, None, []]])


def test_a_worker_with_an_older_module_than_is_stored_begins_no_run(worker):
    stored(worker, 1, "VERSION = 1")
    assert worker.result("import stored_units\nreturn stored_units.VERSION") == 1

    stored(worker, 2, "VERSION = 2")
    run = worker.start("return 0")  # its runner does not know yet that the worker is stale

    assert worker.expect("refused", "started", run=run)["op"] == "refused"
    assert worker.expect("stale")
    assert worker.arrived("done") == []


def test_a_worker_that_has_not_loaded_a_module_loads_the_one_that_is_stored(worker):
    stored(worker, 1, "VERSION = 1")
    assert worker.result("return 0") == 0
    stored(worker, 2, "VERSION = 2")
    assert worker.result("import stored_units\nreturn stored_units.VERSION") == 2
    assert worker.arrived("stale") == []


HIGH = "import sys\nsys.modules['stored_low'].LOADED.append('high')"


def several(worker, **modules):
    """Store modules of these names: each a source, and the names of what it requires."""
    told = [[P(name), 1, source, None, [P(one) for one in requires]] for name, (source, *requires) in modules.items()]
    worker.send(op="modules", modules=told)


def imported(worker, run):
    """What a run has told of the modules, by name: version and what is wrong."""
    told = [one for one in worker.kept("imported") if one["run"] == run]
    return {str(one["path"]): (one["version"], one.get("message")) for one in told}


def test_what_a_module_requires_is_loaded_before_it_and_told(worker):
    several(worker, stored_low=("LOADED = ['low']",), stored_high=(HIGH, "stored_low"))
    run = worker.start("import stored_high, sys\nreturn sys.modules['stored_low'].LOADED")
    assert worker.expect("done", run=run)["result"] == ("low", "high")
    assert imported(worker, run) == {"stored_low": (1, None), "stored_high": (1, None)}
    again = worker.start("import stored_high")  # it is loaded already, but who uses it uses the other too
    worker.expect("done", run=again)
    assert set(imported(worker, again)) == {"stored_low", "stored_high"}


def test_a_cycle_is_an_error_of_all_modules_in_it(worker):
    several(worker, stored_a=("import stored_b",), stored_b=("x = 1", "stored_a"))
    run = worker.start("import stored_a")
    chain = "stored_a → stored_b → stored_a is a cycle"
    assert chain in worker.expect("failed", run=run)["message"]
    told = imported(worker, run)
    assert {name: version for name, (version, _) in told.items()} == {"stored_a": 1, "stored_b": 1}
    assert all(chain in wrong for _, wrong in told.values())


def test_a_module_that_is_missing_is_told_so_that_the_run_starts_again_when_it_comes(worker):
    several(worker, stored_a=("x = 1", "stored_none"))
    run = worker.start("import stored_a")
    assert "stored_a → stored_none" in worker.expect("failed", run=run)["message"]
    told = imported(worker, run)
    assert told["stored_none"] == (0, None)
    assert told["stored_a"][0] == 1
