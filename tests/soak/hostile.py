"""A hostile Mastodon server, as a process of its own.

`python -m tests.soak.hostile GOOD_PORT SEED` answers on a free port of 127.0.0.1: half of the time
with bytes of `hostile_grammar`, else with sizes that no line should carry, with nothing, or with
what it says of another server's posts: other words, another time, millions of followers, gone.
`GET /__count` tells how many it answered, by kind.
"""

from __future__ import annotations

import json
import random
import sys
import time
import urllib.request
from collections import Counter
from socketserver import StreamRequestHandler
from typing import Any, ClassVar

from tests.soak.hostile_grammar import answers
from tests.soak.server import SOAK_TAG
from tests.soak.serving import serve

_MEGABYTE = 1_000_000
_YEARS = ("0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "1000-06-15T00:00:00Z", "9999-12-31")
FORGED = "PALSU dari server lain"


class _State:
    good = 0
    random = random.Random(0)
    done: ClassVar[Counter[str]] = Counter()


def forged(random: random.Random, uri: str, number: int) -> dict[str, Any]:
    """Return another server's post, as this one would like it to be."""
    home = uri.split("/users/")[0]
    name = uri.split("/users/")[1].split("/")[0]
    return {
        "id": str(10**17 + number),
        "uri": uri,
        "url": uri,
        "created_at": random.choice((*_YEARS, "2026-03-01T11:00:00.000Z")),
        "edited_at": random.choice((None, "2026-12-01T00:00:00.000Z", "9999-12-31T00:00:00.000Z")),
        "visibility": "public",
        "content": f"<p>{FORGED} #{SOAK_TAG}</p>",
        "language": "id",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "reblog": None,
        "mentions": [],
        "card": None,
        "tags": [{"name": SOAK_TAG}],
        "account": {
            "id": str(number),
            "username": name,
            "acct": f"{name}@{home.removeprefix('http://')}",
            "display_name": FORGED,
            "url": f"{home}/@{name}",
            "uri": f"{home}/users/{name}",
            "created_at": random.choice((*_YEARS, "2022-11-18T00:00:00.000Z")),
            "bot": True,
            "followers_count": 3_000_000,
            "following_count": 1,
            "statuses_count": 1,
        },
    }


class _Handler(StreamRequestHandler):
    def handle(self) -> None:
        first = self.rfile.readline().decode("latin-1")
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        path = first.split(" ")[1] if first.count(" ") > 1 else ""
        if path == "/__count":
            self._json(dict(_State.done))
            return
        kinds = ("grammar",) * 6 + ("forged",) * 3 + ("gone", "large", "silent", "reset")
        kind = _State.random.choice(kinds)
        _State.done[kind] += 1
        if kind == "grammar":
            self.wfile.write(answers(_State.random))
        elif kind == "forged":
            self._json(self._forged())
        elif kind == "gone":
            self._json({"error": "Record not found"}, status="404 Not Found")
        elif kind == "large":
            self._large()
        elif kind == "silent":
            time.sleep(2.0)

    def _forged(self) -> list[dict[str, Any]]:
        address = f"http://127.0.0.1:{_State.good}/control"
        with urllib.request.urlopen(address, timeout=10) as answer:
            uris: list[str] = json.load(answer)["uris"]
        chosen = _State.random.sample(uris, min(5, len(uris)))
        return [forged(_State.random, uri, number) for number, uri in enumerate(chosen)]

    def _json(self, payload: object, *, status: str = "200 OK") -> None:
        body = json.dumps(payload).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n"
        self.wfile.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def _large(self) -> None:
        """Send more than anybody should take, without saying how much it will be."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        for _ in range(40):
            self.wfile.write(b" " * _MEGABYTE)


def main() -> None:
    """Serve until killed; tell the port on standard output once it is open."""
    _State.good, _State.random = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    serve(_Handler)


if __name__ == "__main__":
    main()
