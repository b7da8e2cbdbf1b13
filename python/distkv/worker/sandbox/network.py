"""Workers without a network: they reach nothing but the server, through a process outside."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import struct
import sys
from collections.abc import Callable

from . import kernel

__all__ = ["THREADS", "leave", "why_not"]

_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000
_SET_FLAGS = 0x8914
_UP = 1
_CHUNK = 1 << 16
_MOST_FILES = 1 << 20
_LOCAL = "127.0.0.1"

THREADS = 2
"""How many threads the process outside may have."""


def why_not() -> str | None:
    """Return why processes cannot leave the network here; None if they can. A process tries."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _unshare()
        except OSError as exc:
            os.write(writer, str(exc).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        text = answers.read().decode()
    os.waitpid(pid, 0)
    return text or None


def leave(host: str, port: int, die_with: Callable[[int], None]) -> None:
    """
    In a worker: leave the network. Only this server is reached from then on, at 127.0.0.1 and the same port.

    A process that stays outside passes on what is sent there. It is forked before the worker enters its sandbox, and
    so out of reach of the worker's code; `die_with` has it end with the worker.
    """
    inside, outside = socket.socketpair()
    worker = os.getpid()
    if os.fork() == 0:
        try:
            die_with(worker)
            os.dup2(outside.fileno(), 3)
            os.closerange(4, _MOST_FILES)
            _, files, _, _ = socket.recv_fds(socket.socket(fileno=3), 1, 1)
            asyncio.run(_relay(socket.socket(fileno=files[0]), host, port))
        except BaseException as exc:
            sys.stderr.write(f"distkv worker relay: {exc}\n")
        finally:
            os._exit(1)
    _unshare()
    with socket.create_server((_LOCAL, port)) as listener, inside:
        socket.send_fds(inside, [b"l"], [listener.fileno()])
    outside.close()


def _unshare() -> None:
    """Get a network of our own, with a loopback interface that is up."""
    if os.geteuid() == 0:
        kernel.syscall("unshare", _NEW_NETWORK)
    else:
        ids = {"uid_map": os.geteuid(), "gid_map": os.getegid()}
        kernel.syscall("unshare", _NEW_USERS | _NEW_NETWORK)
        _tell("setgroups", "deny")
        for name, number in ids.items():
            _tell(name, f"{number} {number} 1")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH22x", b"lo", _UP))


def _tell(name: str, text: str) -> None:
    with open(f"/proc/self/{name}", "w") as file:
        file.write(text)


async def _relay(listener: socket.socket, host: str, port: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answers, requests = await asyncio.open_connection(host, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_copy(reader, requests), _copy(answers, writer))

    server = await asyncio.start_server(serve, sock=listener)
    await server.serve_forever()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Pass bytes on until the source ends or the target is gone; then end the target."""
    try:
        while data := await source.read(_CHUNK):
            target.write(data)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()
