"""
DistKV: a replicated tree of data, and of the code that runs over it.

The public packages and modules are:

- `distkv.client`: talks to a server; `distkv.sync`: the same without ``await``
- `distkv.code`: calls and imports code that is stored in the tree
- `distkv.errors`: the record of what went wrong; `distkv.exceptions`: all exceptions
- `distkv.runner`: what stored code uses while a runner runs it, and a job's entries in the tree
- `distkv.util`: paths and other small things that stored code uses

All other modules are internal.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
