"""A small file of posts: a crowd that does as it likes, and eight accounts that act together."""

from __future__ import annotations

import csv
import random
from datetime import datetime
from pathlib import Path

HEADER = (
    "message_id", "user_id", "username", "repost_id", "reply_id", "message", "timestamp", "urls",
)  # fmt: skip
HOURS = 60


def posts_csv(path: Path, start: datetime) -> None:
    """Write some 1,500 posts of three days."""
    rng = random.Random(7)
    begin = int(start.timestamp())
    rows: list[tuple[str, str, str, str, str, int]] = []

    def post(who: int, at: int, *, repost: str = "", reply: str = "", text: str, url: str) -> str:
        rows.append((str(who), repost, reply, text, url, at))
        return str(len(rows))

    originals = []
    for _ in range(400):
        text = f"air di kampung {rng.randrange(40)} mati lagi pagi ini #AirBersih #Kampung"
        url = f"https://berita.example/{rng.randrange(60)}" if rng.random() < 0.4 else ""
        at = begin + rng.randrange(HOURS * 3600)
        originals.append((post(rng.randrange(300), at, text=text, url=url), at))
    for _ in range(900):
        of, at = originals[int(400 * rng.random() ** 2)]
        later = at + int(rng.lognormvariate(7, 1.5))
        is_reply = rng.random() < 0.15
        post(rng.randrange(300), later, repost="" if is_reply else of, reply=of if is_reply else "",
             text="@a kata siapa" if is_reply else "RT @a: air", url="")  # fmt: skip
    for push in range(20):
        of, at = originals[350 + push]
        for who in range(900, 908):
            if rng.random() < 0.8:
                post(who, at + 500 + rng.randrange(45), repost=of, text="RT @a: air", url="")
                post(who, at + 900 + rng.randrange(45), text="lihat ini semua kawan ya",
                     url=f"https://dorong.example/{push}")  # fmt: skip
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number, (who, repost, reply, text, url, at) in enumerate(rows, 1):
            writer.writerow((number, who, f"u{who}", repost, reply, text, at, url))
