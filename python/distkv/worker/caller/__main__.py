"""The caller of stored procedures, as a program: ``python -m distkv.worker.caller SOCKET``."""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import sys
import threading

from .caller import Caller


def _exit_with_client(sock: socket.socket) -> None:
    """Exit when the client has closed the connection, whatever stored code is doing."""
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
    os.dup2(2, 1)  # what stored code prints is not part of the client's output
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(args[0])
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    threading.Thread(target=_exit_with_client, args=(sock,), daemon=True).start()
    Caller(sock).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
