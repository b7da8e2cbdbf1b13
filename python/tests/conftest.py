import os
import re
import signal
import subprocess
from contextlib import suppress
from pathlib import Path as File

import anyio
import pytest
from runner_fixtures import runner, tree, whole_tree, worker  # noqa: F401  (fixtures)

from distkv.client import open_client
from distkv.exceptions import NotFoundError
from distkv.util import P

ROOT = File(__file__).resolve().parents[2]
LISTENING = re.compile(r"listening on (?:tls://)?[\d.]+:(\d+)")
PATIENCE = 60  # seconds that a server on a busy machine may take to start


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


class Server:
    """A server of ours, as the command line starts it, on a port, open or not, and a data directory of its own."""

    def __init__(self, data, *options, is_open=True):
        self.data = data
        self._options = [*options, "--open"] if is_open else options
        self.port = 0
        self._process = None

    def start(self):
        command = [ROOT / "distkv", "server", "--bind", f"127.0.0.1:{self.port}", "--data", self.data, *self._options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for line in self._process.stdout:
            if found := LISTENING.search(line):
                self.port = int(found[1])
                return
        raise RuntimeError(f"the server ended with {self._process.wait()} before it listened")

    @property
    def running(self):
        return self._process is not None and self._process.poll() is None

    def stop(self, how=signal.SIGTERM):
        self._process.send_signal(how)
        status = self._process.wait(PATIENCE)
        self._process.stdout.close()
        return status

    def client(self, **cfg):
        return open_client(connect={"host": "127.0.0.1", "port": self.port, "name": "here", "retry": 0.1}, **cfg)


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory):
    """One server for all tests that leave it running. DISTKV_TEST_PORT names one that runs already."""
    server = Server(tmp_path_factory.mktemp("server"))
    if "DISTKV_TEST_PORT" in os.environ:
        server.port = int(os.environ["DISTKV_TEST_PORT"])
        yield server
    else:
        server.start()
        yield server
        server.stop()


@pytest.fixture
def server(shared_server, anyio_backend_name):
    """The shared server, with nothing stored on it."""

    async def clear():
        async with shared_server.client() as client:
            for top in (P(":.distkv"), P("test")):
                with suppress(NotFoundError):
                    await client.delete(top, recursive=True)

    anyio.run(clear, backend=anyio_backend_name)
    return shared_server


@pytest.fixture
def own_server(tmp_path):
    """A server that the test may stop and start again."""
    server = Server(tmp_path / "data")
    server.start()
    yield server
    if server.running:
        server.stop()
