"""Hears a made-up Bluesky: `python -m bench.jetstream EVENTS [decode]`, 1 in 1,000 of interest.

With `decode` it only decodes each event, which is the least that a filter without a prefilter does.
"""

from __future__ import annotations

import random
import sys
import threading
from datetime import UTC, datetime, timedelta

import msgspec

from collectors.collector import Interest
from collectors.platforms.bluesky.jetstream import JetstreamCollector

_START = datetime(2026, 3, 1, tzinfo=UTC)
_DISTINCT = 20_000
_HASHTAGS = 50
_WORDS = ("air", "banjir", "jalan", "kota", "pagi", "hujan", "macet", "listrik", "pasar", "rumah")


def _frames() -> list[bytes]:
    """Make events as the network has them: posts, one in five with a hashtag, and reposts."""
    rng = random.Random(1)
    frames = []
    for number in range(_DISTINCT):
        text = " ".join(rng.choices(_WORDS, k=rng.randint(5, 40)))
        record: dict[str, object] = {"$type": "app.bsky.feed.post", "text": text, "langs": ["id"]}
        collection = "app.bsky.feed.post"
        if number % 3 == 0:
            uri = f"at://did:plc:akun{rng.randrange(10**6)}/app.bsky.feed.post/{number}"
            collection, record = "app.bsky.feed.repost", {"subject": {"cid": "c", "uri": uri}}
        elif rng.random() < 0.2 or number % 1000 == 1:
            tag = f"pantau{number % _HASHTAGS}" if number % 1000 == 1 else rng.choice(_WORDS)
            feature = {"$type": "app.bsky.richtext.facet#tag", "tag": tag}
            record["text"] = f"{text} #{tag}"
            record["facets"] = [{"features": [feature], "index": {"byteEnd": 9, "byteStart": 1}}]
        record["createdAt"] = "2026-03-01T00:00:00.000Z"
        commit = {
            "rev": "3m7aazmlmyy25",
            "operation": "create",
            "collection": collection,
            "rkey": f"3m{number}",
            "record": record,
            "cid": "bafyreiax5xxi5sjaorti75ll6nbjudfzelqopzobaurtl23ytdiobzjc4y",
        }
        event = {"did": f"did:plc:akun{number % 997}", "time_us": 0, "kind": "commit"}
        frames.append(msgspec.json.encode(event | {"commit": commit}))
    return frames


class _Tape:
    """Tells the frames again and again, each a millisecond after the one before."""

    def __init__(self, events: int) -> None:
        cut = [frame.split(b'"time_us":0', 1) for frame in _frames()]
        self._cut = [(before + b'"time_us":', after) for before, after in cut]
        self._events, self._told = events, 0
        self._micros = int(_START.timestamp() * 1_000_000)

    def recv(self, timeout: float) -> bytes | None:
        del timeout
        if self._told >= self._events:
            return None
        before, after = self._cut[self._told % _DISTINCT]
        self._told += 1
        return b"%b%d%b" % (before, self._micros + self._told * 1000, after)

    def send(self, message: str) -> None:
        """Nothing is asked."""

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    """Hear all events, and tell how many were kept."""
    events = int(sys.argv[1])
    tape, kept = _Tape(events), 0
    if "decode" in sys.argv:
        while (frame := tape.recv(0)) is not None:
            kept += msgspec.json.decode(frame)["kind"] == "commit"
    else:
        end = _START + timedelta(milliseconds=events + 10_000)
        source = JetstreamCollector(
            ["wss://a.example/x"], connect=lambda _: tape, sleep=lambda _: None, now=lambda: end
        )
        interest = Interest(frozenset(f"pantau{n}" for n in range(_HASHTAGS)))
        pages = source.stream(
            interest,
            cursor=source.cursor_at(_START),
            now=lambda: end,
            stop=threading.Event(),
            live=False,
        )
        kept = sum(page.posts.height for page in pages)
    sys.stdout.write(f"{kept}\n")


if __name__ == "__main__":
    main()
