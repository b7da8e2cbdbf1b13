"""`./distkv` and `scripts/build`, copied to a place of their own, with a Maven and a Java that only pretend."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path as File

import pytest

ROOT = File(__file__).resolve().parents[2]

MAVEN = """#!/bin/bash
[[ $* == *-v* ]] && echo "Apache Maven 3.9.9" && exit
[[ ! -e {home}/broken ]] || {{ echo "[ERROR] it is broken"; exit 1; }}
mkdir -p {home}/cli/target/quick/launch
touch {home}/cli/target/quick/launch/picocli-1.jar {home}/cli/target/quick/distkv-cli-1.jar
"""

JAVA = """#!/bin/bash
case " $* " in
  *Modernise*) exit 1 ;;
  *" server "*) exec {python} -c 'import signal; print("listening on 127.0.0.1:1", flush=True); signal.pause()' ;;
  *) echo "java $*" ;;
esac
"""


class Checkout:
    """A project that builds at once."""

    def __init__(self, home):
        self.home = home
        (home / "scripts").mkdir(parents=True)
        (home / "cli/src/main").mkdir(parents=True)
        (home / "python").mkdir()
        for name in ("distkv", "scripts/build", "scripts/common.sh"):
            shutil.copy(ROOT / name, home / name)
        (home / "pom.xml").touch()
        (home / "cli/pom.xml").touch()
        (home / "python/pyproject.toml").touch()
        self.program("tools/mvn", MAVEN.format(home=home))
        self.program("jdk/bin/java", JAVA.format(python=sys.executable))
        self.program("jdk/bin/javac", "#!/bin/sh\n")
        self.program("jdk/bin/jar", "#!/bin/sh\nexit 1\n")
        (home / "jdk/release").write_text('JAVA_VERSION="25.0.1"\n')
        path = f"{home}/tools:{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, "JAVA_HOME": str(home / "jdk")}

    def program(self, name, text):
        file = self.home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def run(self, *command):
        return subprocess.run(
            [self.home / command[0], *command[1:]], env=self.environment, capture_output=True, text=True, timeout=60
        )

    def rebuild(self):
        (self.home / "cli/src/main/changed").write_text("")
        return self.run("scripts/build", "app")

    def server(self):
        """Start one, and return it with the build that it runs from."""
        process = subprocess.Popen(
            [self.home / "distkv", "server"], env=self.environment, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout.readline().startswith("listening")
        return process, self.current()

    def current(self):
        words = dict(line.split("=", 1) for line in (self.home / "build/current").read_text().splitlines())
        return File(words["app"])

    def builds(self):
        return set((self.home / "build").glob("app-*"))


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path / "home")


def test_rebuilds_leave_the_build_of_a_running_process_alone(checkout):
    server, first = checkout.server()
    try:
        for _ in range(3):
            assert checkout.rebuild().returncode == 0
        assert (first / "lib").is_dir()
        assert first in checkout.builds()
        assert len(checkout.builds()) == 3, "its own, the current one, and the one before"
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
        server.stdout.close()
    assert checkout.rebuild().returncode == 0
    assert first not in checkout.builds()
    assert len(checkout.builds()) == 2


def test_a_build_that_fails_leaves_nothing_and_takes_nobodys_place(checkout):
    for _ in range(2):
        assert checkout.rebuild().returncode == 0
    before, current = checkout.builds(), checkout.current()
    (checkout.home / "broken").touch()
    for _ in range(3):
        failed = checkout.rebuild()
        assert failed.returncode == 1
        assert "it is broken" in failed.stderr
        assert checkout.builds() == before
        assert checkout.current() == current
    (checkout.home / "broken").unlink()
    assert checkout.rebuild().returncode == 0
    assert current in checkout.builds()


def test_what_a_killed_build_has_left_goes_with_the_next_one(checkout):
    (checkout.home / "build/app-1/lib").mkdir(parents=True)
    assert checkout.rebuild().returncode == 0
    assert checkout.builds() == {checkout.current()}


def test_help_about_commands_that_run_code_prepares_no_python(checkout):
    assert checkout.rebuild().returncode == 0
    for words in (["client", "code", "call", "--help"], ["client", "run", "all", "--help"], ["up", "--help"]):
        helped = checkout.run("distkv", *words)
        assert helped.returncode == 0
        assert helped.stdout.startswith("java @")
        assert "/client.jvm" in helped.stdout
        assert helped.stderr == ""
    assert not (checkout.home / "build/venv").exists()


def test_only_a_runner_compiles_eagerly_and_only_if_java_can(checkout):
    def is_eager(*words):
        return "-XX:+AOTCompileEagerly" in checkout.run("distkv", *words).stdout.split()

    assert checkout.rebuild().returncode == 0
    checkout.environment["DISTKV_BUILD"] = "never"
    assert is_eager("client", "run", "all")
    assert not is_eager("client", "code", "call", "demo.all")
    assert not is_eager("client", "data", "get", "all")
    assert not is_eager("up")
    checkout.program(
        "jdk/bin/java",
        JAVA.format(python=sys.executable).replace("case", 'case " $* " in *Eager*) exit 1 ;; esac\ncase'),
    )
    assert checkout.rebuild().returncode == 0
    assert not is_eager("client", "run", "all")


def test_the_heap_of_a_server_is_what_its_configuration_says(checkout, tmp_path):
    assert checkout.rebuild().returncode == 0
    checkout.program("jdk/bin/java", '#!/bin/sh\nprintf "%s\\n" "$@"\n')
    checkout.environment["HOME"] = str(tmp_path)
    checkout.environment.pop("DISTKV_CFG", None)
    environment = checkout.home / "build/venv"
    environment.mkdir()
    (environment / "ready").touch()

    def heap(*words):
        return [word for word in checkout.run("distkv", *words).stdout.splitlines() if word.startswith("-Xmx")]

    assert heap("server") == []
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config/distkv.yaml").write_text("connect:\n  name: hub\nserver:\n  memory: 2G\n")
    assert heap("server") == heap("up") == ["-Xmx2G"]
    assert heap("client", "data", "get", "a") == []
    other = tmp_path / "other.yaml"
    other.write_text("runner: {memory: 1G}\nserver: {data: /srv, memory: '512M'}\n")
    assert heap("-c", other, "server") == ["-Xmx512M"]
    checkout.environment["DISTKV_CFG"] = str(other)
    assert heap("server") == ["-Xmx512M"]
    assert heap("-C", "server.memory=300M", "server") == ["-Xmx300M"]


def test_to_install_the_package_leaves_nothing_beside_its_sources(tmp_path):
    """As `pip install ./python` does, but with the back end that is here already."""
    sources = tmp_path / "python"
    shutil.copytree(ROOT / "python", sources, ignore=shutil.ignore_patterns("__pycache__", ".*", "*.egg-info"))
    before = sorted(sources.rglob("*"))
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", tmp_path / "wheels", sources], check=True, timeout=60
    )
    assert sorted(sources.rglob("*")) == before
    target = tmp_path / "installed"
    (wheel,) = (tmp_path / "wheels").glob("distkv-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", target, wheel], check=True, timeout=60)
    assert (target / "distkv/py.typed").exists()
    assert (target / "distkv/worker/__main__.py").exists()
    assert not (target / "tests").exists()
