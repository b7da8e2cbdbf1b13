"""The literals within paths: numbers, texts, bytes, and paths of their own, in Python's notation."""

from __future__ import annotations

import ast
import math
from typing import Any, Final

__all__ = ["EXPECTED", "parse_literal", "print_literal"]

EXPECTED: Final = "a literal: a number, 'text', b'bytes', True, False, None, inf, nan or 'a','b'"
_NAMES: Final = {"inf": math.inf, "nan": math.nan}
_LONGEST_DECIMAL: Final = 4096  # bits; Python does not print or read integers of more than 4,300 digits


def parse_literal(text: str) -> Any:
    """Read a literal; raises ValueError, which says what was expected."""
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ValueError(EXPECTED) from None


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, (str, bytes, int, float))):
        return node.value
    if isinstance(node, ast.Name) and node.id in _NAMES:
        return _NAMES[node.id]
    if isinstance(node, ast.Tuple):
        return tuple(map(_value, node.elts))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _value(node.operand)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return -value
    raise ValueError


def print_literal(element: Any, *, nested: bool = False) -> str:
    """Return the text that `parse_literal` reads back as this element."""
    if isinstance(element, int) and element.bit_length() > _LONGEST_DECIMAL:
        return hex(element)
    if isinstance(element, (str, int, float, bytes)) or element is None:
        return repr(element)
    inner = [print_literal(one, nested=True) for one in element]
    # A space within inner parentheses, none outside: that is how the original prints them.
    joined = (", " if nested else ",").join(inner) + ("," if len(inner) == 1 else "")
    return f"({joined})" if nested or not inner else joined
