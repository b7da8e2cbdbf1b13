"""Exceptions as they are reported to the runner: with a trace that starts at the user's code."""

from __future__ import annotations

import asyncio
import concurrent
import errno
import os
import sys
import threading
import traceback
from collections.abc import Collection, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import anyio

from ..protocol.framing import MAX_TEXT, sendable_text

if sys.version_info < (3, 11):
    from exceptiongroup import BaseExceptionGroup

_PACKAGE = Path(__file__).resolve().parents[2]

_OURS = (
    f"{_PACKAGE}{os.sep}",
    threading.__file__,
    *(os.path.dirname(os.path.abspath(module.__file__ or "")) + os.sep for module in (anyio, asyncio)),
    *(os.path.join(path, "") for path in concurrent.__path__),
)
"""How the file names begin of frames that are not the user's."""


def bare(exc: BaseException) -> BaseException:
    """Return the exception inside groups of one, which task groups wrap around it."""
    while isinstance(exc, BaseExceptionGroup) and len(exc.exceptions) == 1:
        exc = exc.exceptions[0]
    return exc


def leaves(exc: BaseException) -> Iterator[BaseException]:
    """Iterate over all exceptions of a group, however nested; for another exception, over itself."""
    if isinstance(exc, BaseExceptionGroup):
        for member in exc.exceptions:
            yield from leaves(member)
    else:
        yield exc


def describe(exc: BaseException, filename: str) -> dict[str, Any]:
    """Return the keys ``type message trace line`` of a failure of the procedure called ``filename``."""
    exc = bare(exc)
    return {
        "type": type(exc).__name__,
        "message": message_of(exc),
        "trace": trace_of(exc) if exc.__traceback__ is not None else None,
        "line": _line_in(exc, filename),
    }


def without_trace(kind: str, message: str, line: int | None = None) -> dict[str, Any]:
    """Return the same keys for a failure without a traceback."""
    return {"type": kind, "message": message, "trace": None, "line": line}


def limit_behind(exc: BaseException | None, limits: Collection[str]) -> str | None:
    """Return the limit that the kernel has enforced by causing this exception, None if it has another cause."""
    for leaf in leaves(exc) if exc is not None else ():
        number = leaf.errno if isinstance(leaf, OSError) else None
        no_thread = isinstance(leaf, RuntimeError) and "can't start new thread" in str(leaf)
        for name, enforced in (
            ("processes", number == errno.EAGAIN or no_thread),
            ("files", number == errno.EMFILE),
            ("memory", number == errno.ENOMEM or isinstance(leaf, MemoryError)),
        ):
            if enforced and name in limits:
                return name
    return None


def message_of(exc: BaseException) -> str:
    """Return the exception's text; for a group, each member with its type."""
    if isinstance(exc, BaseExceptionGroup):
        members = [f"{type(e).__name__}: {_text(e)}" for e in leaves(exc)]
        return sendable_text(f"{len(members)} errors: {'; '.join(members)}")
    return sendable_text(_text(exc))


def trace_of(exc: BaseException) -> str:
    """Return the traceback, from the first line of the user's code on."""
    _trim(exc, set())
    text = "".join(traceback.TracebackException(type(exc), exc, exc.__traceback__).format())
    half = MAX_TEXT // 2 - 50
    if len(text) > MAX_TEXT:
        text = f"{text[:half]}\n  … {len(text) - 2 * half} characters left out …\n{text[-half:]}"
    return sendable_text(text)


def stack_of(frame: FrameType, filename: str) -> tuple[str, int | None]:
    """Return a thread's stack, from the user's code on if that is part of it, and its last line in this file."""
    stack = list(reversed([*traceback.walk_stack(frame)]))
    first = next((i for i, (one, _) in enumerate(stack) if one.f_code.co_filename.startswith("distkv:")), 0)
    lines = [line for one, line in stack if one.f_code.co_filename == filename]
    text = "".join(traceback.StackSummary.extract(iter(stack[first:])).format())
    return sendable_text(f"Stack (most recent call last):\n{text}"), lines[-1] if lines else None


def passes(frame: FrameType | None, filename: str) -> bool:
    """Whether this file is part of the stack."""
    while frame is not None and frame.f_code.co_filename != filename:
        frame = frame.f_back
    return frame is not None


def _text(exc: BaseException) -> str:
    try:
        return str(exc)
    except Exception as error:
        return f"(no text: {type(error).__name__})"


def _trim(exc: BaseException | None, seen: set[int]) -> None:
    while exc is not None and id(exc) not in seen:
        seen.add(id(exc))
        tb = exc.__traceback__
        while tb is not None and tb.tb_frame.f_code.co_filename.startswith(_OURS):
            tb = tb.tb_next
        if tb is not None:
            exc.__traceback__ = tb
        if isinstance(exc, BaseExceptionGroup):
            for member in exc.exceptions:
                _trim(member, seen)
        _trim(exc.__cause__, seen)
        exc = exc.__context__


def _line_in(exc: BaseException, filename: str) -> int | None:
    if isinstance(exc, SyntaxError) and exc.filename == filename:
        return exc.lineno
    line = None
    tb: TracebackType | None = exc.__traceback__
    while tb is not None:
        if tb.tb_frame.f_code.co_filename == filename:
            line = tb.tb_lineno
        tb = tb.tb_next
    return line
