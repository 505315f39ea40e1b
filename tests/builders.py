"""Records with defaults for all that a test does not care about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.collector import PostRef, SourceReport
from collectors.page import Page, page_of
from collectors.records import Author, Engagement, Interaction, Post

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
# A watch of one hashtag, as config.toml has it.
AIR_CONFIG = """
[[watches]]
name = "air"
hashtags = ["AirBersih"]
sources = ["mastodon"]

[collectors.mastodon]
servers = ["https://contoh.example"]
"""
HOUR = timedelta(hours=1)
SOURCE = "mastodon/contoh.example"


def make_post(number: int = 1, **fields: Any) -> Post:
    """Give a post."""
    given: dict[str, Any] = {
        "post_key": f"mastodon:https://contoh.example/{number}",
        "platform": "mastodon",
        "author_key": f"mastodon:@warga{number % 7}@contoh.example",
        "kind": "original",
        "created_at": NOON - number * timedelta(minutes=1),
        "text": f"Air bersih di kampung kami mati lagi, hari ke-{number} #AirBersih",
        "hashtags_raw": ("AirBersih",),
    }
    return Post(**given | fields)


def make_author(key: str = "x:1", **fields: Any) -> Author:
    """Give an author."""
    return Author(**{"author_key": key, "platform": key.split(":", 1)[0]} | fields)


def make_repost(
    author: str = "mastodon:@a@b.example", target: str = "mastodon:@t@b.example", **fields: Any
) -> Interaction:
    """Give a boost: a repost that is no post of its own."""
    given: dict[str, Any] = {
        "kind": "repost",
        "platform": "mastodon",
        "author_key": author,
        "target_author_key": target,
        "target_post_key": "mastodon:https://contoh.example/1",
        "acted_at": NOON,
        "precision": "bounded",
    }
    return Interaction(**given | fields)


def make_engagement(number: int = 1, **fields: Any) -> Engagement:
    """Give a snapshot of counts."""
    given: dict[str, Any] = {
        "post_key": f"mastodon:https://contoh.example/{number}",
        "observer": SOURCE,
        "taken_at": NOON,
        "reposts": 1,
    }
    return Engagement(**given | fields)


@dataclass
class ListedSource:
    """A collector over a list of posts, newest first, in pages; it can fail where it is told to."""

    posts: list[Post]
    source: str = SOURCE
    page_size: int = 10
    fails: dict[int, Exception] = field(default_factory=dict)  # before which page of a run
    boosts: list[Interaction] = field(default_factory=list)
    engagement: list[Engagement] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give pages; the cursor is the number of posts that were given."""
        known = sorted(
            (p for p in self.posts if p.created_at <= now), key=lambda p: p.created_at, reverse=True
        )
        start = int(cursor or 0)
        for number, at in enumerate(range(start, len(known) + 1, self.page_size)):
            if number in self.fails:
                raise self.fails[number]
            self.asked.append(cursor)
            part = known[at : at + self.page_size]
            more = at + self.page_size < len(known)
            yield page_of(
                posts=part,
                engagement=self.engagement,
                received=len(part),
                cursor=str(at + self.page_size) if more else None,
            )
            if not more:
                return

    def expand(self, post: PostRef, *, now: datetime) -> Page:
        """Give the boosts of a post."""
        return page_of(interactions=[b for b in self.boosts if b.target_post_key == post.post_key])

    def check(self) -> SourceReport:
        """Say that all is well."""
        return SourceReport(self.source, "a list")

    def close(self) -> None:
        """Do nothing."""
