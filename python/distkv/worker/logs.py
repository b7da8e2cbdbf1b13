"""Log records and printed lines, taken back to the run that made them."""

from __future__ import annotations

import io
import logging
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, Protocol

from .allowance import Allowance
from .wire import LONGEST_TEXT, clean

_LEVELS = ((50, "CRITICAL"), (40, "ERROR"), (30, "WARNING"), (20, "INFO"), (0, "DEBUG"))


class Recorder(Protocol):
    """How a run's log records leave the worker: `Link.log`."""

    def __call__(self, run: int, **record: Any) -> None:
        """Send one record."""


class RunLog:
    """The log of one run, until it is closed; usable on any thread."""

    def __init__(self, run: int, name: str, recorder: Recorder) -> None:
        self.run = run
        self._recorder = recorder
        self._line = ""
        self._open = True
        self._allowance = Allowance(time.monotonic())
        self.logger = logging.getLogger(name)

    def write(self, level: int, text: str, at: float) -> bool:
        """Record this, unless the run has logged too much; False if it is over."""
        if not self._open:
            return False
        word = next(word for least, word in _LEVELS if level >= least)
        text = clean(text)
        passes, notice, left_out = self._allowance.ask(len(text), time.monotonic())
        if notice is not None:
            self._warn(notice, left_out)
        if passes:
            self._recorder(self.run, level=word, text=text, at=at)
        return True

    def _warn(self, text: str, left_out: int) -> None:
        """Say in the run's own log that it is not complete."""
        dropped = {"dropped": left_out} if left_out else {}
        self._recorder(self.run, level="WARNING", text=text, at=time.time(), **dropped)

    def print(self, text: str) -> bool:
        """Record the lines of printed text; what follows the last line's end waits for more."""
        *lines, self._line = (self._line + text).split("\n")
        if len(self._line) > LONGEST_TEXT:
            lines.append(self._line)
            self._line = ""
        for line in lines:
            self.write(logging.INFO, line, time.time())
        return self._open

    def close(self) -> None:
        """Record what waits; afterwards nothing is recorded any more."""
        if self._line:
            self.print("\n")
        notice, left_out = self._allowance.rest()
        if notice is not None:
            self._warn(notice, left_out)
        self._open = False


CURRENT: ContextVar[RunLog | None] = ContextVar("distkv_run_log", default=None)
"""The log of the run that this task, or this thread, belongs to."""


def current_run() -> int | None:
    """Return the number of the run that this task, or this thread, belongs to."""
    log = CURRENT.get() or _Sole.log
    return None if log is None else log.run


class _Handler(logging.Handler):
    """Gives each record to its run, and what belongs to no run to standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Send the record on."""
        try:
            text = self.format(record)
            log = CURRENT.get() or _Sole.log
            if log is None or not log.write(record.levelno, text, record.created):
                sys.stderr.write(f"{record.levelname}:{record.name}:{text}\n")
        except Exception:
            self.handleError(record)


class _Printed(io.TextIOBase):
    """Standard output of stored code."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        log = CURRENT.get() or _Sole.log
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


class _Sole:
    log: RunLog | None = None


def belongs_to(log: RunLog | None) -> None:
    """Say that this worker has a single run: its log takes what any thread writes."""
    _Sole.log = log


def install(config: Mapping[str, Any]) -> None:
    """Take over the log records and the standard output of this process."""
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
