"""``_self``: the controller of a running job."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, Protocol, TypeVar

import anyio
import anyio.abc
import anyio.lowlevel

from ..exceptions import ErrorRecorded
from ..util import NotGiven, P, Path
from .done import Done
from .inbox import Inbox
from .messages import ChangeMsg, MQTTmsg, ReadyMsg, TimerMsg
from .task import Task
from .timer import Timer
from .watchers import EntryWatcher, Readiness, TopicWatcher, Watcher

T = TypeVar("T")
PathLike = Path | tuple[Any, ...] | list[Any] | str


class Host(Protocol):
    """What a job's `CallAdmin` needs from the worker that runs it."""

    inbox: Inbox
    client: Any

    @property
    def fence(self) -> int | None:
        """The tick of the job's current claim, if it needs one."""

    async def record_setup(self, data: dict[str, Any]) -> None:
        """Report that the job has set up; on standby, wait for the claim."""

    async def record_error(self, path: Path | None, exc: BaseException | None, details: dict[str, Any]) -> None:
        """Have the runner record an error."""

    def warn(self, text: str) -> None:
        """Log a warning in the job's log."""


class CallAdmin:
    """
    The controller of one running job, ``_self`` in its code.

    Everything that it starts ends with the job. The objects that ``watch``, ``monitor``, ``timer`` and ``spawn`` return
    have a method ``cancel()``, which acts at once; awaiting the call waits for the end.
    """

    def __init__(self, host: Host, tasks: anyio.abc.TaskGroup, stack: AsyncExitStack) -> None:
        self._host = host
        self._inbox = host.inbox
        self._client = host.client
        self._tasks = tasks
        self._stack = stack
        self._running: set[Watcher | Task] = set()
        self._timers: weakref.WeakSet[Timer] = weakref.WeakSet()  # the event loop holds those that run
        self._readiness = Readiness(lambda count: self._inbox.put(ReadyMsg(count)))
        self.cancelled = False
        """Whether the job has cancelled itself."""

    @property
    def fence(self) -> int | None:
        """
        The fencing token of this run, for use outside of the tree; None if the job needs no claim.

        It grows with every run of the job: a smaller token belongs to a run that has been replaced. A run on standby
        gets another, larger token when it takes over; then `setup_done` returns.
        """
        return self._host.fence

    async def watch(
        self,
        path: PathLike,
        cls: type[ChangeMsg] = ChangeMsg,
        fetch: bool = True,
        max_depth: int = 0,
        min_depth: int = 0,
        **kw: Any,
    ) -> Watcher:
        """
        Send a ``cls`` for every change of an entry, and a `ReadyMsg` once all watches have sent the current entries.

        Only the entry itself is watched unless ``max_depth`` is set; -1 includes everything below it.
        With ``fetch=False`` only changes are sent. A path marked "r" is a topic, see `monitor`.
        """
        path = _path_of("watch", path)
        if path.mark == "r":
            return await self.monitor(path, MQTTmsg if cls is ChangeMsg else cls, **kw)  # type: ignore[arg-type]
        _check_mark(path)
        _check_class(cls, ChangeMsg)
        kw.update(fetch=fetch, max_depth=max_depth, min_depth=min_depth)
        return await self._start(EntryWatcher(self._client, self._inbox, self._readiness, path, cls, kw))

    async def monitor(self, path: PathLike, cls: type[MQTTmsg] = MQTTmsg, **kw: Any) -> Watcher:
        """
        Send a ``cls`` for every message to this topic, which may have MQTT's wildcards.

        With ``raw=True`` messages are not decoded.
        """
        path = _topic_of("monitor", path)
        _check_class(cls, MQTTmsg)
        return await self._start(TopicWatcher(self._client, self._inbox, path, cls, kw))

    async def timer(self, delay: float | None, cls: type[TimerMsg] = TimerMsg) -> Timer:
        """Send a ``cls`` in ``delay`` seconds; None, zero or less: only after ``run`` is called."""
        _check_class(cls, TimerMsg)
        timer = Timer(self._inbox, cls, self._fail)
        if delay is not None:
            timer.run(delay)
            if delay <= 0:
                # Later, since code may call run() right away.
                asyncio.get_running_loop().call_soon(self._warn_of, timer, delay)
        self._timers.add(timer)
        return timer

    async def spawn(self, proc: Callable[..., Awaitable[Any]], *args: Any, **kw: Any) -> Task:
        """Run ``proc(*args, **kw)`` concurrently with the job. If it raises, the job fails."""
        task = Task(self._running.discard)
        self._running.add(task)
        self._tasks.start_soon(task.run, proc, args, kw)
        return task

    async def open_context(self, ctx: AbstractAsyncContextManager[T]) -> T:
        """Enter an async context; it is left when the job ends."""
        return await self._stack.enter_async_context(ctx)

    def cancel(self) -> Done:
        """End the job. It counts as a success, with result None."""
        self.cancelled = True
        self._tasks.cancel_scope.cancel()
        return Done(None, anyio.lowlevel.checkpoint)

    async def setup_done(self, **kw: Any) -> None:
        """
        Report that the job has set up: its errors so far are resolved. ``comment`` and ``data`` are recorded.

        A run that takes over from another one is on standby: it can read and watch, but its writes raise `NotYet`. This
        call waits until the other run can no longer write; when it returns, this run can.
        """
        await self._host.record_setup(kw)

    async def error(
        self,
        path: PathLike | None = None,
        *,
        exc: BaseException | None = None,
        **kw: Any,
    ) -> None:
        """
        Record an error, of this job unless ``path`` says otherwise, and end the job.

        A text is the message, not a path: ``await _self.error("no answer")``. The job ends by `ErrorRecorded`, which
        should not be caught. Details are ``message``, ``data``, ``severity`` and ``comment``.
        """
        if isinstance(path, str):
            if "message" in kw:
                raise TypeError(f"error: both {path!r} and message (expected: one message)")
            kw["message"] = path
            path = None
        where = None if path is None else _path_of("error", path)
        await self._host.record_error(where, exc, kw)
        raise ErrorRecorded(kw.get("message") or (str(exc) if exc else "an error was recorded"))

    async def set(self, path: PathLike, value: Any, chain: Any = NotGiven) -> Any:
        """Set an entry's value; a path marked "r" is a topic, see `send`."""
        path = _path_of("set", path)
        if path.mark == "r":
            return await self.send(path, value)
        _check_mark(path)
        return await self._client.set(path, value=value, chain=chain)

    async def get(self, path: PathLike) -> Any:
        """Return an entry's value. Raises KeyError if it has none."""
        path = _path_of("get", path)
        result = await self._client.get(path)
        if "value" not in result:
            raise KeyError(path)
        return result["value"]

    async def send(self, path: PathLike, value: Any = NotGiven, raw: bytes | None = None) -> Any:
        """Send a message, either a ``value`` or ``raw`` bytes, to all who monitor this topic."""
        path = _topic_of("send", path)
        if (value is NotGiven) == (raw is None):
            raise TypeError(f"send to {path}: {'neither' if raw is None else 'both'} of value and raw (expected: one)")
        if raw is not None:
            return await self._client.msg_send(topic=path, raw=raw)
        return await self._client.msg_send(topic=path, data=value)

    async def end(self) -> None:
        """Stop everything that was started, and wait for it, before the contexts close that it may use."""
        for timer in list(self._timers):
            timer.cancel()
        for running in list(self._running):
            await running.cancel()
        self._inbox.close()

    def _warn_of(self, timer: Timer, delay: float) -> None:
        if timer.delay <= 0:
            self._host.warn(
                f"timer({delay!r}) does not fire unless its run() is called (expected: timer(None) to start it later)"
            )

    async def _start(self, watcher: Watcher) -> Watcher:
        self._running.add(watcher)
        self._tasks.start_soon(watcher.run, self._running.discard)
        await watcher.started()
        return watcher

    def _fail(self, exc: BaseException) -> None:
        async def fail() -> None:
            raise exc

        self._tasks.start_soon(fail)


def _path_of(call: str, path: Any) -> Path:
    if isinstance(path, Path):
        return path
    if isinstance(path, (tuple, list)):
        return Path.build(path)
    if isinstance(path, str):
        return P(path)
    raise TypeError(
        f"{call}: the path is {path!r}, a {type(path).__name__} (expected: a Path, a list of its elements, or its text)"
    )


def _topic_of(call: str, path: Any) -> Path:
    """As `_path_of`, but without text, since elsewhere slashes separate the levels of a topic's text."""
    if isinstance(path, str):
        raise TypeError(
            f"{call}: the topic is {path!r}, a str (expected: a list of its levels; _P({path!r}) makes one)"
        )
    return _path_of(call, path)


def _check_mark(path: Path) -> None:
    if path.mark:
        raise ValueError(f"{path}: a path marked {path.mark!r} (expected: no mark, or r for a topic)")


def _check_class(cls: Any, base: type) -> None:
    if not (isinstance(cls, type) and issubclass(cls, base)):
        raise TypeError(f"cls: {cls!r} (expected: {base.__name__} or a subclass of it)")
