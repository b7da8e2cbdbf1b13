"""The client: one connection to a server, kept up, shared by any number of tasks."""

from ..exceptions import ServerClosedError, ServerConnectionError, ServerError
from .client import Client, open_client
from .monitor import Monitor
from .session import Session
from .watch import Watch

__all__ = [
    "Client",
    "Monitor",
    "ServerClosedError",
    "ServerConnectionError",
    "ServerError",
    "Session",
    "Watch",
    "open_client",
]
