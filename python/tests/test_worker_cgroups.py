"""Control groups: of version 1 with the kernel where it has them, of version 2 with a tree of plain files."""

import os
import shutil
import signal
import subprocess
import time
from fnmatch import fnmatch
from pathlib import Path

import pytest
from fake_cgroups import FakeFiles
from fake_runner import PATIENCE, FakeRunner

from distkv.worker.parent.cgroups import HOST_GROUP, CgroupsUnavailable, OwnCgroups, WorkerCgroups
from distkv.worker.parent.limits import Limits

NOTHING = 999_999_999
"""No process has this id."""

MEMORY = Limits.read({"memory": 64 << 20, "processes": 5})

DEBIAN = """\
24 30 0:22 / /proc rw,nosuid - proc proc rw
30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
"""
OLD = """\
34 31 0:31 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 /docker/ab /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""


def test_the_own_group_of_version_2_is_found():
    own = OwnCgroups.read(DEBIAN, "0::/system.slice/distkv-runner.service\n")
    assert own == OwnCgroups({}, Path("/sys/fs/cgroup/system.slice/distkv-runner.service"))


def test_the_own_groups_of_version_1_are_found_also_in_a_container():
    groups = "9:name=systemd:/\n8:pids:/user\n4:memory:/docker/ab/x\n2:cpu,cpuacct:/\n0::/\n"
    own = OwnCgroups.read(OLD, groups)
    top = Path("/sys/fs/cgroup")
    assert own.v1 == {"memory": top / "memory/x", "pids": top / "pids/user", "cpuacct": top / "cpu,cpuacct"}


def test_a_group_that_only_another_namespace_sees_is_the_root_of_what_is_mounted():
    assert OwnCgroups.read(OLD, "4:memory:/elsewhere\n").v1 == {"memory": Path("/sys/fs/cgroup/memory")}


@pytest.fixture
def home(tmp_path):
    return tmp_path / "distkv-runner.service"


def v2(files):
    return WorkerCgroups(files, OwnCgroups({}, files.root))


def test_what_is_in_a_delegated_group_moves_down_so_that_controllers_can_be_passed_on(home):
    files = FakeFiles(home)
    (home / "cgroup.procs").write_text("17\n18\n")
    groups = v2(files)
    assert files.pids(home) == []
    assert files.pids(home / HOST_GROUP) == [17, 18]
    assert (home / "cgroup.subtree_control").read_text().split() == ["memory", "pids"]
    # Another parent of workers of the same service finds itself below.
    second = WorkerCgroups(files, OwnCgroups({}, home / HOST_GROUP))
    assert len(list(home.glob("distkv-*-*"))) == 2
    for one in (groups, second):
        one.close()
    assert list(home.glob("distkv-*-*")) == []


@pytest.mark.parametrize(
    ("keys", "why"),
    [({"delegated": False}, "is not delegated"), ({"controllers": "cpu pids"}, "has no controller memory")],
)
def test_a_group_that_cannot_be_used_is_left_as_it_is(home, keys, why):
    files = FakeFiles(home, **keys)
    (home / "cgroup.procs").write_text("17\n")
    with pytest.raises(CgroupsUnavailable, match=why):
        v2(files)
    assert files.pids(home) == [17]


def test_without_controllers_there_are_no_groups():
    with pytest.raises(CgroupsUnavailable, match="not mounted"):
        WorkerCgroups(FakeFiles, OwnCgroups({}, None))


def test_a_worker_in_version_2_is_held_to_its_limits_as_a_whole(home):
    files = FakeFiles(home)
    cgroup = v2(files).cgroup(7, MEMORY, own_threads=4)
    (group,) = home.glob("distkv-*-*/worker-7")
    said = {name: (group / name).read_text() for name in ("memory.max", "memory.oom.group", "memory.swap.max")}
    assert said == {"memory.max": str(64 << 20), "memory.oom.group": "1", "memory.swap.max": "0"}
    assert (group / "pids.max").read_text() == "9"
    cgroup.add([NOTHING])
    assert files.pids(group) == [NOTHING]
    assert (cgroup.exceeded(), cgroup.cpu()) == (None, 0)
    (group / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1000000\n")
    (group / "pids.events").write_text("max 3\n")
    assert (cgroup.exceeded(), cgroup.cpu()) == ("processes", 1.5)
    (group / "memory.events").write_text("low 0\nmax 9\noom 1\noom_kill 2\noom_group_kill 1\n")
    assert cgroup.exceeded() == "memory"
    assert cgroup.remove()
    assert files.killed == [NOTHING]
    assert not group.exists()


def test_workers_without_limits_share_what_memory_there_is_for_them_and_only_one_ends_for_want_of_it(home):
    groups = WorkerCgroups(FakeFiles(home), OwnCgroups({}, home), 256 << 20)
    (group,) = home.glob("distkv-*-*/all")
    assert (group / "memory.max").read_text() == str(256 << 20)
    assert (group / "memory.oom.group").read_text() == "0"
    assert (group / "pids.max").read_text() == "max"
    for limits, most in (({"cpu": 1}, 256 << 20), ({"memory": 64 << 20}, 64 << 20), ({"memory": 1 << 30}, 1 << 30)):
        groups.cgroup(7, Limits.read(limits), own_threads=4)
        assert (group.parent / "worker-7/memory.max").read_text() == str(most)
    assert groups.shared_kills() == 0
    (group / "memory.events").write_text("max 9\noom 2\noom_kill 2\n")
    assert groups.shared_kills() == 2


def test_without_a_bound_on_memory_nobody_is_said_to_have_met_it(home):
    groups = v2(FakeFiles(home))
    (group,) = home.glob("distkv-*-*/all")
    assert (group / "memory.max").read_text() == "max"
    (group / "memory.events").write_text("oom_kill 1\n")  # the machine's memory was used up
    assert groups.shared_kills() == 0


def test_an_older_kernel_without_cgroup_kill_lets_nothing_new_start_and_kills_one_by_one(home):
    files = FakeFiles(home, kills=False)
    cgroup = v2(files).cgroup(7, MEMORY, own_threads=4)
    (group,) = home.glob("distkv-*-*/worker-7")
    with subprocess.Popen(["sleep", "1000"]) as process:
        cgroup.add([process.pid])
        assert not cgroup.remove()
        assert process.wait(PATIENCE) == -signal.SIGKILL
        assert (group / "pids.max").read_text() == "0"
    (group / "cgroup.procs").write_text("")
    assert cgroup.remove()


def test_what_a_dead_parent_has_left_is_removed_and_a_living_one_keeps_its_own(home):
    files = FakeFiles(home)
    living, dead = v2(files), v2(files)
    cgroup = dead.cgroup(1, MEMORY, own_threads=4)
    cgroup.add([NOTHING])
    dead.release()  # as its end would
    third = v2(files)
    assert len(list(home.glob("distkv-*-*"))) == 2
    assert files.killed == [NOTHING]
    third.close()
    living.close()


def real():
    try:
        groups = WorkerCgroups.find()
    except CgroupsUnavailable as exc:
        return str(exc)
    groups.close()
    return None


WHY = real()
with_groups = pytest.mark.skipif(WHY is not None, reason=f"no control groups here: {WHY}")


@with_groups
def test_the_kernel_ends_what_uses_too_much_memory_and_says_so():
    with FakeRunner() as runner:
        worker = runner.fork()
        runner.parent.send(op="limit", worker=worker.number, memory=64 << 20)
        # At once, so that nobody who looks every now and then could see it coming.
        worker.start("held = b'x' * (1 << 30)", "sync", limits={"memory": 64 << 20})
        assert runner.exited(worker)["limit"] == "memory"


@with_groups
def test_a_worker_without_limits_that_uses_all_memory_ends_and_its_neighbours_and_their_parent_go_on():
    with FakeRunner(memory=256 << 20) as runner:
        neighbour, bomb = runner.fork(), runner.fork()
        assert neighbour.result("return 1") == 1
        bomb.start("held = b'x' * (2 << 30)")
        assert bomb.at_end()
        runner.parent.send(op="kill", worker=bomb.number, signal="KILL")  # as a runner does then
        ended = runner.exited(bomb)
        assert (ended["signal"], ended["limit"]) == (signal.SIGKILL, "memory")
        assert neighbour.result("return 2") == 2
        # Neither is one that is killed here, nor one that ends after something else was meant.
        other, parent = runner.fork(), runner.fork()
        child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'held = b\"x\" * (2 << 30)'])"
        assert parent.result(child) is None
        runner.parent.send(op="kill", worker=other.number, signal="KILL")
        assert runner.exited(other)["limit"] is None
        # One that is killed for another reason is not said to have used too much.
        os.kill(neighbour.pid, signal.SIGKILL)
        assert runner.exited(neighbour)["limit"] is None
        assert runner.fork().result("return 3") == 3


@with_groups
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bwrap is not installed")
def test_a_worker_in_bubblewrap_that_uses_all_memory_is_told_so(monkeypatch):
    monkeypatch.setenv("DISTKV_LANDLOCK", "off")
    with FakeRunner(memory=256 << 20, sandbox=["required"]) as runner:
        bomb = runner.fork()
        bomb.start("held = b'x' * (2 << 30)")
        ended = runner.exited(bomb)
        assert (ended["signal"], ended["limit"]) == (signal.SIGKILL, "memory")


@with_groups
def test_no_group_is_left_when_the_workers_are_gone_or_their_parent_was_killed():
    own = OwnCgroups.read(Path("/proc/self/mountinfo").read_text(), Path("/proc/self/cgroup").read_text())
    homes = set(own.v1.values()) or {own.v2}

    def groups(pid):
        # Groups of others may go while this looks.
        found = [group for home in homes for group, _, _ in os.walk(home)]
        return [Path(group) for group in found if fnmatch(Path(group).name, f"distkv-{pid}-*")]

    with FakeRunner() as runner:
        worker = runner.fork()
        runner.parent.send(op="limit", worker=worker.number, processes=5)
        source = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(1000)\nreturn 1"
        assert worker.result(source, "sync") == 1
        ((home, left),) = [(group, group / f"worker-{worker.number}") for group in groups(runner.process.pid)][:1]
        assert left.exists()
        runner.kill(worker)
        deadline = time.monotonic() + PATIENCE
        while left.exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        assert not left.exists()
        assert home.exists()
    assert groups(runner.process.pid) == []

    with FakeRunner() as runner:
        pid = runner.process.pid
        worker = runner.fork()
        orphan = worker.result("import os, time\npid = os.fork()\nif not pid: time.sleep(1000)\nreturn pid", "sync")
        os.kill(pid, signal.SIGKILL)
        runner.process.wait(PATIENCE)
        assert groups(pid)
        with FakeRunner():
            assert groups(pid) == []
    assert not os.path.exists(f"/proc/{orphan}/cwd") or "State:\tZ" in Path(f"/proc/{orphan}/status").read_text()
