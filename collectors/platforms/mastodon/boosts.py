"""Who boosted a post, and between which two times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from collectors.collector import PostRef
from collectors.platforms.mastodon.accounts import account_key, platform_of
from collectors.platforms.mastodon.payloads import Account
from collectors.records import Interaction
from collectors.said import param_of

# How far an id may lie outside of what is possible before it is taken for no time at all.
_BEFORE_POST = timedelta(days=1)
_AFTER_NOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Between which times the boosts of one answer were made."""

    not_before: datetime
    acted_at: datetime


def boost_of(account: Account, post: PostRef, *, host: str, window: Window) -> Interaction:
    """Tell that an account boosted a post; Mastodon does not say when."""
    key = account_key(account, host)
    return Interaction(
        kind="repost",
        platform=platform_of(key),
        author_key=key,
        target_author_key=post.author_key,
        target_post_key=post.post_key,
        acted_at=window.acted_at,
        not_before=window.not_before,
        precision="bounded",
    )


def window_of(links: Mapping[str, str], *, created_at: datetime, now: datetime) -> Window:
    """Bound the boosts of one answer by the ids in its links.

    The list runs from the newest boost to the oldest, and its links name the ids of the boosts at
    its edges. On Mastodon proper an id holds the time at which the server made it; elsewhere the
    ids are of another kind, and the post's own time and now are the bounds.
    """
    low = _time_of(param_of(links.get("next"), "max_id"))
    prev = links.get("prev")
    high = _time_of(param_of(prev, "since_id") or param_of(prev, "min_id"))
    earliest, latest = created_at - _BEFORE_POST, now + _AFTER_NOW
    if low is None or not earliest <= low <= latest:
        low = created_at
    if high is None or not max(earliest, low) <= high <= latest:
        high = now
    acted_at = min(high, now)
    return Window(not_before=min(max(low, created_at), acted_at), acted_at=acted_at)


def _time_of(local_id: str | None) -> datetime | None:
    # https://github.com/mastodon/mastodon/blob/main/lib/mastodon/snowflake.rb
    if local_id is None or not (local_id.isascii() and local_id.isdigit()):
        return None
    try:
        return datetime.fromtimestamp((int(local_id) >> 16) / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
