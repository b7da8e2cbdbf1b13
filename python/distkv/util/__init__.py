"""The words that stored code uses: paths, attribute dictionaries, rounding, "nothing was given"."""

from .path import P, Path
from .path_text import PathSyntaxError
from .values import NotGiven, NotGivenType, attrdict, combine_dict, digits

__all__ = ["NotGiven", "NotGivenType", "P", "Path", "PathSyntaxError", "attrdict", "combine_dict", "digits"]
