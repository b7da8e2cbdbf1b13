"""The command line of DistKV 0.65, with the scope around it that its entry point forgets to open."""

import sys

from asyncscope import main_scope
from distkv.command import cmd
from moat.util import main_ as group

unscoped = group.main


async def scoped(*args, **kw):
    """What the command line's group does, within a scope."""
    async with main_scope(name="distkv"):
        return await unscoped(*args, **kw)


group.main = scoped
sys.exit(cmd())
