"""Three weeks of two hashtags: two to learn from, and one in which things happen."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from collectors.collector import SourceReport
from collectors.errors import SourceUnavailableError
from collectors.page import Page, page_of
from collectors.records import Post

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 8, 16, 17, tzinfo=UTC)  # 17 August, 00:00 WIB
SUNDAY_NIGHT = MONDAY + 7 * DAY
_HISTORY = 15 * DAY
_NIGHT = (4, 3, 2, 1, 1, 2, 5, 8, 10, 11, 11, 12, 12, 11, 10, 10, 11, 12, 13, 13, 12, 10, 8, 6)


@dataclass(frozen=True)
class Push:
    """Some hours in which a hashtag has so many times its posts."""

    hashtag: str
    start: timedelta  # after Monday 00:00 WIB
    hours: int
    times: float
    rides: str = ""  # a second hashtag on every other post


PUSHES = (
    Push("AirBersih", DAY + 14 * HOUR, 6, 9.0, rides="DaruratAir"),  # Tuesday afternoon
    Push("HargaBeras", 2 * DAY + 22 * HOUR, 2, 25.0),  # Wednesday night, in quiet hours
)
OUTAGE = (4 * DAY + 9 * HOUR, 4 * DAY + 15 * HOUR)  # Friday, six hours
LEVELS = {"AirBersih": 6.0, "HargaBeras": 3.0}


def posts() -> list[Post]:
    """Give all posts, oldest first; always the same ones."""
    rng = random.Random(17)
    found = []
    for hashtag, level in LEVELS.items():
        start = MONDAY - _HISTORY
        while start < SUNDAY_NIGHT:
            found += _hour(rng, hashtag, level, start)
            start += HOUR
    return sorted(found, key=lambda post: (post.created_at, post.post_key))


def _hour(rng: random.Random, hashtag: str, level: float, start: datetime) -> Iterator[Post]:
    hour = (start.hour + 7) % 24
    mean = level * _NIGHT[hour] / 8.0
    push = next(
        (
            one
            for one in PUSHES
            if one.hashtag == hashtag and one.start <= start - MONDAY < one.start + one.hours * HOUR
        ),
        None,
    )
    if push is not None:
        mean = max(mean, level) * push.times
    # A sum of coin flips: close to Poisson, and the same with every version of random.
    count = sum(rng.random() < mean / 200 for _ in range(200))
    for number in range(count):
        at = start + HOUR * rng.random()
        tags = (hashtag,)
        if push is not None and push.rides and number % 2:
            tags = (hashtag, push.rides)
        author = rng.randrange(400)
        yield Post(
            post_key=f"mastodon:https://contoh.example/{hashtag}/{start:%m%d%H}/{number}",
            platform="mastodon",
            author_key=f"mastodon:@warga{author}@contoh.example",
            kind="original",
            created_at=at,
            text=f"Kabar {number} dari kampung {author} #{' #'.join(tags)}",
            hashtags_raw=tags,
        )


@dataclass
class Server:
    """A source over all posts, which is out of order for some hours on Friday."""

    posts: list[Post]
    source: str = "mastodon/contoh.example"
    _by_tag: dict[str, list[Post]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for post in reversed(self.posts):
            self._by_tag.setdefault(post.hashtags_raw[0].lower(), []).append(post)

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give pages, newest first; the cursor counts the posts that were given."""
        if OUTAGE[0] <= now - MONDAY < OUTAGE[1]:
            raise SourceUnavailableError("503 Service Unavailable")
        known = [post for post in self._by_tag[hashtag] if post.created_at <= now]
        size, start = 40, int(cursor or 0)
        for at in range(start, len(known) + 1, size):
            part = known[at : at + size]
            more = at + size < len(known)
            yield page_of(posts=part, received=len(part), cursor=str(at + size) if more else None)
            if not more:
                return

    def check(self) -> SourceReport:
        """Say that all is well."""
        return SourceReport(self.source, "a list")

    def close(self) -> None:
        """Do nothing."""
