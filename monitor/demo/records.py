"""What a campaign is made of, and what was planted in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

HASHTAG = "JembatanRaya"
WATCH = "jembatan-raya"
ZONE = "Asia/Jakarta"
GROUP = "group"  # the community of the coordinated accounts


@dataclass(frozen=True, slots=True)
class Account:
    """One synthetic account. Its server is under `.example`, so it cannot be anybody's."""

    number: int
    username: str
    server: str
    community: str
    created_at: datetime
    followers: int
    following: int
    statuses: int
    weight: float  # how often it speaks, compared with others

    @property
    def acct(self) -> str:
        """The handle: `warga_0123@nusantara.example`."""
        return f"{self.username}@{self.server}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One post, as its author wrote it. `number` counts posts and boosts; it makes ids unique."""

    number: int
    author: Account
    created_at: datetime
    text: str
    tags: tuple[str, ...] = (HASHTAG,)
    mentions: tuple[Account, ...] = ()
    link: str | None = None
    reply_to: Status | None = None

    @property
    def id(self) -> int:
        """The id: https://github.com/mastodon/mastodon/blob/main/lib/mastodon/snowflake.rb."""
        return snowflake(self.created_at, self.number)


@dataclass(frozen=True, slots=True)
class Boost:
    """One boost; Mastodon gives it an id like a post's."""

    number: int
    author: Account
    created_at: datetime
    status: Status

    @property
    def id(self) -> int:
        """The id."""
        return snowflake(self.created_at, self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """The truth that detection does not know."""

    group: tuple[Account, ...]
    push_from: datetime
    push_until: datetime
    push_posts: int
    picked_up: dict[str, datetime]  # community → when it first took the push up
    pick_up_until: datetime
    surge_from: datetime
    surge_until: datetime
    surge_posts: int
    surge_authors: int
    outage_from: datetime
    outage_until: datetime
    lost: int  # posts that the server lost in the outage


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Two weeks of a conversation: what the server can show, oldest first, and the truth."""

    seed: int
    start: datetime
    end: datetime
    accounts: tuple[Account, ...]
    statuses: tuple[Status, ...]
    boosts: tuple[Boost, ...]
    planted: Planted


def snowflake(moment: datetime, number: int) -> int:
    """Give the id of what was made at a moment: milliseconds since 1970, and 16 bits."""
    return (round(moment.timestamp() * 1000) << 16) | (number & 0xFFFF)
