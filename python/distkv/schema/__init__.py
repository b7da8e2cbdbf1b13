"""
What the system keeps in the tree: the one place that reads and writes its entries.

Job entries and their states, procedures and modules, error records, and the prefixes below which all of these are.
What is stored is text for people in many places; where code has to decide, this package turns it into enums.
"""

from .claims import Guard, is_standby
from .code import Mode, ModuleEntry, ProcedureEntry, is_foreign, mode_of, name_of, required_paths
from .entry import EntryClient
from .errors import ErrorRecord, Occurrence
from .jobs import RunnerEntry, call_name, is_on_all_nodes
from .prefixes import PREFIX_SETS
from .reasons import Reason
from .states import PastRun, StateEntry

__all__ = [
    "PREFIX_SETS",
    "EntryClient",
    "ErrorRecord",
    "Guard",
    "Mode",
    "ModuleEntry",
    "Occurrence",
    "PastRun",
    "ProcedureEntry",
    "Reason",
    "RunnerEntry",
    "StateEntry",
    "call_name",
    "is_foreign",
    "is_on_all_nodes",
    "is_standby",
    "mode_of",
    "name_of",
    "required_paths",
]
