"""That servers of an older epoch than was seen are told and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from distkv import codec
from distkv.client import epochs
from distkv.client.address import Address
from distkv.client.connection import Connection
from distkv.exceptions import ServerConnectionError

pytestmark = pytest.mark.anyio


def _greeting(epoch: int, tree: str = "77aa") -> dict[str, Any]:
    return {
        "seq": 0,
        "node": "house",
        "version": (0, 65, 0),
        "tock": 0,
        "qlen": 10,
        "tree": tree,
        "epoch": epoch,
        "seal": f"{tree}:{epoch}",
    }


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(epochs, "_seen", {})
    return tmp_path


async def _greet(greeting: dict[str, Any]) -> tuple[str, list[Any]]:
    """Connect to a server that greets like this; return the error, and what the server was sent."""
    sent: list[Any] = []
    over = anyio.Event()

    async def serve(stream: Any) -> None:
        async with stream:
            await stream.send(codec.packer().pack(greeting))
            unpacker = codec.unpacker()
            try:
                while True:
                    unpacker.feed(await stream.receive())
                    sent.extend(unpacker)
            except anyio.EndOfStream:
                over.set()

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        with pytest.raises(ServerConnectionError) as error:
            await Connection.open(Address("127.0.0.1", port), None, None, timeout=5, window=10)
        with anyio.fail_after(5):
            await over.wait()
        tasks.cancel_scope.cancel()
    await listener.aclose()
    return str(error.value), sent


async def test_a_server_of_an_older_epoch_is_told_and_refused() -> None:
    assert epochs.newer_than(_greeting(2)) is None
    error, sent = await _greet(_greeting(1))
    assert "a server of epoch 1 of the tree, which another one has taken over in epoch 2 (expected: that one)" in error
    assert sent == [{"seq": 0, "qlen": 0, "seal": "77aa:2"}]


async def test_what_was_seen_is_kept_for_other_processes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    epochs.newer_than(_greeting(1, "first"))
    epochs.newer_than(_greeting(3))
    assert (home / ".config/distkv/epochs").read_text() == "77aa 3 77aa:3\n"
    monkeypatch.setattr(epochs, "_seen", {})
    assert epochs.newer_than(_greeting(2)) == epochs.Seen(3, "77aa:3")
    assert epochs.newer_than(_greeting(3)) is None
    assert epochs.newer_than(_greeting(2, "another")) is None


async def test_a_file_that_cannot_be_used_does_no_harm(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".config").write_text("not a directory")
    assert epochs.newer_than(_greeting(2)) is None
    assert epochs.newer_than(_greeting(1)) == epochs.Seen(2, "77aa:2")
