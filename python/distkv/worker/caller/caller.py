"""
The caller: it serves one client, call after call.

The first message is ``init``: the server, and the configuration that code sees. Each ``call`` is preceded by messages
that define the procedures and modules that it needs, and answered by one message: ``result``, or ``kind`` and what is
wrong. Procedures have the globals that they have in a runner; those that use the tree get a connection of their own to
the server for the time of the call.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import socket
from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from typing import Any

import anyio.lowlevel
from anyio.from_thread import start_blocking_portal

from ...client import open_client
from ...client.blocking import BlockingClient
from ...code import CompileError, MissingVariablesError, Procedure, compile_module, compile_procedure
from ...code.compiler import module_imports
from ...code.importer import Importer, refuse_the_rest_if_signed
from ...configuration import configuration
from ...runner.globals import procedure_globals
from ...schema import name_of
from ..protocol.framing import MessageReader, pack, sendable_text
from ..runs import failures
from .async_call import call_async, uses_tree

__all__ = ["Caller"]


class CallFailure(Enum):
    """The ``kind`` of an answer that is not a result."""

    COMPILE = "compile"
    VARS = "vars"
    ARGUMENTS = "arguments"
    ERROR = "error"


class Caller:
    """Serves the client at the other end of ``sock``, on the only thread that runs stored code."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._messages = MessageReader()
        self._procedures: dict[str, Procedure | CompileError] = {}
        self._config = configuration({})
        self._importer = Importer()
        self._importer.install()
        self._loop: asyncio.AbstractEventLoop | None = None

    def serve(self) -> None:
        """Serve the client until it is gone."""
        while data := self._sock.recv(65536):
            for message in self._messages.feed(data):
                if message.get("op") == "init":
                    self._config = configuration({**message["config"], "connect": message["connect"]})
                    refuse_the_rest_if_signed(self._config)
                elif message.get("op") == "define":
                    self._define(message)
                elif message.get("op") == "module":
                    self._store_module(message)
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

    def _store_module(self, message: Mapping[str, Any]) -> None:
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
                return _failure(CallFailure.VARS, message=str(exc), missing=exc.missing)
            except TypeError as exc:
                return _failure(CallFailure.ARGUMENTS, message=sendable_text(str(exc)))
            result = self._run(procedure, call)
            try:
                return pack({"result": result})
            except (TypeError, ValueError) as exc:
                text = sendable_text(f"the result: {exc}")
                return _failure(CallFailure.ERROR, type=type(exc).__name__, message=text)
        except CompileError as exc:
            return _failure(CallFailure.COMPILE, name=exc.name, message=exc.reason, line=exc.line)
        except BaseException as exc:
            return _failure(CallFailure.ERROR, **failures.describe(exc, f"distkv:{name}"))

    @staticmethod
    def _bound(procedure: Procedure, args: Any, kwargs: Any, given: Mapping[str, Any]) -> partial[Any]:
        return procedure.bind(args, {**given, **kwargs})

    def _run(self, procedure: Procedure, call: Callable[[Mapping[str, Any]], partial[Any]]) -> Any:
        log = logging.getLogger(procedure.name)
        if procedure.mode == "async":
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
            return self._loop.run_until_complete(call_async(procedure, call, self._config, log))
        if not uses_tree(procedure.code):
            return call(procedure_globals(None, self._config, log))()
        with (
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(open_client(**self._config)) as client,
        ):
            blocking = portal.call(BlockingClient, client, anyio.lowlevel.checkpoint)
            return call(procedure_globals(blocking, self._config, log))()


def _failure(kind: CallFailure, **details: Any) -> bytes:
    return pack({"kind": kind.value, **details})
