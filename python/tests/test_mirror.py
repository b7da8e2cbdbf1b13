"""Mirrors and the roots of subsystems, against a scripted server."""

import anyio
import pytest
from helpers import until
from peer import peer
from test_client import connect
from test_watch import UPTODATE, Script, item

from distkv.client.mirror import Mirror
from distkv.errors import ErrorRoot
from distkv.exceptions import NotFoundError
from distkv.util import P

pytestmark = pytest.mark.anyio


async def test_a_mirror_has_what_the_watch_delivers_by_path_below_its_root():
    async with peer() as server, connect(server) as client:
        items = [item("b", 1, 5), item("c", 2, 6), {**UPTODATE, "tock": 6}, item("b", "-", 7), item("d", 3, 8)]
        Script(server).parts = [{"start": 1, "items": items}]
        async with client.mirror(P("a")) as tree:
            assert tree.loaded
            await until(tree, lambda: P("d") in tree)
            assert {str(path): tree[path].value for path in tree} == {"c": 2, "d": 3}
            with anyio.fail_after(10):
                await tree.wait_tock(8)
        assert tree[P("c")].value == 2


async def test_an_error_while_a_change_is_handled_does_not_end_the_mirror(caplog):
    class Picky(Mirror):
        async def changed(self, path, entry):
            if entry is not None and entry.value == "bad":
                raise ValueError("not this one")

    async with peer() as server, connect(server) as client:
        items = [item("b", "bad", 5), {**UPTODATE, "tock": 6}, item("c", "good", 7)]
        Script(server).parts = [{"start": 1, "items": items}]
        async with Picky(client, P("a")) as tree:
            await until(tree, lambda: P("c") in tree)
            assert tree[P("b")].value == "bad"
    assert "Picky: handling the change of a.b failed" in caplog.text


async def test_a_handler_that_could_not_be_loaded_can_be_asked_for_again():
    async with peer() as server, connect(server) as client:
        answers = []

        async def watch(connection, message):
            answers.append(message.path)
            if len(answers) == 1:
                await connection.send(seq=message.seq, error="not now", etype="notfound")
            else:
                await connection.send_all([{"seq": message.seq, **one} for one in ({"state": "start"}, UPTODATE)])

        server.answers["watch"] = watch
        outcomes = []

        async def ask():
            try:
                outcomes.append(await ErrorRoot.as_handler(client))
            except NotFoundError as error:
                outcomes.append(str(error))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            tasks.start_soon(ask)
        assert outcomes[0] == "not now"
        assert outcomes[1].loaded
        assert answers == [(".distkv", "error")] * 2


async def test_a_handler_outlives_a_lost_connection_and_ends_with_its_client():
    async with peer() as server:
        script = Script(server)
        script.parts = [
            {"start": 1, "items": [item("n:1", {}, 5), {**UPTODATE, "tock": 6}], "drop": True},
            {"start": 1, "items": [item("n:1", {}, 5), item("n:2", {}, 7), {**UPTODATE, "tock": 8}]},
        ]
        async with connect(server) as client:
            errors = await ErrorRoot.as_handler(client)
            await until(errors, lambda: P("n:2") in errors)
            assert await ErrorRoot.as_handler(client) is errors
