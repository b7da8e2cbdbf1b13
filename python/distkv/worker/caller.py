"""
Calls stored procedures for a client in another language: ``python -m distkv.worker.caller SOCKET``.

First comes ``init``: the server, and the configuration that code sees. Then one call after another comes over the
socket, with what it needs to know of procedures and modules before it; each is answered by one message: ``result``, or
``kind`` and what is wrong. Its end is the end of this process. Procedures find the globals that a runner would give
them; those that use the tree have a connection of their own to the server for the time of the call.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import anyio.lowlevel
from anyio.from_thread import start_blocking_portal

from ..client import open_client
from ..code import CompileError, MissingVariablesError, Procedure, compile_module, compile_procedure
from ..code.compiler import module_imports
from ..code.importer import Importer
from ..code.needs import name_of
from ..default import configuration
from ..runner.names import names
from . import report
from .blocking import BlockingClient
from .callee import call_async, uses_tree
from .wire import Messages, clean, pack

__all__ = ["Caller", "main"]


class Caller:
    """Serves the client at the other end of ``sock``, on the only thread that runs stored code."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._messages = Messages()
        self._procedures: dict[str, Procedure | CompileError] = {}
        self._config = configuration({})
        self._importer = Importer(self._failed)
        self._importer.install()
        self._loop: asyncio.AbstractEventLoop | None = None

    def serve(self) -> None:
        """Do what the client says until it is gone."""
        while data := self._sock.recv(65536):
            for message in self._messages.feed(data):
                if message.get("op") == "init":
                    self._config = configuration({**message["config"], "connect": message["connect"]})
                elif message.get("op") == "define":
                    self._define(message)
                elif message.get("op") == "module":
                    self._learn(message)
                elif message.get("op") == "call":
                    self._sock.sendall(self._answer(message))

    def _define(self, message: Mapping[str, Any]) -> None:
        name = message["name"]
        try:
            self._procedures[name] = compile_procedure(
                name, message["source"], message["mode"], message["vars"], message["default"]
            )
        except CompileError as exc:
            self._procedures[name] = exc

    def _learn(self, message: Mapping[str, Any]) -> None:
        name, source = message["name"], message["source"]
        if source is None and message["wrong"] is None:
            self._importer.put(name, None)
            return
        try:
            if message["wrong"] is not None:
                raise CompileError(name, message["wrong"])
            module = compile_module(name, source)
            requires = map(name_of, message["requires"])
            self._importer.put(name, module, requires=requires, imports=module_imports(name, source))
        except CompileError as exc:
            self._importer.put(name, exc)

    async def _failed(self, _name: str, _error: Exception) -> None:
        """Nothing: what a module raises while it loads is raised where it is imported, and goes to the caller."""

    def _answer(self, message: Mapping[str, Any]) -> bytes:
        name = message["name"]
        try:
            procedure = self._procedures[name]
            if isinstance(procedure, CompileError):
                raise procedure.again()
            for module in message["modules"]:
                importlib.import_module(module)
            call = partial(self._bound, procedure, message["args"], message["kwargs"])
            try:
                call({})
            except MissingVariablesError as exc:
                return pack({"kind": "vars", "message": str(exc), "missing": exc.missing})
            except TypeError as exc:
                return pack({"kind": "arguments", "message": clean(str(exc))})
            result = self._run(procedure, call)
            try:
                return pack({"result": result})
            except (TypeError, ValueError) as exc:
                return pack({"kind": "error", "type": type(exc).__name__, "message": clean(f"the result: {exc}")})
        except CompileError as exc:
            return pack({"kind": "compile", "name": exc.name, "message": exc.reason, "line": exc.line})
        except BaseException as exc:
            return pack({"kind": "error", **report.describe(exc, f"distkv:{name}")})

    @staticmethod
    def _bound(procedure: Procedure, args: Any, kwargs: Any, names: Mapping[str, Any]) -> partial[Any]:
        return procedure.bind(args, {**names, **kwargs})

    def _run(self, procedure: Procedure, call: Callable[[Mapping[str, Any]], partial[Any]]) -> Any:
        log = logging.getLogger(procedure.name)
        if procedure.mode == "async":
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
            return self._loop.run_until_complete(call_async(procedure, call, self._config, log))
        if not uses_tree(procedure.code):
            return call(names(None, self._config, log))()
        with (
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(open_client(**self._config)) as client,
        ):
            blocking = portal.call(BlockingClient, client, anyio.lowlevel.checkpoint)
            return call(names(blocking, self._config, log))()


def _die_with(sock: socket.socket) -> None:
    """End this process when the client has closed the connection, whatever stored code is doing."""
    poll = select.poll()
    poll.register(sock, select.POLLRDHUP)
    poll.poll()
    os._exit(0)


def main(args: list[str]) -> int:
    """Serve the client that listens on the socket."""
    if len(args) != 1:
        sys.stderr.write("usage: python -m distkv.worker.caller SOCKET (clients start this; it is not for people)\n")
        return 2
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(2, 1)  # what stored code prints is no part of the client's output
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(args[0])
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    threading.Thread(target=_die_with, args=(sock,), daemon=True).start()
    Caller(sock).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
