"""How much one run may log."""

from __future__ import annotations

import threading

__all__ = ["LogRateLimiter"]

RECORDS = 900
"""How many records may come at once, fewer than may wait for the runner (`report_queue.MAX_LOGS`) …"""

RECORDS_PER_SECOND = 200
"""… and how many each second from then on."""

CHARACTERS = 1 << 20
"""How many characters they may have together if they come at once …"""

CHARACTERS_PER_SECOND = 1 << 17
"""… and how many each second."""

_EXCEEDED = (
    f"more than {RECORDS_PER_SECOND} records or {CHARACTERS_PER_SECOND >> 10} Ki characters a second are logged: "
    "some are left out"
)


class LogRateLimiter:
    """
    Two token buckets, for records and characters: a record for which there is not enough left is dropped.

    Once something was dropped, nothing passes until there is enough for another second, so that of a flood coherent
    pieces pass. Used on any thread.
    """

    def __init__(self, now: float) -> None:
        self._lock = threading.Lock()
        self._at = now
        self._records: float = RECORDS
        self._characters: float = CHARACTERS
        self._dropped = 0

    def take(self, size: int, now: float) -> tuple[bool, str | None, int]:
        """
        Decide whether a record of this size passes, at this time of a monotonic clock.

        Also returns what the log should say before it, if anything, and how many records that is about.
        """
        with self._lock:
            self._refill(now)
            if self._dropped:
                if self._records < RECORDS_PER_SECOND or self._characters < max(size, CHARACTERS_PER_SECOND):
                    self._dropped += 1
                    return False, None, 0
                dropped = self._dropped
                self._dropped = 0
                self._spend(size)
                return True, _notice(dropped), dropped
            if self._records < 1 or self._characters < size:
                self._dropped = 1
                return False, _EXCEEDED, 0
            self._spend(size)
            return True, None, 0

    def rest(self) -> tuple[str | None, int]:
        """Return what the log should say at its end, if anything, and how many records that is about."""
        with self._lock:
            dropped, self._dropped = self._dropped, 0
            return (_notice(dropped) if dropped else None), dropped

    def _refill(self, now: float) -> None:
        passed = max(0.0, now - self._at)
        self._at = now
        self._records = min(RECORDS, self._records + passed * RECORDS_PER_SECOND)
        self._characters = min(CHARACTERS, self._characters + passed * CHARACTERS_PER_SECOND)

    def _spend(self, size: int) -> None:
        self._records -= 1
        self._characters -= size


def _notice(count: int) -> str:
    return f"{count} {'record was' if count == 1 else 'records were'} left out: too much was logged"
