"""What servers that are processes of their own have in common: a thread for each who asks."""

from __future__ import annotations

import sys
from socketserver import StreamRequestHandler, ThreadingTCPServer


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up on such servers, and are killed, all the time."""


def serve(handler: type[StreamRequestHandler]) -> None:
    """Serve until killed; print the port on standard output once it is open."""
    server = _Server(("127.0.0.1", 0), handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
