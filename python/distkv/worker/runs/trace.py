"""The trace of a run: one line on standard error for each station, if ``DISTKV_TRACE`` is set, as from a runner."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from enum import Enum
from typing import Final

from ...util import Path

__all__ = ["RunTrace", "Station"]

_ENABLED: Final = os.environ.get("DISTKV_TRACE", "") not in ("", "0")


class Station(Enum):
    """How far a run has come."""

    LAUNCH_RECEIVED = "launch received"
    CODE_LOADED = "code loaded"
    STARTED = "started"
    FIRST_MESSAGE = "first message"
    SETUP_SENT = "setup_done sent"
    RESULT_SENT = "result sent"


class RunTrace:
    """The trace of one run, usable on any thread."""

    def __init__(self, job: Path, run: int) -> None:
        self._job = job
        self._run = run

    def reached(self, station: Station) -> None:
        """Write a line: the run has reached a station."""
        if _ENABLED:
            # Local time, as in the trace of a runner.
            at = datetime.now().strftime("%H:%M:%S.%f")
            sys.stderr.write(f"{at} job {self._job} {station.value}: worker {os.getpid()}, run {self._run}\n")
