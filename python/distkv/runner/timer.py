"""Timers of a job."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .done import Done
from .inbox import Inbox
from .messages import TimerMsg


class Timer:
    """
    Puts ``cls(timer)`` into the job's ``_info`` once its delay has passed.

    With a delay of zero or less it does not fire. Starting or cancelling a timer also withdraws the message of its last
    firing if the job has not read that yet.
    """

    def __init__(self, inbox: Inbox, cls: type[TimerMsg], fail: Callable[[BaseException], None]) -> None:
        self._inbox = inbox
        self._cls = cls
        self._fail = fail
        self._handle: asyncio.TimerHandle | None = None
        self._fired: TimerMsg | None = None
        self.delay: float = 0

    def __repr__(self) -> str:
        return f"<Timer {self.delay}s{'' if self._handle else ', stopped'}>"

    def run(self, delay: float) -> Done:
        """Start or restart: the timer fires ``delay`` seconds from now."""
        if not isinstance(delay, (int, float)) or delay != delay:
            raise TypeError(f"delay: {delay!r} (expected: a number of seconds)")
        self._stop()
        self.delay = delay
        if delay > 0:
            self._handle = asyncio.get_running_loop().call_later(delay, self._fire)
        return Done(None)

    def cancel(self) -> Done:
        """Stop; the result is whether there was anything to stop."""
        return Done(self._stop())

    def _stop(self) -> bool:
        running, self._handle = self._handle, None
        if running is not None:
            running.cancel()
        unread, self._fired = self._fired, None
        return (unread is not None and self._inbox.withdraw(unread)) or running is not None

    def _fire(self) -> None:
        self._handle = None
        try:
            self._fired = self._cls(self)
        except BaseException as exc:
            self._fail(exc)
        else:
            self._inbox.put(self._fired)
