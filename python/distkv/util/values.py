"""Small values: the attribute dictionary, "nothing was given", rounding to significant digits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

__all__ = ["NotGiven", "NotGivenType", "attrdict", "combine_dict", "digits"]

Number = TypeVar("Number", int, float)


class NotGivenType:
    """The type of `NotGiven`, which stands for "no value" where None is a value."""

    _only: NotGivenType | None = None
    __name__ = "NotGiven"

    def __new__(cls) -> NotGivenType:
        """Return the only one."""
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "NotGiven"

    def __reduce__(self) -> str:
        return "NotGiven"


NotGiven: Final = NotGivenType()


class attrdict(dict[str, Any]):  # noqa: N801  (the name that stored code knows)
    """
    A dictionary whose text keys are attributes too: ``res.value`` is ``res["value"]``.

    A missing key read as an attribute is an AttributeError. Names that begin with an underscore are ordinary
    attributes, never keys.
    """

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            try:
                return self[name]
            except KeyError:
                pass
        raise AttributeError(f"no {name!r} here (there is: {', '.join(map(str, self)) or 'nothing'})")

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            super().__setattr__(name, value)
        else:
            self[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self[name]
        except KeyError:
            raise AttributeError(name) from None


def combine_dict(*layers: Mapping[str, Any] | None) -> attrdict:
    """
    Lay dictionaries over each other, the first on top; dictionaries within them too.

    None among the arguments is skipped; a key whose topmost value is `NotGiven` is left out. Nothing that was
    passed in is changed.
    """
    result = attrdict()
    present = [layer for layer in layers if layer is not None]
    for key in _keys(present):
        values = [layer[key] for layer in present if key in layer]
        if isinstance(values[0], Mapping):
            result[key] = combine_dict(*(value for value in values if isinstance(value, Mapping)))
        elif values[0] is not NotGiven:
            result[key] = values[0]
    return result


def _keys(layers: list[Mapping[str, Any]]) -> Iterator[str]:
    return iter(dict.fromkeys(key for layer in layers for key in layer))


def digits(n: Number, digits: float = 6) -> Number:
    """
    Round ``n`` to this number of significant digits: ``digits(math.pi, 4)`` is 3.142, ``digits(123456, 4)`` is 123500.

    ``digits`` may be a fraction, which moves the point where a place is lost away from a power of ten. Zero,
    infinities and NaN are returned as they are.
    """
    if not n or not math.isfinite(n):
        return n
    return round(n, math.ceil(digits - 1 - math.log10(abs(n))))
