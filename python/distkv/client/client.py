"""The client's calls."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from anyio.abc import TaskGroup

from ..configuration import configuration
from ..exceptions import GuardError, Lost, NotYet
from ..schema import Guard
from ..util import NotGiven, P, Path, attrdict
from .background import background
from .link import Link
from .mirror import Mirror
from .monitor import Monitor
from .opening import BackgroundContext, Opening
from .path_expander import PathExpander
from .replies import Stream
from .session import Session
from .watch import Watch

__all__ = ["Client", "open_client"]

_CONNECT: Final = ("host", "port", "name", "ssl", "token", "user", "password")
"""What of ``connect`` can be given by itself."""

PathLike = Path | tuple[Any, ...] | list[Any] | str
"""A path as an object, as its elements, or as text."""


def open_client(**cfg: Any) -> Opening[Client]:
    """
    Connect to a server; the client reconnects whenever the connection is lost, until the block ends.

    ``async with open_client(…) as client:`` is the usual form. At the prompt of ``python -m asyncio``, or in a
    notebook, use ``client = await open_client(…)`` and finally ``await client.close()``; `distkv.sync` needs no
    ``await``.

    Configuration is given by keyword: ``host`` (also ``tls://HOST[:PORT]`` and ``unix:PATH``; without any, the server
    that this machine has joined, or the one on it), ``port``, ``name``, ``ssl`` (see `distkv.client.tls`), ``token``,
    or ``user`` and ``password`` (without any, see `distkv.client.credentials`), or the original's form
    ``connect=dict(host=…, port=…, name=…, init_timeout=<seconds>)``, and sections such as ``codes=dict(prefix=…)``;
    see `distkv.configuration`. Raises ServerConnectionError if the first connection cannot be made, ClientAuthError if
    the server refuses the log-in or wants one.
    """
    return Opening(lambda: _opened(**cfg))


@asynccontextmanager
async def _opened(**cfg: Any) -> AsyncIterator[Client]:
    connect = {key: cfg.pop(key) for key in _CONNECT if cfg.get(key) is not None}
    config = configuration({**cfg, "connect": {**(cfg.get("connect") or {}), **connect}})
    link = await Link.open(config.connect)
    async with background() as keeper:
        keeper.start_soon(link.run)
        try:
            async with background() as tasks:
                yield Client(link, config, tasks)
        finally:
            await link.close()


class Client:
    """
    A connection to a server, shared by any number of tasks; requests are pipelined.

    Paths are `distkv.util.Path` objects, tuples or lists of their elements, or text as `distkv.util.P` reads it.
    Results are dictionaries with attributes: ``"value" in res``, ``res.value``, ``res.chain``, ``res.tock``. All calls
    raise `ServerError` (see `distkv.exceptions` for what exactly) if the server refuses, ServerConnectionError at once
    while there is no connection, and ServerClosedError if it is lost before the reply came.
    """

    def __init__(self, link: Link, config: attrdict, tasks: TaskGroup, guards: tuple[Guard, ...] = ()) -> None:
        self.link = link
        self.config = config
        self.tasks = tasks
        """The task group of this client's background tasks, which end with the client."""
        self.handlers: dict[Any, Any] = {}
        """The live roots (`distkv.client.Handler`) of this client, one of each class and path."""
        self._cfg = config
        self._guards = guards
        self._opened_by: BackgroundContext | None = None

    async def close(self) -> None:
        """Close the connection, if it was opened by ``await open_client(…)``; otherwise the end of the block does."""
        if self._opened_by is None:
            raise RuntimeError("close: the end of 'async with open_client(…)' closes this client")
        await self._opened_by.close()

    @property
    def name(self) -> str:
        """This client's name: configured, or that of the node that the machine has joined as, or the machine's."""
        node = self.link.address.node
        return str(self.config.connect.name or (node.name if node else socket.gethostname()))

    client_name = name

    @property
    def server_name(self) -> str:
        """The server's name; empty until there is a connection."""
        return str(self.link.greeting.get("node", ""))

    node = server_name

    @property
    def connected(self) -> bool:
        """Whether there is a connection."""
        return self.link.connected

    def guarded(self, *guards: Guard) -> Client:
        """
        Return a view of this client whose writes happen only while these entries are unchanged.

        A guard is a path and the tick of its last write, such as a run's claim. A write that a guard forbids raises
        `Lost`, and writes nothing.
        """
        view = Client(self.link, self.config, self.tasks, (*self._guards, *guards))
        view.handlers = self.handlers
        return view

    async def get(self, path: PathLike, *, nchain: int = 0, by: bool = False) -> attrdict:
        """
        Read an entry: ``value`` (no such key if there is none), ``tock``, and with ``nchain`` above 0 ``chain``.

        With ``by`` the result says who wrote it, if that is known: ``by``, and ``cause`` if a run did so because of the
        change that had this tick. `get_tree` and `watch` have the same option.
        """
        params: dict[str, Any] = {"path": elements(path), "nchain": nchain}
        if by:
            params["by"] = True
        return await self.link.request("get_value", params)

    async def set(
        self,
        path: PathLike,
        value: Any = NotGiven,
        *,
        chain: Any = NotGiven,
        prev: Any = NotGiven,
        nchain: int = 0,
        idem: bool | None = None,
        session: bool = False,
        guard: Iterable[Guard] = (),
    ) -> attrdict:
        """
        Write an entry. The reply has ``changed``, ``tock``, and ``chain`` if ``nchain`` is 1 or more.

        ``chain`` makes it compare-and-set: None if the entry must not exist, else the chain that it must have
        (ClientChainError otherwise). ``prev`` compares by value (ClientValueError). ``idem=True`` writes nothing if
        the value is already there. ``session=True`` binds the entry to this connection's session, see `session`.
        ``guard`` adds guards to this one write, see `guarded`.
        """
        if value is NotGiven:
            raise TypeError("value: not given (expected: a value; delete() removes an entry)")
        params = _given(path=elements(path), value=value, nchain=nchain, chain=chain, prev=prev)
        if idem is not None:
            params["idem"] = idem
        if session:
            params["session"] = True
        return await self._write("set_value", params, guard)

    async def delete(
        self,
        path: PathLike,
        *,
        chain: Any = NotGiven,
        prev: Any = NotGiven,
        nchain: int = 0,
        recursive: bool = False,
        guard: Iterable[Guard] = (),
    ) -> attrdict:
        """
        Remove an entry, or with ``recursive`` all entries at and below the path; ``changed`` then counts them.

        ``chain``, ``prev`` and ``guard`` are as in `set`; the first two cannot be combined with ``recursive``.
        """
        if recursive:
            if chain is not NotGiven or prev is not NotGiven:
                raise TypeError("recursive: together with chain or prev (expected: one or the other)")
            return await self._write("delete_tree", {"path": elements(path), "nchain": 0}, guard)
        params = _given(path=elements(path), nchain=nchain, chain=chain, prev=prev)
        return await self._write("delete_value", params, guard)

    async def delete_tree(self, path: PathLike) -> attrdict:
        """Remove all entries at and below a path; ``changed`` is how many there were."""
        return await self.delete(path, recursive=True)

    async def commit(self, writes: Iterable[Mapping[str, Any]], *, guard: Iterable[Guard] = ()) -> attrdict:
        """
        Do several writes, all or none. The reply has ``ticks``, one for each write, and ``tock``.

        A write has ``path``, ``value`` (without it the entry is deleted), and optionally ``chain`` (as in `set`) and
        ``session``. Raises ClientChainError or GuardError, whose ``path`` says where.
        """
        frames = [{**write, "path": elements(write["path"])} for write in writes]
        return await self._write("commit", {"writes": frames}, guard)

    async def list(self, path: PathLike, *, with_data: bool = False, empty: bool | None = None) -> Any:
        """
        Return the names of a path's children as a tuple, or with ``with_data`` a dictionary of their values.

        ``empty`` includes children that have no value but children of their own; by default it is the opposite of
        ``with_data``. Raises NotFoundError if the path has never existed.
        """
        params = {"path": elements(path), "with_data": with_data, "empty": not with_data if empty is None else empty}
        return (await self.link.request("enum", params)).result

    async def get_tree(self, path: PathLike, *, long_path: bool = True, **options: Any) -> AsyncIterator[attrdict]:
        """
        Iterate over the entries at and below a path, parents first: each with ``path`` (below the one asked for),
        ``value``, ``tock``, and ``chain`` if ``nchain`` is 1 or more.

        ``min_depth`` and ``max_depth`` limit how far below the path an entry may be, ``empty=True`` includes places
        without a value. Siblings come in the order of their creation, or sorted with ``sorted=True``.
        ``long_path=False`` leaves the paths shortened, with ``depth``. Raises NotFoundError if the path has
        never existed, ServerClosedError if the connection is lost midway.
        """
        stream = Stream(self.link.connection())
        await stream.open("get_tree", {"path": elements(path), **options})
        expand = PathExpander(Path())
        try:
            while await stream.ready():
                while (item := stream.take()) is not None:
                    if long_path:
                        expand(item)
                    yield item
        finally:
            stream.close()

    def watch(self, path: PathLike, *, fetch: bool = False, long_path: bool = True, **options: Any) -> Watch:
        """
        Watch an entry and all below it: ``async with client.watch(path) as w: async for item in w: …``.

        ``fetch`` delivers the current entries first. ``min_depth`` and ``max_depth`` limit how far below the path an
        entry may be (``max_depth=0`` is the entry alone), ``nchain`` asks for that many links of the chain.
        ``long_path=False`` leaves the paths shortened, with ``depth``. See `Watch`.
        """
        return Watch(self.link, Path.build(elements(path)), fetch=fetch, long_path=long_path, **options)

    def mirror(self, path: PathLike, *, nchain: int = 0) -> Mirror:
        """Keep a live copy of a subtree: ``async with client.mirror(path) as tree: tree.get(Path("below"))``."""
        return Mirror(self, Path.build(elements(path)), nchain=nchain)

    async def msg_send(self, topic: Any, data: Any = None, raw: bytes | None = None) -> attrdict:
        """Send a message to all who monitor this topic now: any value, or ``raw`` bytes as they are."""
        if raw is not None and data is not None:
            raise TypeError("data and raw: both given (expected: one of them)")
        body = {"data": data} if raw is None else {"raw": raw}
        return await self.link.request("msg_send", {"topic": _topic(topic), **body})

    def msg_monitor(self, topic: Any, raw: bool = False) -> Monitor:
        """Receive the messages sent to a topic; ``+`` stands for one level, ``#`` for the rest. See `Monitor`."""
        return Monitor(self.link, _topic(topic), raw=raw)

    @asynccontextmanager
    async def session(self, ttl: float = 3) -> AsyncIterator[Session]:
        """Hold a session whose entries are deleted ``ttl`` seconds after this client is gone. See `Session`."""
        session = Session(self.link, self.set, await self.request("session", ttl=ttl))
        async with background() as tasks:
            tasks.start_soon(session.keep)
            yield session
        if self.connected and not session.lost:
            await session.end()

    async def stop(self, task: Any) -> attrdict:
        """End a stream of this client: a watch, a monitor, or its ``seq``. ``result`` is whether it was running."""
        return await self.request("stop", task=getattr(task, "seq", task))

    async def get_tock(self) -> int:
        """Return a number that the server never returned before; later ones are larger."""
        return int((await self.request("get_tock")).tock)

    async def request(self, action: str, **params: Any) -> attrdict:
        """Send any request that has a single reply, and return the reply. Guards are not added."""
        return await self.link.request(action, params)

    _request = request

    def _standing_guards(self) -> tuple[Guard, ...]:
        """Return the guards of all writes, besides those of a single write."""
        return self._guards

    async def _write(self, action: str, params: dict[str, Any], guard: Iterable[Guard]) -> attrdict:
        standing = self._standing_guards()
        guards = (*standing, *guard)
        if not guards:
            return await self.link.request(action, params)
        params["guard"] = [[elements(path), tick] for path, tick in guards]
        try:
            return await self.link.request(action, params)
        except NotYet:
            raise
        except GuardError as error:
            if not standing:
                raise
            lost = Lost(str(error))
            lost.path, lost.tick = error.path, error.tick
            raise lost from None


def elements(path: Any) -> tuple[Any, ...]:
    """Return a path's elements as they are sent; raises PathSyntaxError for a text that is not a path."""
    if isinstance(path, Path):
        return path.elements
    if isinstance(path, (tuple, list)):
        return tuple(path)
    if isinstance(path, str):
        return P(path).elements
    raise TypeError(f"path: {path!r} (expected: a Path, a tuple or a list of its elements, or its text)")


def _topic(topic: Any) -> Any:
    return topic.elements if isinstance(topic, Path) else topic


def _given(**params: Any) -> dict[str, Any]:
    return {key: value for key, value in params.items() if value is not NotGiven}
