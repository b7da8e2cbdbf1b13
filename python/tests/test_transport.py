"""How the client reaches a server: by a Unix socket, by TLS, and what it says if it does not."""

import hashlib
import ssl
import subprocess

import pytest
from conftest import ROOT, Server

from distkv.client import open_client
from distkv.client.address import Address, candidates
from distkv.exceptions import ServerConnectionError
from distkv.util import P

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    """A server with TLS."""
    # Short enough for a Unix socket.
    server = Server(tmp_path_factory.mktemp("tls"), "--tls", "auto")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def authority(secure):
    return str(secure.data / "tls" / "authority.crt")


async def use(**connect):
    async with open_client(connect={"init_timeout": 2, **connect}) as client:
        await client.set(P("test.v"), b"x" * 100_000)
        assert (await client.get(P("test.v"))).value == b"x" * 100_000
        return str(client.link.address)


async def refusal(**connect):
    with pytest.raises(ServerConnectionError) as caught:
        await use(**connect)
    return str(caught.value)


def fingerprint(authority):
    with open(authority) as file:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()


async def test_a_server_is_trusted_by_its_authoritys_file_or_fingerprint(secure, authority):
    host = f"tls://localhost:{secure.port}"
    assert await use(host=host, ssl={"ca": authority}) == host
    assert await use(host="127.0.0.1", port=secure.port, ssl={"fingerprint": fingerprint(authority)})


async def test_a_server_of_another_authority_is_not_trusted(secure, authority):
    host = f"tls://localhost:{secure.port}"
    assert "is not signed by an authority that is trusted here" in await refusal(host=host)
    text = await refusal(host=host, ssl={"fingerprint": "00" * 32})
    assert f"the fingerprint of the server's authority is {fingerprint(authority)} (expected: 0000" in text


async def test_without_tls_a_server_with_it_says_nothing(secure):
    text = await refusal(host="localhost", port=secure.port, init_timeout=0.5)
    assert text == f"no greeting from localhost:{secure.port} within 0.5 s"


async def test_a_server_without_tls_is_told_apart(server):
    text = await refusal(host=f"tls://localhost:{server.port}", ssl=True)
    assert f"no connection to tls://localhost:{server.port}: it does not speak TLS (expected: " in text


async def test_a_unix_socket_needs_no_port(secure, tmp_path):
    socket = secure.data / "distkv.sock"
    assert await use(host=f"unix:{socket}") == f"unix:{socket}"
    assert f"no connection to unix:{tmp_path}/none: " in await refusal(host=f"unix:{tmp_path}/none")


async def test_the_server_of_this_machine_is_found(secure, tmp_path, monkeypatch):
    home = tmp_path / ".local" / "share"
    home.mkdir(parents=True)
    (home / "distkv").symlink_to(secure.data)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert await use() == f"unix:{home}/distkv/distkv.sock"


async def test_wrong_settings_are_named(secure):
    host = f"tls://localhost:{secure.port}"
    assert "ssl: {'cacert': 'x'} (expected: True, False, or a map" in await refusal(host=host, ssl={"cacert": "x"})
    assert "fingerprint: 'x' (expected: SHA-256" in await refusal(host=host, ssl={"fingerprint": "x"})


@pytest.mark.parametrize(
    ("host", "text"),
    [
        ("localhost", "localhost:5"),
        ("[::1]", "[::1]:5"),
        ("tls://attic", "tls://attic:5"),
        ("tls://attic:7", "tls://attic:7"),
        ("tls://[::1]:7", "tls://[::1]:7"),
        ("tls://::1", "tls://[::1]:5"),
        ("unix:/run/distkv.sock", "unix:/run/distkv.sock"),
    ],
)
async def test_an_address_is_read_and_printed(host, text):
    assert str(Address.parse(host, 5)) == text


@pytest.mark.parametrize("host", ["unix:", "tls://", "tls://:7", "tls://attic:0", "tls://attic:70000", "tls://attic:x"])
async def test_what_is_no_address_is_refused(host):
    with pytest.raises(ValueError, match="expected: "):
        Address.parse(host, 5)


async def test_with_a_host_or_a_port_only_that_is_tried(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    socket = tmp_path / ".local" / "share" / "distkv" / "distkv.sock"
    socket.parent.mkdir(parents=True)
    socket.touch()
    assert list(map(str, candidates({"host": None, "port": 27586}))) == [f"unix:{socket}", "localhost:27586"]
    assert list(map(str, candidates({"host": None, "port": 5}))) == ["localhost:5"]
    assert list(map(str, candidates({"host": "localhost", "port": 27586}))) == ["localhost:27586"]


async def test_a_machine_that_has_joined_talks_to_that_server_as_its_node(secure, tmp_path, monkeypatch):
    socket = f"unix:{secure.data}/distkv.sock"
    command = [ROOT / "distkv", "node", "invite", "-h", socket, "attic", "--address", "127.0.0.1"]
    line = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout  # noqa: ASYNC221
    monkeypatch.setenv("HOME", str(tmp_path))
    subprocess.run([ROOT / "distkv", *line.split()[1:]], check=True)  # noqa: ASYNC221
    async with open_client(host=socket) as client:
        await client.set(P("test.joined"), 7)
        assert client.name != "attic"
    async with open_client() as client:
        assert str(client.link.address) == f"tls://127.0.0.1:{secure.port}"
        assert client.name == "attic"
        assert (await client.get(P("test.joined"))).value == 7
    (tmp_path / ".config" / "distkv" / "node.pem").write_text("node attic\n")
    with pytest.raises(ValueError, match=r"node\.pem: damaged"):
        candidates({"host": None, "port": 27586})
