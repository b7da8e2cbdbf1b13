"""Tries a client of the original on a server: each check is one sentence.

Usage: python -m compat distkv|moat-kv PORT [CHECK…]

With COMPAT_AUTH it logs in, as its own setting ``auth`` says. Prints ``ok NAME`` or ``not ok NAME`` for each check, the
latter followed by the traceback in lines that start with ``# ``; at the end ``ran COUNT``. Uses the clients' public
interface as it is documented, nothing patched.
"""

import logging
import os
import sys
import traceback

import anyio

from . import objects, others, refusals, stored, trees, values  # noqa: F401  (they register their checks)
from .original import CHECKS, CONNECT, Path, open_client


async def attempt(proc, port):
    """Run one check and say how it went."""
    name = proc.__name__
    count = 0

    def client(client_name=None):
        nonlocal count
        count += 1
        connect = {"host": "127.0.0.1", "port": port, "name": client_name or f"{name}-{count}"}
        if "COMPAT_AUTH" in os.environ:
            connect["auth"] = os.environ["COMPAT_AUTH"]
        return open_client(f"compat-{count}", **{CONNECT: connect})

    try:
        with anyio.fail_after(20):
            await proc(client, Path("compat", name, os.getpid()))
    except BaseException:
        print("not ok", name)
        for line in traceback.format_exc().splitlines():
            print("#", line)
    else:
        print("ok", name)
    sys.stdout.flush()


async def main(port, only):
    """Run all checks, or only some."""
    logging.basicConfig(level=logging.ERROR)
    wanted = [proc for proc in CHECKS if not only or proc.__name__ in only]
    for proc in wanted:
        await attempt(proc, port)
    print("ran", len(wanted))


anyio.run(main, int(sys.argv[2]), sys.argv[3:], backend="trio")
