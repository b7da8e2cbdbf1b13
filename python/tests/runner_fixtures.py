"""A runner with workers at a real server, and the server's tree for the test itself."""

from contextlib import suppress

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from fake_runner import PATIENCE, FakeRunner

from distkv.exceptions import NotFoundError
from distkv.util import P


class Tree:
    """The server's tree, each call waiting for its result."""

    def __init__(self, client, portal):
        self._client = client
        self._portal = portal

    def set(self, path, value, **kw):
        return self._portal.call(lambda: self._client.set(P(path), value, **kw))

    def get(self, path):
        return self._portal.call(self._client.get, P(path)).get("value")

    def delete(self, path, **kw):
        return self._portal.call(lambda: self._client.delete(P(path), **kw))

    def set_many(self, values):
        """Set several values, the requests following each other without waiting."""

        async def set_all():
            async with anyio.create_task_group() as tasks:
                for path, value in values.items():
                    tasks.start_soon(self._client.set, path, value)

        self._portal.call(set_all)

    def wait_for(self, path, value):
        """Wait until an entry has this value."""

        async def wait():
            async with self._client.watch(P(path), fetch=True, max_depth=0) as watch:
                with anyio.fail_after(PATIENCE):
                    async for item in watch:
                        if "value" in item and item.value == value:
                            return
            raise EOFError

        self._portal.call(wait)

    def send(self, topic, data):
        return self._portal.call(self._client.msg_send, topic, data)

    def clear(self):
        with suppress(NotFoundError):
            self.delete("test", recursive=True)


@pytest.fixture(scope="session")
def whole_tree(shared_server):
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(shared_server.client()) as client:
        yield Tree(client, portal)


@pytest.fixture
def tree(whole_tree):
    whole_tree.clear()
    return whole_tree


@pytest.fixture(scope="session")
def runner(shared_server):
    with FakeRunner(port=shared_server.port, config={"codes": {"prefix": ":.other.place"}}) as runner:
        yield runner


@pytest.fixture
def worker(runner):
    worker = runner.fork()
    yield worker
    runner.kill(worker)
