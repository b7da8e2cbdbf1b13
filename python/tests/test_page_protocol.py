"""Every example of docs/protocol.md is sent to a real server, in the page's order."""

import socket
import subprocess
from collections import deque

import pytest
from conftest import LISTENING, PATIENCE, ROOT
from examples import Learned, messages, same, table, value

from distkv.codec import pack, unpacker
from distkv.util import P, Path

PAGE = "docs/protocol.md"


class Wire:
    """A connection whose messages are given out as they come, and those of one request in their order."""

    def __init__(self, sock):
        sock.settimeout(PATIENCE)
        self.sock = sock
        self._octets = b""
        self._kept = deque()

    def send(self, octets):
        self.sock.sendall(octets)

    def receive(self, seq=None):
        """The next message with this seq, and its bytes."""
        for found in self._kept:
            if found[0].get("seq") == seq:
                self._kept.remove(found)
                return found
        while (found := self._next()) is not None:
            if seq is None or found[0].get("seq") == seq:
                return found
            self._kept.append(found)
        raise EOFError(f"the server closed the connection; before: {[message for message, _ in self._kept]}")

    def _next(self):
        while True:
            reader = unpacker()
            reader.feed(self._octets)
            for message in reader:
                octets, self._octets = self._octets[: reader.tell()], self._octets[reader.tell() :]
                return message, octets
            data = self.sock.recv(65536)
            if not data:
                return None
            self._octets += data

    def rest(self):
        """What comes that nobody has asked for, up to the end."""
        self.sock.shutdown(socket.SHUT_WR)
        rest = [message for message, _ in self._kept]
        while (found := self._next()) is not None:
            rest.append(found[0])
        self.sock.close()
        return rest


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server named as on the page; gives its port. What the page shows comes first, when nothing is stored."""
    data = tmp_path_factory.mktemp("house")
    command = [ROOT / "distkv", "server", "house", "--open", "--bind", "127.0.0.1:0", "--data", data]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    yield next(int(found[1]) for line in process.stdout if (found := LISTENING.search(line)))
    process.terminate()
    process.wait(PATIENCE)
    process.stdout.close()


def test_the_examples_are_what_a_server_says(house):
    learned = Learned("writer", "session", "secret", "socket", "tree", "seal")
    wires = {}
    unanswered = set()
    count = 0
    for message in messages(PAGE):
        where = f"{PAGE}:{message.line}"
        if message.who not in wires:
            wires[message.who] = wire = open_wire(message.who, house, learned)
            shows_greeting = not message.up and message.value.get("seq") == 0
            if message.who != "unix" and not shows_greeting:
                wire.receive(0)
        wire = wires[message.who]
        shown = learned.real(message.value)
        if message.up:
            octets = pack(shown)
            assert message.octets in (None, octets), where
            wire.send(octets)
            unanswered.add((message.who, message.value.get("seq")))
        else:
            unanswered.discard((message.who, message.value.get("seq")))
            said, octets = wire.receive(message.value.get("seq"))
            learned.learn(message.value, said)
            shown = learned.real(message.value)
            assert same(said, shown), f"{where}: {said}"
            assert message.octets in (None, octets), where
        count += 1
    assert count > 80
    for who, wire in wires.items():
        # The page cuts a connection before a reply; here it may have come.
        assert [one for one in wire.rest() if (who, one.get("seq")) not in unanswered] == [], who


def open_wire(who, port, learned):
    if who != "unix":
        return Wire(socket.create_connection(("127.0.0.1", port)))
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(learned.real("/tmp/house/witness"))
    return Wire(sock)


def test_the_escapes_of_paths_are_those_of_the_table(house):
    wire = Wire(socket.create_connection(("127.0.0.1", house)))
    wire.receive(0)
    rows = table(PAGE, "text", "elements", "content of extension type 3")
    for seq, (text, elements, content) in enumerate(rows, 1):
        path = Path(*value(elements))
        assert same(P(text), path), text
        assert str(path) == text
        octets = pack(path)
        assert octets.endswith(bytes([3]) + bytes.fromhex(content)), text
        wire.send(pack({"seq": 2 * seq, "action": "set_value", "path": list(path), "value": text}))
        assert wire.receive(2 * seq)[0]["changed"], text
        wire.send(pack({"seq": 2 * seq + 1, "action": "get_value", "path": path}))
        assert wire.receive(2 * seq + 1)[0]["value"] == text
    assert len(rows) > 8
