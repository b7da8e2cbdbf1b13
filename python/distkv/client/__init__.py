"""The client: one connection to a server, kept up, shared by any number of tasks."""

from ..exceptions import ServerClosedError, ServerConnectionError, ServerError
from .client import Client, open_client
from .handler import Handler
from .mirror import Mirror
from .monitor import Monitor
from .session import Session
from .watch import Watch

__all__ = [
    "Client",
    "Handler",
    "Mirror",
    "Monitor",
    "ServerClosedError",
    "ServerConnectionError",
    "ServerError",
    "Session",
    "Watch",
    "open_client",
]
