"""Stored code: procedures to call, modules to import."""

from ..exceptions import (
    CallLostError,
    CompileError,
    MissingVariablesError,
    NoSuchProcedureError,
    NotBegunError,
    ProcedureFailedError,
)
from ..schema.code import Mode, mode_of
from .compiler import Procedure, compile_module, compile_procedure
from .modules import ModuleRoot
from .procedures import CodeRoot

__all__ = [
    "CallLostError",
    "CodeRoot",
    "CompileError",
    "MissingVariablesError",
    "Mode",
    "ModuleRoot",
    "NoSuchProcedureError",
    "NotBegunError",
    "Procedure",
    "ProcedureFailedError",
    "compile_module",
    "compile_procedure",
    "mode_of",
]
