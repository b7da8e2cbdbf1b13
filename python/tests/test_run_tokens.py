"""The tokens of runs: presented first on each connection, as long as their runs live."""

import pytest

from distkv.client.run_tokens import RunTokens
from distkv.util import attrdict

pytestmark = pytest.mark.anyio


class FakeConnection:
    """Takes log-ins."""

    closed = False

    def __init__(self, *extensions):
        self.extensions = frozenset(extensions)
        self.sent = []

    def send(self, action, params, sink):
        self.sent.append((action, params["typ"], params["token"], sink))

    def tokens(self):
        return [token for _, _, token, _ in self.sent]


async def test_every_connection_gets_the_tokens_of_the_runs_that_live():
    tokens = RunTokens()
    refused = []
    tokens.add("one", refused.append)
    first = FakeConnection("run")
    tokens.connected(first)
    tokens.add("two", refused.append)
    assert first.sent[0][:2] == ("auth", "run")
    assert first.tokens() == ["one", "two"]
    tokens.remove("one")
    first.closed = True
    tokens.add("three", refused.append)
    assert first.tokens() == ["one", "two"]
    second = FakeConnection("run")
    tokens.connected(second)
    assert second.tokens() == ["two", "three"]
    assert refused == []


async def test_a_run_hears_that_the_server_refuses_its_token():
    tokens = RunTokens()
    refused = []
    tokens.add("one", refused.append)
    connection = FakeConnection("run")
    tokens.connected(connection)
    sink = connection.sent[0][3]
    assert not sink.put(attrdict(state="start", refused=True))
    assert not sink.put(attrdict(error="it is over"))
    assert sink.put(attrdict(state="end"))
    assert refused == ["it is over"]


async def test_a_server_that_knows_no_runs_is_not_bothered():
    tokens = RunTokens()
    tokens.add("one", print)
    connection = FakeConnection("session")
    tokens.connected(connection)
    assert connection.sent == []
