"""The command line of DistKV 0.65 with the scope it forgets to open."""
import sys
import asyncclick
from asyncscope import main_scope
from moat.util import main_ as group

plain = group.main

async def scoped(*args, **kw):
    async with main_scope(name="distkv"):
        return await plain(*args, **kw)

from distkv.command import cmd
group.main = scoped
sys.exit(cmd())
