"""
DistKV: a replicated tree of data, and of the code that runs over it.

`distkv.client` talks to a server, `distkv.code` calls code that is stored in the tree, `distkv.errors` keeps
the record of what went wrong, `distkv.util` has the words that stored code uses.
"""

__version__ = "0.1.0"
