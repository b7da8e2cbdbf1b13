"""The tokens of the runs that share a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import anyio

from ..exceptions import DistKVError
from ..util import attrdict

if TYPE_CHECKING:
    from .connection import Connection

__all__ = ["RunTokens"]

Refused = Callable[[str], None]
"""Is told why the server refuses a token: its run is over."""


class RunTokens:
    """
    What a link logs in with that belongs to runs of jobs: their tokens, on each connection, and nothing else.

    What a run asks for need not wait for that: a server reads the token first.
    """

    def __init__(self) -> None:
        self._tokens: dict[str, Refused] = {}
        self._nobody = False
        self._connection: Connection | None = None
        self._added = anyio.Event()

    def add(self, token: str, refused: Refused) -> None:
        """Add the token of a run that begins."""
        self._tokens[token] = refused
        self._added.set()
        if self._connection is not None and not self._connection.closed:
            _present(self._connection, token, refused)

    def remove(self, token: str) -> None:
        """Remove the token of a run that has ended."""
        self._tokens.pop(token, None)

    def add_nobody(self) -> None:
        """Note that a run begins that has no token: from now on the link connects without one, too."""
        self._nobody = True
        self._added.set()

    async def wait(self) -> None:
        """Wait until there is a run to connect for."""
        while not (self._tokens or self._nobody):
            self._added = anyio.Event()
            await self._added.wait()

    def connected(self, connection: Connection) -> None:
        """Log in on a new connection, before anything else is sent there."""
        self._connection = connection
        for token, refused in self._tokens.items():
            _present(connection, token, refused)


class _LogIn:
    """The answer to a log-in."""

    def __init__(self, refused: Refused) -> None:
        self._refused = refused

    def put(self, message: attrdict) -> bool:
        if "error" in message:
            self._refused(str(message.error))
        return message.get("state") == "end"

    def lost(self, error: DistKVError) -> None:
        """The token is presented on the next connection."""


def _present(connection: Connection, token: str, refused: Refused) -> None:
    if "run" in connection.extensions:
        connection.send("auth", {"typ": "run", "token": token}, _LogIn(refused))
