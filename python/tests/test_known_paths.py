"""Reading where the system keeps what is its own is no error on a fresh tree, whatever the configuration."""

import pytest
from conftest import Server

from distkv.exceptions import NotFoundError
from distkv.util import P

pytestmark = pytest.mark.anyio


async def test_the_places_of_the_configuration_are_known_from_the_beginning(tmp_path):
    server = Server(tmp_path)
    server.start()
    try:
        async with server.client() as client:
            for path in "error", "code.proc", "code.module", "run", "run.any.default", "run.at.attic.default", "state":
                assert await client.list(P(":.distkv." + path)) == ()
                assert [entry async for entry in client.get_tree(P(":.distkv." + path))] == []
            for path in "error.attic", "run.any.default.a.job", "nowhere":
                with pytest.raises(NotFoundError):
                    await client.list(P(":.distkv." + path))
    finally:
        server.stop()
