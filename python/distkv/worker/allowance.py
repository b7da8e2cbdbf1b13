"""How much one run may log."""

from __future__ import annotations

import threading

RECORDS = 900
"""So many records may come at once, fewer than may wait for the runner (`outbox.LOGS`) …"""

RECORDS_A_SECOND = 200
"""… and so many each second from then on."""

CHARACTERS = 1 << 20
"""So long may they be, together, if they come at once …"""

CHARACTERS_A_SECOND = 1 << 17
"""… and so long may be what comes each second."""

_EXCEEDED = (
    f"more than {RECORDS_A_SECOND} records or {CHARACTERS_A_SECOND >> 10} Ki characters a second are logged: "
    "some are left out"
)


class Allowance:
    """
    A stock of records and of characters that grows with time: what finds it used up is left out.

    Once something was left out, nothing passes until there is enough for another second, so that a flood comes in
    pieces that hang together. Any thread may ask.
    """

    def __init__(self, now: float) -> None:
        self._lock = threading.Lock()
        self._at = now
        self._records: float = RECORDS
        self._characters: float = CHARACTERS
        self._left_out = 0

    def ask(self, size: int, now: float) -> tuple[bool, str | None, int]:
        """
        Say whether a record of this size passes, at this time of a monotonic clock.

        Also what the log is to say before it, if anything, and how many records that is about.
        """
        with self._lock:
            self._grow(now)
            if self._left_out:
                if self._records < RECORDS_A_SECOND or self._characters < max(size, CHARACTERS_A_SECOND):
                    self._left_out += 1
                    return False, None, 0
                told = self._left_out
                self._left_out = 0
                self._take(size)
                return True, _left_out(told), told
            if self._records < 1 or self._characters < size:
                self._left_out = 1
                return False, _EXCEEDED, 0
            self._take(size)
            return True, None, 0

    def rest(self) -> tuple[str | None, int]:
        """What the log is to say at its end, if anything, and how many records that is about."""
        with self._lock:
            told, self._left_out = self._left_out, 0
            return (_left_out(told) if told else None), told

    def _grow(self, now: float) -> None:
        passed = max(0.0, now - self._at)
        self._at = now
        self._records = min(RECORDS, self._records + passed * RECORDS_A_SECOND)
        self._characters = min(CHARACTERS, self._characters + passed * CHARACTERS_A_SECOND)

    def _take(self, size: int) -> None:
        self._records -= 1
        self._characters -= size


def _left_out(count: int) -> str:
    return f"{count} {'record was' if count == 1 else 'records were'} left out: too much was logged"
