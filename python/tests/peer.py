"""A scripted server, for what a real one does only when things go wrong."""

from contextlib import asynccontextmanager

import anyio

from distkv import codec


class Peer:
    """
    A server that greets, notes every request, and answers as the test says: by ``send`` on a connection, or by an
    ``answer`` of an action, which is called with the connection and the request.
    """

    def __init__(self, **greeting):
        self.greeting = {"seq": 0, "node": "peer", "version": [0], "tick": 1, "tock": 1, "qlen": 10, **greeting}
        self.answers = {}
        self.connections = []
        self.port = 0
        self._came = anyio.Event()

    async def _serve(self, stream):
        connection = Connection(self, stream)
        self.connections.append(connection)
        async with stream:
            await connection.send(**self.greeting)
            self._wake()
            await connection.read()
        self._wake()

    def _wake(self):
        event, self._came = self._came, anyio.Event()
        event.set()

    async def until(self, condition):
        """Wait until a condition holds that requests or connections may bring about."""
        with anyio.fail_after(10):
            while not condition():
                await self._came.wait()

    async def request(self, action, connection=-1, count=1):
        """Wait for the n-th request of an action on a connection (the newest by default) and return it."""
        await self.until(lambda: len(self.connections) > max(connection, 0))
        found = []

        def there():
            found[:] = [one for one in self.connections[connection].received if one.get("action") == action]
            return len(found) >= count

        await self.until(there)
        return found[count - 1]


class Connection:
    def __init__(self, peer, stream):
        self.peer = peer
        self.stream = stream
        self.received = []
        self.closed = False
        self._sending = anyio.Lock()

    async def read(self):
        unpacker = codec.unpacker()
        try:
            while True:
                unpacker.feed(await self.stream.receive())
                for message in unpacker:
                    self.received.append(message)
                    answer = self.peer.answers.get(message.get("action"))
                    if answer is not None:
                        await answer(self, message)
                self.peer._wake()
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            self.closed = True

    async def send(self, **message):
        await self.send_all([message])

    async def send_all(self, messages):
        await self.send_bytes(b"".join(map(codec.pack, messages)))

    async def send_bytes(self, data):
        async with self._sending:
            await self.stream.send(data)

    async def drop(self):
        await self.stream.aclose()

    def acks(self):
        return [one.ack for one in self.received if one.get("state") == "ack"]


@asynccontextmanager
async def peer(**greeting):
    server = Peer(**greeting)
    async with await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0) as listener:
        server.port = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, server._serve)
            try:
                yield server
            finally:
                tasks.cancel_scope.cancel()
