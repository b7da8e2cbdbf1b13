"""``_info``: the queue of messages that a running job iterates."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from .cause import cause
from .messages import GROUP_STATES, ChangeMsg, MQTTmsg, TimerMsg

CAPACITY = 256
"""How many messages of watches can wait; when it is full, watches stop reading from the server."""

MAX_STATES = 64
"""How many group states can wait; with more, the oldest is dropped."""

SLICES = 10
"""The idle time is measured in slices, so that a blocked event loop counts as only one of them."""

_FROM_WATCHES = (ChangeMsg, MQTTmsg)
_REQUESTED = (*_FROM_WATCHES, TimerMsg)
_STATES = tuple(GROUP_STATES.values())


class Inbox:
    """
    An async iterator of messages, owned by one job and used only on its event loop.

    Watches wait for space (``full``, ``wait_for_space``), which makes the server hold back newer values and merge them.
    All other messages are added at once. A job that has begun to read and then takes nothing for ``idle`` seconds,
    while messages of watches, monitors or timers wait, gets ``None`` instead of them, and then the end.
    """

    def __init__(self, idle: float, on_first: Callable[[], None] | None = None) -> None:
        """Call ``on_first`` when the job takes its first message."""
        self._on_first = on_first
        self._slice = idle / SLICES
        self._waiting: deque[Any] = deque()
        self._from_watches = 0
        self._requested = 0
        self._reading = False
        self._idle_slices = 0
        self._idle_timer: asyncio.TimerHandle | None = None
        self._readers: set[asyncio.Future[None]] = set()
        self._writers: deque[asyncio.Event] = deque()
        self._stalled = False
        self.gave_up = False
        """Whether the job has taken the ``None``."""
        self._failure: Exception | None = None

    def __repr__(self) -> str:
        return f"<Inbox: {len(self._waiting)} waiting{', stalled' if self._stalled else ''}>"

    def qsize(self) -> int:
        """How many messages are waiting."""
        return len(self._waiting)

    def put(self, msg: Any) -> None:
        """Add a message; one from a watch only when ``full`` is false."""
        if self._stalled:
            return
        if isinstance(msg, _FROM_WATCHES):
            self._from_watches += 1
        if isinstance(msg, _REQUESTED):
            self._requested += 1
        self._waiting.append(msg)
        if self._readers:
            self._wake_readers()
        else:
            self._start_idle_timer()

    def put_state(self, msg: Any) -> None:
        """Add the group's state; if more than MAX_STATES wait, the oldest is dropped."""
        states = [waiting for waiting in self._waiting if isinstance(waiting, _STATES)]
        if len(states) >= MAX_STATES:
            self.withdraw(states[0])
        self.put(msg)

    def fail(self, failure: Exception) -> None:
        """Raise this in the reader instead of returning any further message."""
        self._failure = failure
        self._wake_readers()

    def withdraw(self, msg: Any) -> bool:
        """Remove a message that has not been read; return whether it was there."""
        for i, waiting in enumerate(self._waiting):
            if waiting is msg:
                del self._waiting[i]
                self._requested -= isinstance(msg, _REQUESTED)
                return True
        return False

    @property
    def full(self) -> bool:
        """Whether a watch has to call ``wait_for_space`` before it adds its next message."""
        return self._from_watches >= CAPACITY or self._stalled

    async def wait_for_space(self) -> int:
        """Wait until watches may add messages, and return how many; after a stall, never return."""
        if self.full or self._writers:
            await self._wait_in_line()
        return CAPACITY - self._from_watches

    async def _wait_in_line(self) -> None:
        """Wait in line, so that a watch with many messages does not block the others."""
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
        self._reading = True
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
                self._start_idle_timer()
        self._idle_slices = 0
        msg = self._waiting.popleft()
        if self._on_first is not None:
            self._on_first()
            self._on_first = None
        self._requested -= isinstance(msg, _REQUESTED)
        self._start_idle_timer()
        if isinstance(msg, _FROM_WATCHES):
            self._from_watches -= 1
            if self._from_watches <= CAPACITY // 2:
                self._wake_writer()
        elif msg is None:
            self.gave_up = True
        cause.set(_tick(msg))
        return msg

    async def get(self) -> Any:
        """Return the next message."""
        return await self.__anext__()

    def close(self) -> None:
        """Stop the idle timer: the run is over."""
        self._stalled = True
        if self._idle_timer is not None:
            self._idle_timer.cancel()

    def _wake_readers(self) -> None:
        for reader in self._readers:
            if not reader.done():
                reader.set_result(None)
        self._readers.clear()

    def _wake_writer(self) -> None:
        if self._writers:
            self._writers[0].set()

    def _start_idle_timer(self) -> None:
        """Start the idle timer if the job has begun to read and messages that it requested are waiting."""
        if not (self._reading and self._requested) or self._idle_timer is not None or self._stalled:
            return
        self._idle_slices = 0
        self._idle_timer = asyncio.get_running_loop().call_later(self._slice, self._slice_passed)

    def _slice_passed(self) -> None:
        self._idle_timer = None
        if not self._requested:
            return
        self._idle_slices += 1
        if self._idle_slices < SLICES:
            self._idle_timer = asyncio.get_running_loop().call_later(self._slice, self._slice_passed)
            return
        self._waiting.clear()
        self._waiting.append(None)
        self._stalled = True


def _tick(msg: Any) -> int:
    """Return the tick of the change that a message tells of, 0 if it tells of none."""
    tick = msg.msg.get("tock") if isinstance(msg, ChangeMsg) and isinstance(msg.msg, dict) else None
    return tick if isinstance(tick, int) else 0
