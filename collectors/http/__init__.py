"""One polite client per server: paced, bounded in time and size, and honest about refusals."""

from __future__ import annotations

from collectors.http.client import PoliteClient
from collectors.http.messages import Answer, Document
from collectors.http.refusals import NO_SUCH_ENDPOINT
from collectors.http.websocket import Connect, Socket, connector, give_up

__all__ = [
    "NO_SUCH_ENDPOINT",
    "Answer",
    "Connect",
    "Document",
    "PoliteClient",
    "Socket",
    "connector",
    "give_up",
]
