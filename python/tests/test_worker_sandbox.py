"""The sandbox of workers: what stored code can do without it, and not within."""

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest
from fake_runner import FakeRunner

from distkv.worker.sandbox import kernel, paths, seccomp
from distkv.worker.sandbox.choice import Choice, SandboxUnavailable, Tried, choose
from distkv.worker.sandbox.policy import SandboxPolicy
from distkv.worker.sandbox.sandbox import Sandbox

WORKS = Tried(landlock=None, signals=None, bubblewrap="not tried", user=False)
OLD = Tried(landlock=None, signals="version 4", bubblewrap="bwrap is not installed", user=False)
NOTHING = Tried(landlock="off", signals="off", bubblewrap="bwrap is not installed", user=False)


def test_the_strongest_sandbox_that_works_is_used():
    assert choose("auto", WORKS) == choose("required", WORKS) == Choice("landlock")
    assert choose("auto", Tried("off", "off", None, user=True)) == Choice("bubblewrap")
    assert choose("auto", Tried("off", "off", "not permitted", user=True)).step == "user"
    assert choose("auto", NOTHING).step == "none"
    assert choose("off", WORKS) == Choice("none")


def test_signals_of_an_old_landlock_are_kept_by_bubblewrap_or_a_user_or_a_warning_is_given():
    assert choose("auto", Tried(None, "version 4", None, user=False)) == Choice("bubblewrap")
    assert choose("required", Tried(None, "version 4", "not tried", user=True)) == Choice("landlock")
    assert "signalling" in choose("auto", OLD).warning


@pytest.mark.parametrize("tried", [NOTHING, OLD, Tried("off", "off", "not permitted", user=True)])
def test_a_required_sandbox_that_does_not_work_is_refused_with_what_is_missing_and_how_to_mend_it(tried):
    with pytest.raises(SandboxUnavailable) as refusal:
        choose("required", tried)
    for part in (tried.landlock or tried.signals, tried.bubblewrap, "apt install bubblewrap"):
        assert part in str(refusal.value)


@pytest.mark.parametrize("words", [["on"], ["auto", "read=etc"], ["auto", "/etc"], ["required", "eat=/etc"]])
def test_a_policy_that_is_not_one_is_refused(words):
    with pytest.raises(ValueError, match=r"sandbox: .*\(expected: "):
        SandboxPolicy.parse(words)


def test_of_etc_only_what_everybody_may_read_is_open(tmp_path):
    for name, mode in (
        ("hosts", 0o644),
        ("shadow", 0o640),
        ("ssl/certs/ca", 0o644),
        ("ssl/key", 0o600),
        ("on/x", 0o644),
    ):
        file = tmp_path / "etc" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        file.chmod(mode)
    found = paths.public(str(tmp_path / "etc"), frozenset([str(tmp_path / "etc" / "hosts")]))
    assert found == [str(tmp_path / "etc" / name) for name in ("on", "ssl/certs")]


def test_what_is_hidden_is_left_out_of_what_is_granted(tmp_path):
    for name in ("a/data/tree", "a/free", "b/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    root = str(tmp_path)
    assert paths.without(root, [f"{root}/a/data"]) == [f"{root}/a/free", f"{root}/b"]
    assert paths.without(f"{root}/a/data/tree", [f"{root}/a/data"]) == []
    assert paths.without(f"{root}/b", [f"{root}/a/data"]) == [f"{root}/b"]


@pytest.mark.parametrize("machine", kernel._ARCHITECTURES.values())
@pytest.mark.parametrize("mounts", [False, True])
def test_the_filter_refuses_by_number_and_argument(machine, mounts):
    """The kernel runs only the filter of its own machine, so this reads the instructions."""
    code = seccomp.program(machine, mounts=mounts)

    def verdict(name, *arguments, audit=machine.audit):
        return interpret(code, kernel.number(name, machine), audit, arguments)

    allowed = 0x7FFF0000
    for name in ("ptrace", "bpf", "mount", "io_uring_setup", "keyctl", "unshare"):
        assert verdict(name) == 0x50001
    assert verdict("clone3") == 0x50026
    assert (verdict("clone", 0x11), verdict("clone", 0x10000011)) == (allowed, 0x50001)
    assert (verdict("prlimit64", 0), verdict("prlimit64", 1)) == (allowed, 0x50001)
    assert [verdict("setpriority", *pair) for pair in ((0, 0), (0, 5), (1, 0))] == [allowed, 0x50001, 0x50001]
    assert [verdict("ioctl", 1, request) for request in (0x5401, 0x5412, 0x541C)] == [allowed, 0x50001, 0x50001]
    assert (verdict("socket", 2), verdict("socket", 1) == allowed) == (allowed, mounts)
    assert (verdict("socketpair", 1, 0x80001), verdict("socketpair", 1, 2) == allowed) == (allowed, mounts)
    assert (verdict("fchmod") == allowed) is mounts
    assert verdict("clone", 0x11, audit=1) == 0x50026


def interpret(code, number, audit, arguments):
    """Run a filter as the kernel does."""
    data = {0: number, 4: audit, **{16 + 8 * at: value for at, value in enumerate(arguments)}}
    accumulator = at = 0
    while True:
        op, yes, no, value = (
            int.from_bytes(code[at + a : at + b], "little") for a, b in ((0, 2), (2, 3), (3, 4), (4, 8))
        )
        at += 8
        match op:
            case 0x20:
                accumulator = data.get(value, 0)
            case 0x54:
                accumulator &= value
            case 0x05:
                at += 8 * value
            case 0x06:
                return value
            case _:
                holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[op]
                at += 8 * (yes if holds else no)


# What follows is tried with real workers.

TRIES = {
    "read a file outside": "open(place + '/data/tree').read()",
    "read a hidden file below a granted path": "open(place + '/granted/hidden/key').read()",
    "write a file outside": "open(place + '/data/new', 'w').close()",
    "truncate a file outside": "os.truncate(place + '/data/log', 0)",
    "delete a file outside": "os.unlink(place + '/data/' + str(os.getpid()))",
    "write a file that may only be read": "open(place + '/granted/readable', 'a').close()",
    "change the mode of a file": "os.chmod(place + '/data/tree', 0o644)",
    "read the files of another job": "open(other + '/mine').read()",
    "read the runner's environment": "assert open(f'/proc/{runner}/environ').read()",
    "read the runner's memory": "open(f'/proc/{runner}/mem', 'rb').close()",
    "read the runner's memory by a system call": "libc('process_vm_readv', runner, here, 1, here, 1, 0)",
    "see the runner's open files": "os.readlink(f'/proc/{runner}/fd/0')",
    "signal the runner": "os.kill(runner, 0)",
    "signal the parent": "os.kill(parent, 0)",
    "signal everybody's process by its descriptor": "signal.pidfd_send_signal(os.pidfd_open(victim), 0)",
    "change a limit of the runner": "resource.prlimit(victim, resource.RLIMIT_CORE, (0, 0))",
    "trace a process": "libc('ptrace', 16, victim, 0, 0), libc('ptrace', 17, victim, 0, 0)",
    "connect to a Unix socket": "socket.socket(socket.AF_UNIX).connect(place + '/listener')",
    "send a datagram to a Unix socket": "socket.socketpair(type=2)[0].sendto(b'', place + '/datagrams')",
    "make a namespace": "assert os.system('unshare --user true 2>/dev/null') == 0",
}

SOURCE = """
import ctypes, os, resource, signal, socket, time
here = (ctypes.c_long * 2)(ctypes.addressof(ctypes.c_long(0)), 0)
def libc(name, *arguments):
    call = getattr(ctypes.CDLL(None, use_errno=True), name)
    if call(*(ctypes.c_long(each) if isinstance(each, int) else each for each in arguments)) < 0:
        raise OSError(ctypes.get_errno(), name)
    if name == 'ptrace': time.sleep(0.01)
try:
    TRY
except (OSError, AssertionError) as exc:
    return f'{type(exc).__name__}: {exc}'
"""


def steps():
    """The sandboxes that this machine allows."""
    return ["landlock"] + (["bubblewrap"] if shutil.which("bwrap") else [])


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Files to break into."""
    place = tmp_path_factory.mktemp("place")
    for name in ("data/tree", "data/log", "granted/readable", "granted/hidden/key", "writable/x"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("secret")
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        listener.bind(str(place / "listener"))
        listener.listen(100)
        datagrams.bind(str(place / "datagrams"))
        yield place


@pytest.fixture(scope="module")
def victim():
    with subprocess.Popen(["sleep", "1000"]) as process:
        yield process.pid
        process.kill()


class Pair:
    """A runner with two workers: one tries, the other has a file."""

    def __init__(self, place, victim, monkeypatch, step):
        monkeypatch.setenv("DISTKV_LANDLOCK", "on" if step == "landlock" else "off")
        hide = f"hide={place}/granted/hidden"
        grants = [f"read={place}/granted", f"write={place}/writable", hide]
        self.runner = FakeRunner(sandbox=["off"] if step == "none" else ["required", *grants])
        assert self.runner.greeting["sandbox"] == step
        self.place = place
        self.worker, other = self.runner.fork(), self.runner.fork()
        source = "import os, tempfile\nmade = tempfile.mkdtemp()\nopen(made + '/mine', 'w').close()\nreturn made"
        parent = self.runner.process.pid
        known = {"place": str(place), "runner": os.getpid(), "victim": victim, "parent": parent}
        self.known = {**known, "other": other.result(source)}

    def attempt(self, code):
        """Return why it failed; None: it did not."""
        (self.place / "data" / str(self.worker.pid)).touch()
        return self.worker.result(SOURCE.replace("TRY", code), globals=self.known)


@pytest.fixture(scope="module")
def free(place, victim):
    with pytest.MonkeyPatch.context() as patch:
        pair = Pair(place, victim, patch, "none")
    yield pair
    pair.runner.close()


@pytest.fixture(scope="module", params=steps())
def confined(place, victim, request):
    with pytest.MonkeyPatch.context() as patch:
        pair = Pair(place, victim, patch, request.param)
    yield pair
    pair.runner.close()
    assert pair.runner.stderr == []


@pytest.mark.parametrize("what", TRIES)
def test_code_cannot(what, free, confined):
    assert free.attempt(TRIES[what]) is None
    assert confined.attempt(TRIES[what]) is not None


@pytest.mark.parametrize(
    "code",
    [
        "assert open(place + '/granted/readable').read()",
        "open(place + '/writable/new', 'w').write('x'); os.replace(place + '/writable/new', place + '/writable/newer')",
        "import tempfile; tempfile.TemporaryFile().write(b'x'); open('here', 'w').close()",
        "assert os.popen('echo $((6 * 7)); cat /etc/hostname').read().startswith('42')",
        "import decimal, xml.dom.minidom, sqlite3; sqlite3.connect('db').execute('create table t (a)')",
        "import threading; t = threading.Thread(target=dict); t.start(); t.join()",
        "import subprocess; p = subprocess.Popen(['sleep', '1000']); p.terminate(); assert p.wait() == -15",
        "assert os.environ['TMPDIR'] == os.environ['HOME'] == os.getcwd()",
        "s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); socket.create_connection(s.getsockname())",
        "os.kill(os.getpid(), 0); os.kill(os.getppid() if os.getppid() == 1 else os.getpid(), 0)",
    ],
)
def test_code_can_still(code, confined):
    assert confined.attempt(code) is None


def test_the_environment_of_the_parent_is_all_that_code_finds(confined):
    found = confined.worker.result("return open('/proc/self/environ').read()")
    assert "DISTKV_LANDLOCK" in found  # the runner has cleaned it before: SandboxTest


@pytest.mark.parametrize("step", steps())
def test_a_sandboxed_worker_is_watched_limited_and_swept_away(step, monkeypatch, tmp_path):
    monkeypatch.setenv("DISTKV_LANDLOCK", "on" if step == "landlock" else "off")
    with FakeRunner(sandbox=["required"]) as runner:
        work = os.path.join(os.path.dirname(runner.path), "work")
        blocked, limited = runner.fork(), runner.fork()
        run = blocked.start("while True: pass", block=0.3)
        assert blocked.accuser.expect("failed")["run"] == run
        left = "open('left', 'w').close()\n"
        limited.start(left + "import subprocess\nsubprocess.run(['sleep', '1000'])", "sync", limits={"time": 0.2})
        runner.parent.send(op="limit", worker=limited.number, time=0.2)
        assert runner.exited(limited)["limit"] == "time"
        for worker in (blocked, limited):
            runner.kill(worker)
        runner.fork()
        kept = {blocked.number, limited.number}
        # Directories that were empty are gone by now, the others as soon as a process has removed what is in them.
        while kept & set(map(int, os.listdir(work))):
            time.sleep(0.01)


@pytest.mark.skipif("DISTKV_TEST_LONG" not in os.environ, reason="takes 5 s for each sandbox; see test_worker_watchdog")
@pytest.mark.parametrize("step", steps())
def test_a_sandboxed_worker_that_lets_no_thread_run_is_found_by_the_parent(step, monkeypatch):
    monkeypatch.setenv("DISTKV_LANDLOCK", "on" if step == "landlock" else "off")
    with FakeRunner(sandbox=["required"]) as runner:
        stuck = runner.fork()
        stuck.start("def count():\n    sum(range(10**15))\ncount()", block=0.3)
        assert 'File "distkv:forty.two", line 2 in count' in runner.exited(stuck)["stuck"]


@pytest.mark.parametrize("step", steps())
def test_a_program_is_confined_and_has_its_connection(step, monkeypatch, tmp_path):
    monkeypatch.setenv("DISTKV_LANDLOCK", "on" if step == "landlock" else "off")
    secret = tmp_path / "secret"
    secret.touch()
    code = f"""
import socket, sys, os
said = [sys.argv[1] == os.getcwd(), *(os.access(path, os.R_OK) for path in ("/etc/passwd",))]
try:
    open({str(secret)!r})
except OSError as exc:
    said.append(type(exc).__name__)
socket.socket(fileno=0).sendall(b"\\x82\\xa2op\\xa3log\\xa4text\\xd9" + bytes([len(repr(said))]) + repr(said).encode())
"""
    with FakeRunner(sandbox=["required"]) as runner:
        said = runner.fork_program(7, sys.executable, "-I", "-c", code, "{tmp}").receive()["text"]
    assert said in ("[True, True, 'FileNotFoundError']", "[True, True, 'PermissionError']")


def test_without_bubblewrap_and_landlock_a_required_sandbox_is_refused(monkeypatch):
    monkeypatch.setenv("DISTKV_LANDLOCK", "off")
    monkeypatch.setenv("DISTKV_BUBBLEWRAP", "off")
    command = [sys.executable, "-m", "distkv.worker", "/no/socket", "", "", "required"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=os.path.dirname(os.path.dirname(__file__)))
    assert done.returncode == 1
    reasons = "Landlock: DISTKV_LANDLOCK is off; bubblewrap: DISTKV_BUBBLEWRAP is off"
    assert f"sandbox: required, and not possible here ({reasons})" in done.stderr


def test_what_bubblewrap_says_is_the_reason(monkeypatch, tmp_path):
    wrapper = tmp_path / "bwrap"
    wrapper.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2; exit 1")
    wrapper.chmod(0o755)
    monkeypatch.setenv("DISTKV_LANDLOCK", "off")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    found = Sandbox.find(SandboxPolicy("auto"), str(tmp_path / "work"), None)
    assert found.choice.step == "none"
    assert "bubblewrap: bwrap: setting up uid map: Permission denied" in found.choice.warning


def test_a_sandbox_that_lets_something_through_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setattr(seccomp, "install", lambda code: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    found = Sandbox.find(SandboxPolicy("auto"), str(tmp_path / "work"), None)
    assert found.choice.step == "none"
    assert "code could still change the modes of files, use Unix sockets" in found.choice.warning
