"""The parent of workers, as a runner sees it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path as File

import pytest
from fake_runner import PATIENCE, FakeRunner, Peer

from distkv.worker.parent import linux


@pytest.fixture(scope="module")
def runner():
    with FakeRunner() as runner:
        yield runner
    assert runner.stderr == []


@pytest.fixture
def doomed():
    """A runner whose parent the test ends."""
    with FakeRunner() as runner:
        yield runner
    assert runner.stderr == []


def ended(pid):
    """Wait until no process of this id is there, or only its remains."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if File(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.005)
    return False


def test_the_parent_says_who_it_is(runner):
    version = ".".join(map(str, sys.version_info[:3]))
    warning = runner.greeting.pop("warning")
    assert runner.greeting == {"op": "parent", "pid": runner.process.pid, "python": version, "sandbox": "none"}
    assert warning is None or warning.startswith("limits are checked every 50 ms only")


def test_a_worker_is_forked_and_reaped(runner):
    worker = runner.fork()
    worker.send(op="stop")
    assert runner.exited(worker) == {
        "op": "exited",
        "worker": worker.number,
        "status": 0,
        "signal": None,
        "limit": None,
        "stuck": None,
        "overdue": False,
    }
    assert worker.at_end()


@pytest.mark.parametrize(("word", "number"), [("TERM", signal.SIGTERM), ("KILL", signal.SIGKILL)])
def test_a_worker_is_signalled(runner, word, number):
    worker = runner.fork()
    runner.parent.send(op="kill", worker=worker.number, signal=word)
    exited = runner.exited(worker)
    assert (exited["status"], exited["signal"]) == (None, number)


def test_killing_a_worker_kills_what_its_code_has_started(runner):
    worker = runner.fork()
    child = worker.result("import subprocess; return subprocess.Popen(['sleep', '1000']).pid")
    runner.kill(worker)
    assert ended(child)


def test_what_a_worker_has_started_does_not_outlive_it(runner):
    worker = runner.fork()
    child = worker.result("import subprocess; return subprocess.Popen(['sleep', '1000']).pid")
    worker.send(op="stop")
    runner.exited(worker)
    assert ended(child)


def test_a_worker_ends_at_its_deadline(runner):
    patient, hasty = runner.fork(), runner.fork()
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    runner.parent.send(op="deadline", worker=patient.number, at=now + 1000)
    runner.parent.send(op="deadline", worker=hasty.number, at=now + 0.05)
    exited = runner.exited(hasty)
    assert (exited["signal"], exited["overdue"]) == (signal.SIGKILL, True)
    assert patient.result("return 1") == 1
    runner.parent.send(op="deadline", worker=patient.number, at=now + 0.1)
    assert runner.exited(patient)["signal"] == signal.SIGKILL


def test_a_deadline_can_be_moved_and_lifted(runner):
    moved, lifted = runner.fork(), runner.fork()
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    for worker in (moved, lifted):
        runner.parent.send(op="deadline", worker=worker.number, at=now + 0.1)
    runner.parent.send(op="deadline", worker=moved.number, at=now + 1000)
    runner.parent.send(op="deadline", worker=lifted.number, at=None)
    time.sleep(0.2)
    assert (moved.result("return 1"), lifted.result("return 2")) == (1, 2)


def test_a_deadline_that_has_passed_before_it_was_read_does_not_count_if_it_was_moved_meanwhile(runner):
    worker = runner.fork()
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    os.kill(runner.process.pid, signal.SIGSTOP)
    try:
        runner.parent.send(op="deadline", worker=worker.number, at=now - 1)
        runner.parent.send(op="deadline", worker=worker.number, at=now + 1000)
    finally:
        os.kill(runner.process.pid, signal.SIGCONT)
    assert worker.result("return 1") == 1


def test_a_deadline_that_has_passed_kills_at_once(runner):
    worker = runner.fork()
    runner.parent.send(op="deadline", worker=worker.number, at=1.0)
    assert runner.exited(worker)["signal"] == signal.SIGKILL


def test_unknown_messages_and_workers_are_ignored(runner):
    runner.parent.send(op="dance", worker=1)
    runner.parent.send(worker=1)
    runner.parent.send(op="kill", worker=99, signal="KILL")
    runner.parent.send(op="fork", worker="one")
    runner.parent.sock.sendall(b"\x2a")
    assert runner.fork().result("return 1") == 1


def test_workers_and_their_children_end_with_the_runner():
    with FakeRunner() as runner:
        worker = runner.fork()
        escaped = worker.result(
            "import subprocess; return subprocess.Popen(['sleep', '1000'], start_new_session=True).pid"
        )
        pids = [worker.pid, runner.fork().pid, escaped]
    assert runner.process.returncode == 0
    assert all(map(ended, pids))


def test_workers_end_with_the_parent(doomed):
    pids = [doomed.fork().pid, doomed.fork().pid]
    doomed.process.kill()
    assert all(map(ended, pids))


def test_sigterm_ends_the_parent_and_its_workers(doomed):
    pid = doomed.fork().pid
    doomed.process.terminate()
    assert doomed.process.wait(PATIENCE) == 0
    assert ended(pid)


def test_ctrl_c_is_left_to_the_runner(runner):
    worker = runner.fork()
    runner.process.send_signal(signal.SIGINT)
    assert worker.result("return 1") == 1
    assert runner.fork().result("return 2") == 2


def test_a_worker_leads_its_own_process_group(runner):
    worker = runner.fork()
    assert os.getpgid(worker.pid) == worker.pid
    assert worker.result("import os; return os.getpgid(0) == os.getpid()")


def test_a_worker_inherits_no_open_files_of_the_parent(runner):
    worker = runner.fork()
    links = {fd: os.readlink(f"/proc/{worker.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{worker.pid}/fd")}
    assert links.pop("0") == os.devnull
    assert links.pop("1") == links.pop("2") == os.readlink(f"/proc/{runner.process.pid}/fd/2")
    # its own connection to the runner; its heartbeat, which Python holds twice
    assert sorted(link.partition(":")[0] for link in links.values()) == ["/memfd", "/memfd", "socket"], links


def test_a_worker_may_be_another_program(runner):
    runner.fork_program(901, "sh", "-c", "exit 7")
    assert runner.parent.expect("forked", worker=901)["pid"] > 0
    assert runner.parent.expect("exited", worker=901)["status"] == 7


def test_another_program_is_killed_with_what_it_has_started(runner):
    runner.fork_program(902, "sh", "-c", "sleep 60 & sleep 60")
    pid = runner.parent.expect("forked", worker=902)["pid"]
    runner.parent.send(op="kill", worker=902, signal="KILL")
    assert runner.parent.expect("exited", worker=902)["signal"] == signal.SIGKILL
    assert ended(pid)


def test_many_workers_at_once(runner):
    workers = [runner.fork() for _ in range(20)]
    runs = [worker.start("return _P('a.b')") for worker in workers]
    for worker, run in zip(workers, runs, strict=True):
        assert worker.outcome(run)["op"] == "done"
        worker.send(op="stop")
    assert {runner.exited(worker)["status"] for worker in workers} == {0}


def test_without_a_runner_there_is_one_clear_line():
    command = [sys.executable, "-m", "distkv.worker"]
    environment = {**os.environ, "PYTHONPATH": str(File(__file__).parents[1])}
    done = subprocess.run([*command, "/nowhere/socket"], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "/nowhere/socket" in done.stderr
    assert subprocess.run(command, env=environment, capture_output=True).returncode == 2


def test_a_worker_whose_runner_vanishes_ends(runner):
    worker = runner.fork()
    worker.start("await __import__('anyio').sleep_forever()")
    worker.expect("started")
    worker.sock.close()
    assert runner.exited(worker)["status"] in (0, 1)


@pytest.fixture
def server(tmp_path):
    """A server's socket for witnesses."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "witness"))
        listener.listen()
        listener.settimeout(PATIENCE)
        yield listener


def vouch(runner, server, session):
    """Have the parent vouch for this session; return the connection that it makes."""
    runner.parent.send(op="vouch", socket=server.getsockname(), session=session, secret="xyz")
    return Peer(server.accept()[0])


def is_silent(peer):
    """Whether it neither says anything nor ends."""
    peer.sock.settimeout(0)
    try:
        peer.sock.recv(1)
    except BlockingIOError:
        return True
    finally:
        peer.sock.settimeout(PATIENCE)
    return False


def test_the_witness_ends_when_the_parent_and_all_workers_are_dead(doomed, server):
    witness = vouch(doomed, server, 7)
    assert witness.receive() == {"session": 7, "secret": "xyz"}
    worker = doomed.fork()
    doomed.fork_program(99, "sleep", "1000")
    other = doomed.parent.expect("forked", worker=99)["pid"]
    os.kill(worker.pid, signal.SIGSTOP)
    doomed.parent.sock.close()
    assert witness.at_end()
    assert ended(worker.pid)
    assert ended(other)


def test_a_session_is_not_named_while_workers_live_that_do_not_witness(doomed, server):
    old = doomed.fork()
    witness = vouch(doomed, server, 7)
    new = doomed.fork()
    assert new.result("return 1") == 1
    assert is_silent(witness)
    doomed.kill(old)
    assert witness.receive() == {"session": 7, "secret": "xyz"}


def test_the_witness_for_the_session_before_stays_until_its_successor_is_named(doomed, server):
    first = vouch(doomed, server, 7)
    assert first.receive()["session"] == 7
    old = doomed.fork()
    second = vouch(doomed, server, 8)
    assert doomed.fork().result("return 1") == 1
    assert is_silent(first)
    doomed.kill(old)
    assert second.receive()["session"] == 8


def test_where_nobody_listens_the_parent_does_without(runner, tmp_path):
    for where in (str(tmp_path / "nothing"), "x" * 200, str(tmp_path)):
        runner.parent.send(op="vouch", socket=where, session=7, secret="xyz")
    assert runner.fork().result("return 1") == 1


def test_a_process_is_dying_from_its_kill_until_it_is_reaped():
    with subprocess.Popen(["sleep", "1000"]) as process:
        assert not linux.is_dying(process.pid)
        os.kill(process.pid, signal.SIGSTOP)
        assert not linux.is_dying(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        assert linux.is_dying(process.pid)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert linux.is_dying(process.pid)
    assert linux.is_dying(process.pid)
