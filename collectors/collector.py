"""What every source offers to the stage that collects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # frames are slow to import, and settings come by here
    from collectors.page import Page


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one cheap request told about a source. `remedy` is None when all is well."""

    source: str
    summary: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class PostRef:
    """A stored post, and what is known of its reposts, for expansion."""

    post_key: str
    author_key: str
    url: str | None
    created_at: datetime
    last_checked_at: datetime | None


class Collector(Protocol):
    """Reads one source: one place that can be asked."""

    source: str  # its name in runs and coverage: 'mastodon/mastodon.social'

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give the pages of a hashtag, newest first, from the newest or from a cursor on.

        Ends when the source has nothing older. Raises `CollectorError`.
        """
        ...

    def reposts(self, post: PostRef, *, now: datetime) -> Page:
        """Give who reposted a post, as interactions. Raises `CollectorError`."""
        ...

    def check(self) -> SourceReport:
        """Ask one cheap question, for `gaung check`. Does not raise `CollectorError`."""
        ...
