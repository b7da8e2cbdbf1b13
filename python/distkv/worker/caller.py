"""
Calls stored procedures for a client in another language: ``python -m distkv.worker.caller SOCKET``.

One call after another comes over the socket, with what it needs to know of procedures and modules before it; each is
answered by one message: ``result``, or ``kind`` and what is wrong. Its end is the end of this process.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from functools import partial
from typing import Any

from ..code import CompileError, MissingVariablesError, Procedure, compile_module, compile_procedure
from ..code.importer import Importer
from . import report
from .wire import Messages, clean, pack

__all__ = ["Caller", "main"]


class Caller:
    """Serves the client at the other end of ``sock``, on the only thread that runs stored code."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._messages = Messages()
        self._procedures: dict[str, Procedure | CompileError] = {}
        self._importer = Importer(self._failed)
        self._importer.install()
        self._loop: asyncio.AbstractEventLoop | None = None

    def serve(self) -> None:
        """Do what the client says until it is gone."""
        while data := self._sock.recv(65536):
            for message in self._messages.feed(data):
                if message.get("op") == "define":
                    self._define(message)
                elif message.get("op") == "module":
                    self._learn(message["name"], message["source"])
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

    def _learn(self, name: str, source: str | None) -> None:
        try:
            self._importer.put(name, None if source is None else compile_module(name, source))
        except CompileError as exc:
            self._importer.put(name, exc)

    async def _failed(self, _name: str, _error: Exception) -> None:
        """Nothing: what a module raises while it loads is raised where it is imported, and goes to the caller."""

    def _answer(self, message: Mapping[str, Any]) -> bytes:
        name = message["name"]
        try:
            procedure = self._procedures[name]
            if isinstance(procedure, CompileError):
                return pack({"kind": "compile", "message": procedure.reason, "line": procedure.line})
            for module in message["modules"]:
                importlib.import_module(module)
            try:
                call = procedure.bind(message["args"], message["kwargs"])
            except MissingVariablesError as exc:
                return pack({"kind": "vars", "message": str(exc), "missing": exc.missing})
            except TypeError as exc:
                return pack({"kind": "arguments", "message": clean(str(exc))})
            result = self._run(procedure, call)
            try:
                return pack({"result": result})
            except (TypeError, ValueError) as exc:
                return pack({"kind": "error", "type": type(exc).__name__, "message": clean(f"the result: {exc}")})
        except BaseException as exc:
            return pack({"kind": "error", **report.describe(exc, f"distkv:{name}")})

    def _run(self, procedure: Procedure, call: partial[Any]) -> Any:
        if procedure.mode != "async":
            return call()
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(call())


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
    threading.Thread(target=_die_with, args=(sock,), daemon=True).start()
    Caller(sock).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
