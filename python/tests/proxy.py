"""A wire to a server that a test can cut."""

import socket
import threading
import time
from contextlib import suppress


class Proxy:
    """
    Passes on what comes to its port, to the server's; between ``cut`` and ``mend`` nobody gets through.

    While it is ``silent`` nothing gets back that the server says. What the server says first on a connection comes
    ``late``, in seconds.
    """

    def __init__(self, port):
        self._to = port
        self._pairs = []
        self.port = 0
        self.silent = False
        self.late = 0.0
        self.mend()

    def mend(self):
        self.silent = False
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self):
        # shutdown wakes the thread that waits in accept; close alone would not.
        for sock in (self._listener, *(sock for pair in self._pairs for sock in pair)):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        self._pairs.clear()

    def _accept(self, listener):
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._pairs.append((near, far))
                for source, target in ((near, far), (far, near)):
                    args = (source, target, source is far)
                    threading.Thread(target=self._pass_on, args=args, daemon=True).start()

    def _pass_on(self, source, target, back):
        with suppress(OSError):
            data = source.recv(65536)
            if back:
                time.sleep(self.late)
            while data:
                if not (back and self.silent):
                    target.sendall(data)
                data = source.recv(65536)
        for sock in (source, target):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
