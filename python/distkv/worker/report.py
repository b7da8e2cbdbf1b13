"""What a runner is told of an exception: the user's own, with a trace that starts at his code."""

from __future__ import annotations

import asyncio
import concurrent
import errno
import os
import sys
import threading
import traceback
from collections.abc import Collection, Iterator
from types import FrameType, TracebackType
from typing import Any

import anyio

from .wire import LONGEST_TEXT, clean

if sys.version_info < (3, 11):
    from exceptiongroup import BaseExceptionGroup

_OURS = (
    tuple(
        os.path.dirname(os.path.dirname(os.path.abspath(path))) + os.sep if package else path
        for package, path in ((True, __file__), (False, threading.__file__))
    )
    + tuple(os.path.dirname(os.path.abspath(module.__file__ or "")) + os.sep for module in (anyio, asyncio))
    + tuple(os.path.join(path, "") for path in concurrent.__path__)
)


def bare(exc: BaseException) -> BaseException:
    """The exception inside groups of one, which task groups wrap around it."""
    while isinstance(exc, BaseExceptionGroup) and len(exc.exceptions) == 1:
        exc = exc.exceptions[0]
    return exc


def leaves(exc: BaseException) -> Iterator[BaseException]:
    """All exceptions of a group, however nested; of another exception, itself."""
    if isinstance(exc, BaseExceptionGroup):
        for member in exc.exceptions:
            yield from leaves(member)
    else:
        yield exc


def describe(exc: BaseException, filename: str) -> dict[str, Any]:
    """The keys ``type message trace line`` of a failure of the procedure called ``filename``."""
    exc = bare(exc)
    return {
        "type": type(exc).__name__,
        "message": message_of(exc),
        "trace": trace_of(exc) if exc.__traceback__ is not None else None,
        "line": _line_in(exc, filename),
    }


def limit_behind(exc: BaseException | None, limits: Collection[str]) -> str | None:
    """Which of these limits the kernel has enforced so that code got this exception; None if it is of another kind."""
    for leaf in leaves(exc) if exc is not None else ():
        number = leaf.errno if isinstance(leaf, OSError) else None
        of_threads = isinstance(leaf, RuntimeError) and "can't start new thread" in str(leaf)
        for name, enforced in (
            ("processes", number == errno.EAGAIN or of_threads),
            ("files", number == errno.EMFILE),
            ("memory", number == errno.ENOMEM or isinstance(leaf, MemoryError)),
        ):
            if enforced and name in limits:
                return name
    return None


def message_of(exc: BaseException) -> str:
    """The exception's text; for a group, each member with its type."""
    if isinstance(exc, BaseExceptionGroup):
        members = [f"{type(e).__name__}: {_text(e)}" for e in leaves(exc)]
        return clean(f"{len(members)} errors: {'; '.join(members)}")
    return clean(_text(exc))


def trace_of(exc: BaseException) -> str:
    """The trace, from the first line of the user's code that it passed."""
    _trim(exc, set())
    text = "".join(traceback.TracebackException(type(exc), exc, exc.__traceback__).format())
    half = LONGEST_TEXT // 2 - 50
    if len(text) > LONGEST_TEXT:
        text = f"{text[:half]}\n  … {len(text) - 2 * half} characters left out …\n{text[-half:]}"
    return clean(text)


def stack_of(frame: FrameType, filename: str) -> tuple[str, int | None]:
    """Where a thread is: a trace that starts at the user's code if it passes that, and the last line of this file."""
    stack = list(reversed([*traceback.walk_stack(frame)]))
    first = next((i for i, (one, _) in enumerate(stack) if one.f_code.co_filename.startswith("distkv:")), 0)
    lines = [line for one, line in stack if one.f_code.co_filename == filename]
    text = "".join(traceback.StackSummary.extract(iter(stack[first:])).format())
    return clean(f"Stack (most recent call last):\n{text}"), lines[-1] if lines else None


def passes(frame: FrameType | None, filename: str) -> bool:
    """Whether a thread that is there is in a call that this file has made."""
    while frame is not None and frame.f_code.co_filename != filename:
        frame = frame.f_back
    return frame is not None


def _text(exc: BaseException) -> str:
    try:
        return str(exc)
    except Exception as error:
        return f"(its text cannot be had: {type(error).__name__})"


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
