"""A server that speaks the hashtag timeline of Mastodon's API, as a process of its own.

`python -m tests.soak.server BACKLOG` serves #SoalAir on a free port of 127.0.0.1, newest first,
with snowflake ids, and begins with so many posts of the last three days.
`POST /control` with a JSON object tells it how to behave (see `Behaviour`), or to publish; `GET
/control` gives all that it ever published.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.soak.simulated import nanoseconds

SOAK_TAG = "SoalAir"
_AUTHORS = 60
_BACKLOG = timedelta(days=3)


@dataclass(frozen=True)
class Behaviour:
    """How the server answers."""

    delay: float = 0.0  # seconds before a page
    drip: float = 0.0  # seconds between two bytes of a page
    boosts: int = 0  # accounts that boosted each tenth post


class Timeline:
    """The posts, oldest first."""

    def __init__(self, port: int, backlog: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._lock = threading.Lock()
        self._posts: list[dict[str, Any]] = []
        now = nanoseconds() // 1_000_000
        step = _BACKLOG // timedelta(milliseconds=1) // max(backlog, 1)
        for number in range(backlog, 0, -1):
            self._add(now - number * step)
        self.behaviour = Behaviour()
        self.requests: list[str] = []

    def publish(self, count: int) -> None:
        """Add posts that are written now, one after the other."""
        for _ in range(count):
            with self._lock:
                self._add(nanoseconds() // 1_000_000)

    def ids(self) -> list[str]:
        """Give the uris of all posts."""
        with self._lock:
            return [post["uri"] for post in self._posts]

    def page(self, max_id: int | None, limit: int) -> list[dict[str, Any]]:
        """Give the newest posts before an id, newest first."""
        with self._lock:
            older = [p for p in self._posts if max_id is None or int(p["id"]) < max_id]
        return older[: -limit - 1 : -1]

    def known(self, ids: list[str]) -> list[dict[str, Any]]:
        """Give the posts with these ids."""
        with self._lock:
            return [post for post in self._posts if post["id"] in ids]

    def boosts_of(self, post_id: str) -> int:
        """Give how many accounts boosted a post."""
        return self.behaviour.boosts if int(post_id) % 10 == 0 else 0

    def _add(self, milliseconds: int) -> None:
        number = len(self._posts)
        post_id = (milliseconds << 16) + number % 65_536
        if self._posts:
            post_id = max(post_id, int(self._posts[-1]["id"]) + 1)
        self._posts.append(self._status(str(post_id), number, milliseconds))

    def _status(self, post_id: str, number: int, milliseconds: int) -> dict[str, Any]:
        written = datetime.fromtimestamp(milliseconds / 1000, UTC)
        account = self.account(number % _AUTHORS)
        return {
            "id": post_id,
            "uri": f"{account['uri']}/statuses/{post_id}",
            "url": f"{account['url']}/{post_id}",
            "created_at": written.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "visibility": "public",
            "account": account,
            "content": f"<p>Air PAM mati lagi di gang {number}, sudah hari ke-{number % 7}</p>",
            "tags": [{"name": SOAK_TAG}],
            "mentions": [],
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "replies_count": 0,
            "reblogs_count": 3 if int(post_id) % 10 == 0 else 0,
            "favourites_count": number % 5,
            "language": "id",
            "edited_at": None,
            "reblog": None,
            "card": None,
        }

    def account(self, number: int) -> dict[str, Any]:
        """Give an account."""
        name = f"akun_{number}"
        return {
            "id": str(10_000 + number),
            "acct": name,
            "display_name": name,
            "url": f"{self._base}/@{name}",
            "uri": f"{self._base}/users/{name}",
            "created_at": "2022-11-18T00:00:00.000Z",
            "bot": False,
            "followers_count": 100 + number,
            "following_count": 10,
            "statuses_count": 1000,
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeline: Timeline

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        if address.path == "/control":
            self._answer({"uris": self.timeline.ids(), "requests": self.timeline.requests})
        elif address.path.lower() == f"/api/v1/timelines/tag/{SOAK_TAG.lower()}":
            self._timeline(query)
        elif address.path.endswith("/reblogged_by"):
            self.timeline.requests.append(self.path)
            boosts = self.timeline.boosts_of(address.path.split("/")[-2])
            self._answer([self.timeline.account(number) for number in range(boosts)])
        elif address.path == "/api/v1/statuses":
            self._answer(self.timeline.known(parse_qs(address.query).get("id[]", [])))
        elif address.path == "/api/v2/instance":
            self._answer({"version": "4.5.0", "configuration": {}})
        else:
            self._answer({"error": "Record not found"}, status=404)

    def do_POST(self) -> None:
        wish = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.timeline.publish(wish.pop("publish", 0))
        self.timeline.behaviour = replace(self.timeline.behaviour, **wish)
        self._answer(asdict(self.timeline.behaviour))

    def _timeline(self, query: dict[str, str]) -> None:
        self.timeline.requests.append(self.path)
        time.sleep(self.timeline.behaviour.delay)
        max_id = int(query["max_id"]) if "max_id" in query else None
        page = self.timeline.page(max_id, int(query.get("limit", "20")))
        links = {}
        if page:
            path = urlsplit(self.path).path
            host = self.headers["Host"]
            links["Link"] = (
                f'<http://{host}{path}?max_id={page[-1]["id"]}>; rel="next", '
                f'<http://{host}{path}?min_id={page[0]["id"]}>; rel="prev"'
            )
        self._answer(page, drip=self.timeline.behaviour.drip, **links)

    def _answer(
        self, payload: object, *, status: int = 200, drip: float = 0.0, **headers: str
    ) -> None:
        body = json.dumps(payload).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not drip:
            self.wfile.write(body)
            return
        for at in range(len(body)):
            self.wfile.write(body[at : at + 1])
            self.wfile.flush()
            time.sleep(drip)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients of this server are killed all the time."""


def main() -> None:
    """Serve until killed; tell the port on standard output once it is open."""
    backlog = int(sys.argv[1])
    server = _Server(("127.0.0.1", 0), _Handler)
    _Handler.timeline = Timeline(server.server_port, backlog)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
