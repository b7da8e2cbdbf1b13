"""``_info``: the queue of messages that a running job iterates."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from .messages import GROUP_STATES, ChangeMsg, MQTTmsg, TimerMsg

ROOM = 256
"""So many messages of watches wait here; when it is full, watches stop reading from the server."""

STATES = 64
"""So many group states wait here; of more, the oldest goes."""

SLICES = 10
"""The idle time is counted in slices, so that a blocked event loop counts as one of them only."""

_FROM_WATCHES = (ChangeMsg, MQTTmsg)
_ASKED_FOR = (*_FROM_WATCHES, TimerMsg)
_STATES = tuple(GROUP_STATES.values())


class Inbox:
    """An async iterator of messages, owned by one job and used on its event loop only.

    What comes from watches waits for room (``full``, ``room``), which makes the server hold newer
    values back and merge them. Everything else is put in at once. A job that has begun to read and
    then takes nothing for ``idle`` seconds, while messages of watches, monitors or timers wait, finds
    ``None`` instead of them, and then the end.
    """

    def __init__(self, idle: float) -> None:
        self._slice = idle / SLICES
        self._waiting: deque[Any] = deque()
        self._from_watches = 0
        self._asked_for = 0
        self._begun = False
        self._untaken_slices = 0
        self._check: asyncio.TimerHandle | None = None
        self._readers: set[asyncio.Future[None]] = set()
        self._writers: deque[asyncio.Event] = deque()
        self._stalled = False
        self.gave_up = False
        """Whether the job has taken the ``None``."""
        self._failure: Exception | None = None

    def __repr__(self) -> str:
        return f"<Inbox: {len(self._waiting)} waiting{', stalled' if self._stalled else ''}>"

    def qsize(self) -> int:
        """How many messages wait."""
        return len(self._waiting)

    def put(self, msg: Any) -> None:
        """Add a message; one from a watch only when ``full`` is false."""
        if self._stalled:
            return
        if isinstance(msg, _FROM_WATCHES):
            self._from_watches += 1
        if isinstance(msg, _ASKED_FOR):
            self._asked_for += 1
        self._waiting.append(msg)
        if self._readers:
            self._wake_readers()
        else:
            self._watch_reader()

    def put_state(self, msg: Any) -> None:
        """Add the group's state; of more than STATES that wait, the oldest goes."""
        states = [waiting for waiting in self._waiting if isinstance(waiting, _STATES)]
        if len(states) >= STATES:
            self.withdraw(states[0])
        self.put(msg)

    def fail(self, failure: Exception) -> None:
        """Have whoever reads get this instead of any further message."""
        self._failure = failure
        self._wake_readers()

    def withdraw(self, msg: Any) -> bool:
        """Take a message back that has not been read: its timer was stopped."""
        for i, waiting in enumerate(self._waiting):
            if waiting is msg:
                del self._waiting[i]
                self._asked_for -= isinstance(msg, _ASKED_FOR)
                return True
        return False

    @property
    def full(self) -> bool:
        """Whether a watch has to wait for ``room`` before it puts its next message."""
        return self._from_watches >= ROOM or self._stalled

    async def room(self) -> int:
        """Wait until watches may put messages, and return how many; after a stall that is never."""
        if self.full or self._writers:
            await self._turn()
        return ROOM - self._from_watches

    async def _turn(self) -> None:
        """Wait in line: a watch with much to say must not keep the others out."""
        mine = asyncio.Event()
        self._writers.append(mine)
        try:
            while self.full or self._writers[0] is not mine:
                mine.clear()
                await mine.wait()
        finally:
            self._writers.remove(mine)
            self._wake_writer()

    def __aiter__(self) -> Inbox:
        return self

    async def __anext__(self) -> Any:
        self._begun = True
        while self._failure is not None or not self._waiting:
            if self._failure is not None:
                raise self._failure
            if self.gave_up:
                raise StopAsyncIteration
            reader = asyncio.get_running_loop().create_future()
            self._readers.add(reader)
            try:
                await reader
            finally:
                self._readers.discard(reader)
                self._watch_reader()
        self._untaken_slices = 0
        msg = self._waiting.popleft()
        self._asked_for -= isinstance(msg, _ASKED_FOR)
        self._watch_reader()
        if isinstance(msg, _FROM_WATCHES):
            self._from_watches -= 1
            if self._from_watches <= ROOM // 2:
                self._wake_writer()
        elif msg is None:
            self.gave_up = True
        return msg

    async def get(self) -> Any:
        """The next message."""
        return await self.__anext__()

    def close(self) -> None:
        """Stop watching the reader: the run is over."""
        self._stalled = True
        if self._check is not None:
            self._check.cancel()

    def _wake_readers(self) -> None:
        for reader in self._readers:
            if not reader.done():
                reader.set_result(None)
        self._readers.clear()

    def _wake_writer(self) -> None:
        if self._writers:
            self._writers[0].set()

    def _watch_reader(self) -> None:
        """See to it that somebody looks whether the job goes on to read, if what it has asked for waits."""
        if not (self._begun and self._asked_for) or self._check is not None or self._stalled:
            return
        self._untaken_slices = 0
        self._check = asyncio.get_running_loop().call_later(self._slice, self._slice_passed)

    def _slice_passed(self) -> None:
        self._check = None
        if not self._asked_for:
            return
        self._untaken_slices += 1
        if self._untaken_slices < SLICES:
            self._check = asyncio.get_running_loop().call_later(self._slice, self._slice_passed)
            return
        self._waiting.clear()
        self._waiting.append(None)
        self._stalled = True
