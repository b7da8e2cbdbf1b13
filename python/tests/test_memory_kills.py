"""To which worker a kill for lack of shared memory belongs: a counter, and real processes that have been killed."""

import os
import signal
import subprocess

import pytest

from distkv.worker.parent import linux
from distkv.worker.parent.child_process import ChildProcess
from distkv.worker.parent.memory_kills import SharedMemoryKills


class Workers:
    """Processes as a parent knows them, and a kernel that kills them."""

    def __init__(self):
        self.count = 0
        self.kills = SharedMemoryKills(lambda: self.count)
        self.processes = []

    def fork(self, *command, wrapped=False):
        process = subprocess.Popen(command or ["sleep", "1000"], start_new_session=True, stdout=subprocess.PIPE)
        self.processes.append(process)
        return ChildProcess(len(self.processes), process.pid, 0, wrapped)

    def run_out_of_memory(self, child):
        """As the kernel does it; the worker is not reaped yet."""
        self.count += 1
        os.kill(child.pid, signal.SIGKILL)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    def ended(self, child):
        _, status = os.waitpid(child.pid, 0)
        return self.kills.ended(child, child.exit_code(status))

    def close(self):
        for process in self.processes:
            linux.kill_quietly(-process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()


@pytest.fixture
def workers():
    workers = Workers()
    yield workers
    workers.close()


def test_a_worker_that_the_runner_wants_killed_when_it_is_dying_already_has_used_too_much_memory(workers):
    child = workers.fork()
    workers.run_out_of_memory(child)
    child.kill()  # the runner has seen the end of its connection
    assert workers.ended(child)


def test_a_worker_that_its_parent_has_killed_has_not_even_if_some_process_has_been_killed_for_that(workers):
    child = workers.fork()
    workers.count = 1
    child.kill()
    child.kill()
    assert not workers.ended(child)


def test_each_kill_is_of_one_worker(workers):
    first, second = workers.fork(), workers.fork()
    workers.run_out_of_memory(first)
    os.kill(second.pid, signal.SIGKILL)
    assert [workers.ended(first), workers.ended(second)] == [True, False]


def test_a_kill_that_was_of_no_worker_when_one_ended_is_of_none_that_ends_later(workers):
    living = workers.fork()
    workers.count = 1  # of something that a worker had started
    workers.kills.forget([living])
    os.kill(living.pid, signal.SIGKILL)
    assert not workers.ended(living)


def test_a_kill_is_not_forgotten_while_a_worker_is_dying(workers):
    living, dying = workers.fork(), workers.fork()
    workers.run_out_of_memory(dying)
    workers.kills.forget([living, dying])
    assert workers.ended(dying)


def test_a_kill_that_comes_while_one_worker_after_the_other_is_looked_at_is_not_forgotten(workers):
    first, last = workers.fork(), workers.fork()

    def look():
        yield last
        workers.run_out_of_memory(last)
        yield first

    looking = look()
    workers.kills.forget(looking)
    assert [*looking] == []
    assert workers.ended(last)


def test_a_worker_that_was_killed_for_a_limit_of_its_own_takes_no_other_kill(workers):
    child = workers.fork()
    workers.count = 1
    child.exceeded = "time"
    linux.kill_trees([child.pid])
    assert not workers.ended(child)


def test_a_worker_within_other_processes_is_dying_when_it_is_itself(workers):
    script = "sh -c 'sleep 1000 & echo $$ $!; wait; exit 137'; exit 137"
    child = workers.fork("sh", "-c", script, wrapped=True)
    around, own = map(int, workers.processes[0].stdout.readline().split())
    assert child.own_pid() == own
    assert not child.is_dying()
    os.kill(around, signal.SIGSTOP)  # so that it does not take notice yet
    workers.count = 1
    os.kill(own, signal.SIGKILL)
    workers.kills.forget([child])
    assert child.is_dying()
    os.kill(around, signal.SIGCONT)
    assert workers.ended(child)
