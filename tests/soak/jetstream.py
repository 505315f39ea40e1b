"""A Jetstream server, as a process of its own.

`python -m tests.soak.jetstream` tells, on a free port of 127.0.0.1, one post with #SoalAir and
nine others each tenth of a second, from a cursor on like the real one: what was told before is
kept, and told first. Its first line is the port.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.soak.server import SOAK_TAG

_EVERY = 0.1


class _Network:
    def __init__(self) -> None:
        self.events: list[tuple[int, str]] = []
        self.grown = threading.Condition()

    def live(self) -> None:
        number = 0
        while True:
            time.sleep(_EVERY)
            with self.grown:
                for _ in range(10):
                    number += 1
                    self.events.append(_event(number))
                self.grown.notify_all()

    def tell(self, connection: ServerConnection) -> None:
        """Tell everything from the cursor on, until the listener goes away."""
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        since = int(query["cursor"][0]) if "cursor" in query else time.time_ns() // 1000
        told = 0
        try:
            while True:
                with self.grown:
                    while told >= len(self.events):
                        self.grown.wait()
                    fresh, told = self.events[told:], len(self.events)
                for micros, frame in fresh:
                    if micros >= since:
                        connection.send(frame)
        except ConnectionClosed:
            return


def _event(number: int) -> tuple[int, str]:
    micros = time.time_ns() // 1000
    hashtag = f" #{SOAK_TAG}" if number % 10 == 0 else ""
    event: dict[str, Any] = {
        "did": f"did:plc:akun{number % 40}",
        "time_us": micros,
        "kind": "commit",
        "commit": {
            "rev": "r",
            "operation": "create",
            "collection": "app.bsky.feed.post",
            "rkey": str(number),
            "record": {"$type": "app.bsky.feed.post", "text": f"air mati, {number}{hashtag}"},
        },
    }
    return micros, json.dumps(event, separators=(",", ":"))


def main() -> None:
    """Serve until killed."""
    network = _Network()
    threading.Thread(target=network.live, daemon=True).start()
    with serve(network.tell, "127.0.0.1", 0) as server:
        sys.stdout.write(f"{server.socket.getsockname()[1]}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
