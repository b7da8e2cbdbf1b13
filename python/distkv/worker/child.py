"""A forked worker, from its first message to its exit."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import anyio

from . import logs
from .alone import LoneWorker
from .heart import Heart
from .link import Link
from .modules import Modules
from .shared import SharedWorker, refuse
from .spec import Site, Spec, limits_of

Hold = Callable[[Mapping[str, float]], None]
"""Has the kernel hold this process to limits, as far as it can."""


def work(worker: int, path: str, hold: Hold, heart: Heart) -> None:
    """Be the worker of this number; does not return."""
    status = 1
    try:
        link = Link(path)
        link.say(op="worker", worker=worker, pid=os.getpid())
        _serve(link, hold, heart)
        status = 0
    except (ConnectionError, FileNotFoundError, ValueError) as exc:
        sys.stderr.write(f"distkv worker {worker}, runner at {path}: {exc}\n")
    except Exception:
        sys.excepthook(*sys.exc_info())
    finally:
        _exit(status)


def _serve(link: Link, hold: Hold, heart: Heart) -> None:
    """Wait for the first run, which decides whose the main thread is: the code's or the event loop's."""
    site: Site | None = None
    modules: Modules | None = None
    while (message := link.wait()) is not None:
        match message.get("op"):
            case "init":
                site = Site.read(message)
                logs.install(site.config)
                modules = Modules(link, site.modules)
                modules.install()
            case "modules" if modules is not None:
                modules.take(message)
            case "start" if site is not None and modules is not None:
                hold(limits_of(message))
                _begin(link, site, modules, heart, message)
                return
            case "start":
                raise ValueError("the runner sent start before init")
            case "stop":
                return


def _begin(link: Link, site: Site, modules: Modules, heart: Heart, message: Mapping[str, Any]) -> None:
    if message.get("mode") != "sync":
        anyio.run(SharedWorker(link, site, modules, heart).serve, message)
        return
    try:
        spec = Spec.read(message)
    except ValueError as exc:
        refuse(link.say, message, exc)
    else:
        LoneWorker(link, site, modules, spec).serve()


def _exit(status: int) -> None:
    """End without waiting for threads that the code has left behind."""
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)
