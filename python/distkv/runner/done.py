"""What calls return that act at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any


class Done:
    """
    What a call returns that has acted already: awaiting it gives its result.

    The original's ``Timer.cancel`` is a plain function and its ``Timer.run`` a coroutine; stored code uses both forms,
    and a forgotten ``await`` must not mean that nothing happens.
    """

    __slots__ = ("_rest", "_result")

    def __init__(self, result: Any, rest: Callable[[], Awaitable[Any]] | None = None) -> None:
        self._result = result
        self._rest = rest

    def __bool__(self) -> bool:
        return bool(self._result)

    def __await__(self) -> Generator[Any, Any, Any]:
        if self._rest is not None:
            yield from self._rest().__await__()
        return self._result
