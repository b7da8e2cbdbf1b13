"""Log records and printed lines, attributed to the run that made them."""

from __future__ import annotations

import io
import logging
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, Protocol

from ..protocol.framing import MAX_TEXT, sendable_text
from .log_rate_limiter import LogRateLimiter

_LEVELS = ((50, "CRITICAL"), (40, "ERROR"), (30, "WARNING"), (20, "INFO"), (0, "DEBUG"))


class Recorder(Protocol):
    """Sends a run's log records to the runner: `RunnerConnection.log`."""

    def __call__(self, run: int, **record: Any) -> None:
        """Send one record."""


class RunLog:
    """The log of one run, until it is closed; usable on any thread."""

    def __init__(self, run: int, name: str, recorder: Recorder) -> None:
        self.run = run
        self._recorder = recorder
        self._line = ""
        self._open = True
        self._rate_limiter = LogRateLimiter(time.monotonic())
        self.logger = logging.getLogger(name)

    def write(self, level: int, text: str, at: float) -> bool:
        """Record a text, unless the run has logged too much; return False if the run is over."""
        if not self._open:
            return False
        word = next(word for least, word in _LEVELS if level >= least)
        text = sendable_text(text)
        passes, notice, dropped = self._rate_limiter.take(len(text), time.monotonic())
        if notice is not None:
            self._warn(notice, dropped)
        if passes:
            self._recorder(self.run, level=word, text=text, at=at)
        return True

    def _warn(self, text: str, dropped: int) -> None:
        """Say in the run's own log that records are missing."""
        more = {"dropped": dropped} if dropped else {}
        self._recorder(self.run, level="WARNING", text=text, at=time.time(), **more)

    def print(self, text: str) -> bool:
        """Record the lines of printed text; an incomplete last line waits for its end."""
        *lines, self._line = (self._line + text).split("\n")
        if len(self._line) > MAX_TEXT:
            lines.append(self._line)
            self._line = ""
        for line in lines:
            self.write(logging.INFO, line, time.time())
        return self._open

    def close(self) -> None:
        """Record what is pending; afterwards nothing is recorded any more."""
        if self._line:
            self.print("\n")
        notice, dropped = self._rate_limiter.rest()
        if notice is not None:
            self._warn(notice, dropped)
        self._open = False


CURRENT: ContextVar[RunLog | None] = ContextVar("distkv_run_log", default=None)
"""The log of the run to which this task, or this thread, belongs."""


def current_run() -> int | None:
    """Return the number of the run to which this task, or this thread, belongs."""
    log = CURRENT.get() or _OnlyRun.log
    return None if log is None else log.run


class _Handler(logging.Handler):
    """Sends each record to its run, and records that belong to no run to standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Forward the record."""
        try:
            text = self.format(record)
            log = CURRENT.get() or _OnlyRun.log
            if log is None or not log.write(record.levelno, text, record.created):
                sys.stderr.write(f"{record.levelname}:{record.name}:{text}\n")
        except Exception:
            self.handleError(record)


class _Printed(io.TextIOBase):
    """Standard output of stored code."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        log = CURRENT.get() or _OnlyRun.log
        if log is None or not log.print(text):
            sys.stderr.write(text)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        for line in lines:
            self.write(line)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1

    @property
    def buffer(self) -> Any:
        return sys.stderr.buffer

    def flush(self) -> None:
        """Do nothing: a line goes out when it ends."""


class _OnlyRun:
    log: RunLog | None = None


def set_only_run(log: RunLog | None) -> None:
    """Declare that this worker has a single run: its log takes what any thread writes."""
    _OnlyRun.log = log


def install(config: Mapping[str, Any]) -> None:
    """Capture the log records and the standard output of this process."""
    logging.basicConfig(handlers=[_Handler()], format="%(message)s", level=logging.INFO, force=True)
    levels = config.get("logging")
    if isinstance(levels, Mapping):
        _set_level(logging.getLogger().setLevel, levels.get("root"))
        loggers = levels.get("loggers")
        for name, spec in loggers.items() if isinstance(loggers, Mapping) else ():
            _set_level(logging.getLogger(str(name)).setLevel, spec)
    sys.stdout = _Printed()


def _set_level(set_level: Callable[[Any], None], spec: Any) -> None:
    level = spec.get("level") if isinstance(spec, Mapping) else None
    try:
        if level is not None:
            set_level(level)
    except (TypeError, ValueError):
        logging.getLogger(__name__).warning("config: logging level %r (expected: DEBUG … CRITICAL)", level)
