"""What a worker says of the stored modules that it has loaded."""

import pytest
from fake_runner import FakeRunner

from distkv.util import P


@pytest.fixture
def worker():
    with FakeRunner() as runner:
        yield runner.fork()


def stored(worker, version, source):
    worker.send(op="modules", modules=[[P("stored_units"), version, source, None]])


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
