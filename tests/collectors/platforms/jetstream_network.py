"""A recorded network that a fake websocket tells, as Jetstream does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.collector import Interest
from collectors.errors import SourceUnavailableError
from collectors.page import Page
from collectors.platforms.bluesky.jetstream import JetstreamCollector
from collectors.platforms.bluesky.settings import Settings

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ALI, BUDI, CITRA = (f"did:plc:{name}" for name in ("ali", "budi", "citra"))
TAGS = frozenset({"tolakruu", "banjir"})


def micros(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def commit(
    seconds: float, did: str, rkey: str, record: dict[str, Any] | None, kind: str = "post"
) -> dict[str, Any]:
    """Give an event so many seconds after the start; without a record a deletion."""
    at = START + seconds * SECOND
    change: dict[str, Any] = {
        "rev": "r",
        "operation": "delete" if record is None else "create",
        "collection": f"app.bsky.feed.{kind}",
        "rkey": rkey,
    }
    if record is not None:
        change["record"] = {"createdAt": at.isoformat().replace("+00:00", "Z")} | record
    return {"did": did, "time_us": micros(at), "kind": "commit", "commit": change}


def post(seconds: float, did: str, rkey: str, text: str = "halo", **record: Any) -> dict[str, Any]:
    return commit(seconds, did, rkey, {"$type": "app.bsky.feed.post", "text": text} | record)


def facet(tag: str, kind: str = "app.bsky.richtext.facet#tag") -> dict[str, Any]:
    return {"index": {"byteStart": 3, "byteEnd": 99}, "features": [{"$type": kind, "tag": tag}]}


def uri(did: str, rkey: str) -> str:
    return f"at://{did}/app.bsky.feed.post/{rkey}"


def repost(seconds: float, did: str, rkey: str, subject: str, **more: Any) -> dict[str, Any]:
    return commit(seconds, did, rkey, {"subject": {"uri": subject, "cid": "c"}} | more, "repost")


class Network:
    """Tells its events from a cursor on, and then the noise of the seconds up to now."""

    def __init__(self, events: list[Any], *, until: float = 60, keeps: float = 10**9) -> None:
        self.events, self.until, self.keeps = events, until, keeps
        self.opened: list[str] = []
        self.breaks_after: list[int] = []  # frames, per connection

    @property
    def now(self) -> datetime:
        return START + self.until * SECOND

    def connect(self, url: str) -> Any:
        self.opened.append(url)
        cursor = int(url.rpartition("cursor=")[2]) if "cursor=" in url else micros(self.now)
        cursor = max(cursor, micros(self.now) - int(self.keeps * 1_000_000))
        noise = [
            post(second, "did:plc:lain", f"n{second}") for second in range(int(self.until) + 1)
        ]
        frames = sorted(
            (
                e if isinstance(e, dict) else {"time_us": micros(START), "raw": e}
                for e in [*noise, *self.events]
            ),
            key=lambda e: e["time_us"],
        )
        told = [
            e["raw"] if "raw" in e else json.dumps(e, separators=(",", ":"))
            for e in frames
            if e["time_us"] >= cursor
        ]
        return FakeSocket(told, self.breaks_after.pop(0) if self.breaks_after else None)


class FakeSocket:
    def __init__(self, frames: list[str], breaks_after: int | None) -> None:
        self._frames, self._left = frames, breaks_after

    def recv(self, timeout: float) -> str | None:
        if self._left is not None:
            if self._left == 0:
                raise SourceUnavailableError("connection closed")
            self._left -= 1
        return self._frames.pop(0) if self._frames else None

    def send(self, message: str) -> None:
        raise AssertionError(message)

    def close(self) -> None:
        """Do nothing."""


def collector(connect: Callable[[str], Any], now: datetime) -> JetstreamCollector:
    return JetstreamCollector(
        Settings().addresses, connect=connect, sleep=lambda _: None, now=lambda: now
    )


def hear(
    network: Network, *, since: float | None = 0, interest: Interest | None = None
) -> list[Page]:
    source = collector(network.connect, network.now)
    return list(
        source.stream(
            interest or Interest(TAGS),
            cursor=None if since is None else source.cursor_at(START + since * SECOND),
            now=lambda: network.now,
            stop=threading.Event(),
            live=False,
        )
    )


def posts(pages: list[Page]) -> dict[str, dict[str, Any]]:
    return {row["post_key"]: row for page in pages for row in page.posts.iter_rows(named=True)}


def acts(pages: list[Page]) -> list[dict[str, Any]]:
    return [row for page in pages for row in page.interactions.iter_rows(named=True)]
