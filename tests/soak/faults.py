"""A proxy that breaks a share of the answers, as a process of its own.

`python -m tests.soak.faults UPSTREAM_PORT SEED` forwards to a server on 127.0.0.1. `POST /__faults`
with `{"share": 0.3}` says how many answers it breaks, in one of ten ways each; `GET /__faults`
tells how often it did each.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import struct
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from socketserver import StreamRequestHandler
from typing import ClassVar

from tests.soak.serving import serve

KINDS = (
    "429 seconds",
    "429 time",
    "500",
    "503 page",
    "late",
    "truncated",
    "half json",
    "reset",
    "garbage",
    "challenge",
)


class _State:
    share = 0.0
    upstream = 0
    rng = random.Random(0)
    lock = threading.Lock()
    done: ClassVar[Counter[str]] = Counter()

    @classmethod
    def draw(cls) -> str | None:
        """Decide whether an answer is broken, and how."""
        with cls.lock:
            if cls.rng.random() >= cls.share:
                return None
            kind = cls.rng.choice(KINDS)
            cls.done[kind] += 1
            return kind


class _Handler(StreamRequestHandler):
    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        method, path, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        headers = http.client.parse_headers(_Lines(head))
        body = self.rfile.read(int(headers.get("Content-Length", 0)))
        if path == "/__faults":
            if method == "POST":
                _State.share = json.loads(body)["share"]
            self._reply(200, json.dumps(_State.done).encode())
            return
        kind = _State.draw()
        if kind == "late":
            time.sleep(0.3)
        if kind is None or kind in ("late", "truncated", "half json"):
            self._forward(method, path, headers["Host"], kind)
        else:
            self._break(kind)

    def _forward(self, method: str, path: str, host: str, kind: str | None) -> None:
        upstream = http.client.HTTPConnection("127.0.0.1", _State.upstream, timeout=30)
        upstream.request(method, path, headers={"Host": host})
        answer = upstream.getresponse()
        body = answer.read()
        length = len(body)
        if kind == "half json":
            body = body[: length // 2]
            length = len(body)
        elif kind == "truncated":
            body = body[: length // 2]
        links = {"Link": answer.headers["Link"]} if answer.headers["Link"] else {}
        self._reply(answer.status, body, length=length, **links)
        upstream.close()

    def _break(self, kind: str) -> None:
        match kind:
            case "429 seconds":
                self._reply(429, b'{"error": "slow down"}', **{"Retry-After": "1"})
            case "429 time":
                until = datetime.now(UTC) + timedelta(seconds=1)
                reset = until.isoformat().replace("+00:00", "Z")
                self._reply(429, b'{"error": "slow down"}', **{"X-RateLimit-Reset": reset})
            case "500":
                self._reply(500, b"")
            case "503 page":
                self._reply(503, b"<html>Maintenance</html>", kind="text/html")
            case "challenge":
                self._reply(200, b"<!DOCTYPE html><title>One moment</title>", kind="text/html")
            case "garbage":
                self.wfile.write(b"\x16\x03\x01 not http at all\n")
            case "reset":
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()

    def _reply(
        self,
        status: int,
        body: bytes,
        *,
        length: int | None = None,
        kind: str = "application/json",
        **headers: str,
    ) -> None:
        lines = [
            f"HTTP/1.1 {status} Said",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body) if length is None else length}",
            "Connection: close",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self.wfile.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


class _Lines:
    """The head of a request without its first line, as `parse_headers` reads it."""

    def __init__(self, head: bytes) -> None:
        self._lines = head.splitlines(keepends=True)[1:]

    def readline(self, limit: int = -1) -> bytes:
        del limit
        return self._lines.pop(0) if self._lines else b""


def main() -> None:
    """Serve until killed; tell the port on standard output once it is open."""
    _State.upstream, _State.rng = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    serve(_Handler)


if __name__ == "__main__":
    main()
