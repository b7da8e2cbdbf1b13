"""Clients at a server that wants to know who they are."""

import hashlib
import os

import anyio
import pytest
from conftest import Server
from peer import peer

from distkv.client import credentials, open_client
from distkv.client.address import Address
from distkv.client.link import Link
from distkv.exceptions import ACLError, ClientAuthError, ClientAuthRequiredError, ServerConnectionError
from distkv.sync import connect as connect_sync
from distkv.util import P, attrdict

pytestmark = pytest.mark.anyio

SECRET = "dkv_001122334455_correct"
HASH = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$T1eqr7pt1VzyxEvbu0dYLcc5a/CaV2bXyThP/GPsPaw"
"""Of "secret", with little memory, as each log-in costs that."""


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path):
    """Take away the log-in of whoever runs the tests."""
    for name in ("DISTKV_TOKEN", "DISTKV_USER", "DISTKV_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """A server that wants a log-in, with a user and a token."""
    server = Server(tmp_path_factory.mktemp("log-in"), is_open=False)
    server.start()

    async def add():
        async with open_client(host=f"unix:{server.data / 'distkv.sock'}") as owner:
            roles = [{"role": "editor"}]
            user = {"roles": roles, "password": HASH}
            token = {"name": "ci", "roles": roles, "hash": hashlib.sha256(b"correct").hexdigest(), "by": "test"}
            await owner.request("set_internal", path=P("access.user.anna"), value=user)
            await owner.request("set_internal", path=P("access.token") + ("001122334455",), value=token)

    anyio.run(add)
    yield server
    server.stop()


def open_at(server, **cfg):
    return open_client(host="127.0.0.1", port=server.port, **cfg)


async def use(opening):
    async with opening as client:
        await client.set(P("test.log_in"), 1)
        return await client.request("auth_info")


async def test_a_client_logs_in_by_password_or_token(closed):
    assert (await use(open_at(closed, token=SECRET))).result["name"] == "token ci"
    assert (await use(open_at(closed, user="anna", password="secret"))).result["name"] == "anna"
    auth = "password name=anna password=secret"
    assert (await use(open_at(closed, connect={"auth": auth}))).result["name"] == "anna"


async def test_the_environment_and_the_file_of_distkv_login_count(closed, monkeypatch, tmp_path):
    file = tmp_path / "home" / ".config" / "distkv" / "credentials"
    file.parent.mkdir(parents=True)
    file.write_text(f"# kept\n\n[127.0.0.1:{closed.port}]\ntoken = {SECRET}\n\n[attic:1]\nuser = a\n")
    file.chmod(0o600)
    assert (await use(open_at(closed))).result["name"] == "token ci"
    monkeypatch.setenv("DISTKV_USER", "anna")
    monkeypatch.setenv("DISTKV_PASSWORD", "secret")
    assert (await use(open_at(closed))).result["name"] == "anna"
    monkeypatch.setenv("DISTKV_TOKEN", "dkv_00_wrong")
    with pytest.raises(ClientAuthError, match="token: unknown or revoked"):
        await use(open_at(closed))
    monkeypatch.undo()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    file.chmod(0o644)
    with pytest.raises(ClientAuthError, match=r"credentials .*: mode rw-r--r-- \(expected: rw-------"):
        await use(open_at(closed))


async def test_what_is_refused_is_said_without_the_secret(closed):
    with pytest.raises(ClientAuthRequiredError, match=f"127.0.0.1:{closed.port} wants a log-in .*distkv login"):
        await use(open_at(closed))
    with pytest.raises(ClientAuthError, match="refuses the log-in as user anna: User or password is wrong") as caught:
        await use(open_at(closed, user="anna", password="hidden"))
    assert "hidden" not in str(caught.value)


def test_the_client_without_await_logs_in_too(closed):
    with connect_sync(host="127.0.0.1", port=closed.port, token=SECRET) as client:
        client.set("test.log_in", 2)
        assert client.get("test.log_in").value == 2
        with pytest.raises(ACLError, match="token ci may not admin"):
            client.request("get_internal", path=P("access.user.anna"))
    with pytest.raises(ClientAuthError):
        connect_sync(host="127.0.0.1", port=closed.port, token="dkv_00_wrong")


def answering(*messages):
    async def answer(connection, request):
        await connection.send_all(
            [{"seq": request.seq, "state": "start"}, *({"seq": request.seq, **m} for m in messages)]
        )

    return answer


async def test_a_log_in_that_is_refused_later_ends_the_link():
    async with peer(auth=["password", "token"]) as server:
        server.answers["auth"] = answering({"state": "end"})
        async with open_client(connect={**where(server), "token": "t", "retry": 0.05}) as client:
            server.answers["auth"] = answering({"error": "token: revoked", "etype": "access"})
            await server.connections[0].drop()
            await server.until(lambda: len(server.connections) == 2)
            with pytest.raises(ClientAuthError, match="refuses the log-in as a token: token: revoked"):
                await client.link.wait_connected()
            with pytest.raises(ClientAuthError):
                await client.get(P("a"))


def where(server):
    return {"host": "127.0.0.1", "port": server.port}


async def test_too_many_failures_of_others_are_not_final():
    async with peer(auth=["password", "token"]) as server:
        server.answers["auth"] = answering({"error": "token: too many failures", "etype": "refused"})
        with pytest.raises(ServerConnectionError, match="too many failures"):
            async with open_client(connect={**where(server), "token": "t"}):
                pass


async def test_a_server_without_users_gets_no_log_in():
    async with peer() as server, open_client(connect={**where(server), "token": "t"}) as client:
        assert client.connected
        assert not server.connections[0].received[1:]


def test_the_configuration_is_read():
    joe = {"typ": "password", "ident": "joe", "password": "x=y"}
    assert credentials.configured({"auth": "password name=joe  password=x=y"}) == joe
    assert credentials.configured({"auth": {"type": "password", "name": "joe", "password": "x=y"}}) == joe
    assert credentials.configured({"user": "joe", "password": "x=y"}) == joe
    assert credentials.configured({"token": "t"}) == {"typ": "token", "token": "t"}
    for nobody in {}, {"auth": None}, {"auth": False}, {"auth": "_anon"}:
        assert credentials.configured(nobody) is None
    for bad in (
        {"auth": "password name=joe"},
        {"auth": "root name=joe password=hidden"},
        {"auth": "password hidden"},
        {"auth": 5},
        {"auth": " "},
        {"token": 5},
        {"user": "joe"},
        {"user": "joe", "password": "hidden", "token": "hidden"},
    ):
        with pytest.raises(ValueError, match=r"\(expected: ") as caught:
            credentials.configured(bad)
        assert "hidden" not in str(caught.value)


async def test_stored_code_does_not_log_in_as_the_node(monkeypatch):
    monkeypatch.setenv("DISTKV_TOKEN", "t")
    link = Link(None, attrdict(host="127.0.0.1", port=1, token=None))
    assert link._log_in(link._connect, Address("127.0.0.1", 1)) is None
    assert os.environ["DISTKV_TOKEN"] == "t"
