"""Workers of another user than their parent, and which mechanisms limit them."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress

import pytest
from fake_runner import FakeRunner, Peer

from distkv.worker.parent.limit_backend import LimitBackend, Unsupported, choose

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start processes of another user")


def test_control_groups_and_rlimits_are_used_where_they_can_be():
    assert choose(None, None, is_root=False) == LimitBackend(cgroups=True, rlimits=False)
    assert choose(None, "bob", is_root=True) == LimitBackend(cgroups=True, rlimits=True)
    assert choose("read-only", "bob", is_root=True) == LimitBackend(cgroups=False, rlimits=True)


@pytest.mark.parametrize("is_root", [False, True])
def test_with_neither_a_warning_says_what_to_do_next(is_root):
    backend = choose("read-only", None, is_root=is_root)
    assert (backend.cgroups, backend.rlimits) == (False, False)
    assert backend.warning.startswith("limits are checked every 50 ms only")
    assert "(read-only)" in backend.warning
    assert "--worker-user USER" in backend.warning


def test_memory_for_those_without_limits_takes_control_groups():
    assert choose(None, None, is_root=False, memory=1 << 30).cgroups
    with pytest.raises(Unsupported, match=r"memory of jobs without limits: .*\(read-only\) \(expected: "):
        choose("read-only", "bob", is_root=True, memory=1 << 30)


def test_a_worker_user_needs_root_and_must_exist():
    with pytest.raises(Unsupported, match=r"worker user bob: only root .*\(expected: "):
        choose(None, "bob", is_root=False)
    with pytest.raises(Unsupported, match=r"worker user bob: no such user \(expected: "):
        choose(None, "bob", is_root=True, user_exists=False)


NEEDED = ("distkv", "anyio", "idna", "msgpack", "sniffio", "exceptiongroup", "typing_extensions")
PYTHONS = (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3")
NEW_ENOUGH = "import sys; sys.exit(sys.version_info < (3, 10))"


@pytest.fixture(scope="module")
def python():
    """A Python that everybody may run: the tests' own may be somewhere where only root can read."""
    for one in PYTHONS:
        with suppress(OSError):
            if subprocess.run([one, "-c", NEW_ENOUGH], user="nobody", cwd="/", check=False).returncode == 0:
                return one
    pytest.skip(f"none of {', '.join(PYTHONS)} can be run by everybody")


@pytest.fixture(scope="module")
def package():
    """What a worker needs, where everybody can read it."""
    with tempfile.TemporaryDirectory(prefix="distkv-test") as directory:
        os.chmod(directory, 0o755)
        for name in NEEDED:
            found = importlib.util.find_spec(name)
            if found is not None and found.submodule_search_locations:
                shutil.copytree(found.submodule_search_locations[0], f"{directory}/{name}")
            elif found is not None:
                shutil.copy(found.origin, directory)
        yield directory


@pytest.fixture(scope="module", params=[True, False], ids=["groups", "rlimits"])
def runner(request, python, package):
    with FakeRunner(user="nobody", groups=request.param, python=python, package=package) as runner:
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
