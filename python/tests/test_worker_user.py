"""Workers of another user than their parent, and which means of limiting them are used."""

import os
import pwd

import pytest
from fake_runner import FakeRunner, Peer

from distkv.worker.means import Impossible, Means, choose
from distkv.worker.user import WorkerUser

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start processes of another user")


def test_control_groups_and_rlimits_are_used_where_they_can_be():
    assert choose(None, None, is_root=False) == Means(groups=True, rlimits=False)
    assert choose(None, "bob", is_root=True) == Means(groups=True, rlimits=True)
    assert choose("read-only", "bob", is_root=True) == Means(groups=False, rlimits=True)


@pytest.mark.parametrize("is_root", [False, True])
def test_with_neither_a_warning_says_what_to_do_next(is_root):
    means = choose("read-only", None, is_root=is_root)
    assert (means.groups, means.rlimits) == (False, False)
    assert means.warning.startswith("limits are checked every 50 ms only")
    assert "(read-only)" in means.warning
    assert "--worker-user USER" in means.warning


def test_memory_for_those_without_limits_takes_control_groups():
    assert choose(None, None, is_root=False, memory=1 << 30).groups
    with pytest.raises(Impossible, match=r"memory of jobs without limits: .*\(read-only\) \(expected: "):
        choose("read-only", "bob", is_root=True, memory=1 << 30)


def test_a_worker_user_needs_root_and_must_exist():
    with pytest.raises(Impossible, match=r"worker user bob: only root .*\(expected: "):
        choose(None, "bob", is_root=False)
    with pytest.raises(Impossible, match=r"worker user bob: no such user \(expected: "):
        choose(None, "bob", is_root=True, user_exists=False)


@pytest.fixture(scope="module", params=[True, False], ids=["groups", "rlimits"])
def runner(request):
    try:
        WorkerUser("nobody").check()
    except Impossible as exc:
        pytest.skip(str(exc))
    with FakeRunner(user="nobody", groups=request.param) as runner:
        yield runner
    assert runner.stderr == []


@as_root
@pytest.mark.parametrize("mode", ["async", "sync", "thread"])
def test_code_runs_as_the_worker_user_for_good_and_cannot_touch_the_parent(runner, mode):
    worker = runner.fork()
    source = """
import os
done = []
for what in (lambda: os.kill(os.getppid(), 9), lambda: os.setuid(0), lambda: os.listdir(os.environ['dir'])):
    try:
        what()
        done.append(what)
    except PermissionError:
        pass
return [os.getresuid(), os.getresgid(), os.getgroups(), os.environ['HOME'], done]
"""
    source = source.replace("os.environ['dir']", repr(os.path.dirname(runner.path)))
    entry = pwd.getpwnam("nobody")
    uids, gids, groups, home, done = worker.result(source, mode)
    assert (set(uids), set(gids), set(groups)) == ({entry.pw_uid}, {entry.pw_gid}, {entry.pw_gid})
    assert (home, list(done)) == (entry.pw_dir, [])
    runner.kill(worker)


@as_root
def test_a_worker_of_another_user_dies_with_the_parent_and_is_found_when_it_blocks(runner):
    worker = runner.fork()
    source = "import ctypes\nn = ctypes.c_int()\nctypes.CDLL(None).prctl(2, ctypes.byref(n))\nreturn n.value"
    assert worker.result(source) == 9  # the signal that it gets when its parent ends
    run = worker.start("while True: pass", block=0.3)
    accuser = Peer(runner.accept())
    assert accuser.expect("failed")["run"] == run
    accuser.sock.close()
    runner.kill(worker)


@as_root
@pytest.mark.parametrize(
    ("name", "limit", "source"),
    [
        ("files", 40, "held = [open('/dev/null') for _ in range(200)]"),
        ("memory", 64 << 20, "held = b'x' * (1 << 30)"),
        ("processes", 3, "import os, time\nfor _ in range(50):\n    if os.fork() == 0: time.sleep(1000)"),
    ],
)
def test_the_kernel_holds_workers_of_another_user_to_their_limits(runner, name, limit, source):
    worker = runner.fork()
    runner.parent.send(op="limit", worker=worker.number, **{name: limit})
    worker.start(source, "sync", limits={name: limit})
    assert runner.exited(worker)["limit"] == name or worker.outcome()["limit"] == name
