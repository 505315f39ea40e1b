"""What sources offer to the stage that collects. Each offers `Collector`, and what else it can."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
)

if TYPE_CHECKING:  # frames are slow to import, and settings come by here
    from collectors.page import Page


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one cheap request told about a source. `remedy` is None when all is well."""

    source: str
    summary: str
    remedy: str | None = None


def report_of_error(
    source: str, error: CollectorError, *, shape: str, reach: str = "", quota: str = ""
) -> SourceReport:
    """Report on a source that did not answer as it should.

    shape: what to do about an answer of another kind; reach: where there was none, if it is not
    that a server is misspelled; quota: what can be done about a limit beside waiting.
    """
    host = source.partition("/")[2]
    match error:
        case AccessRefusedError() if "; " in str(error):  # its message says what to do
            summary, _, remedy = str(error).rpartition("; ")
            return SourceReport(source, summary, remedy)
        case RateLimitedError():
            remedy = f"wait until {error.retry_at:%H:%M:%S %Z}{quota}"
        case AccessRefusedError() | PayloadError():
            remedy = shape
        case _:
            remedy = reach or (
                f"see whether {host} is spelled right and can be reached from this machine"
            )
    return SourceReport(source, str(error), remedy)


@dataclass(frozen=True, slots=True)
class PostRef:
    """A stored post, and what is known of its reposts, for expansion."""

    post_key: str
    author_key: str
    url: str | None
    created_at: datetime
    last_checked_at: datetime | None
    local_id: str | None = None  # what the source called it (`Page.local_ids`)


@dataclass(slots=True)
class Interest:
    """What a stream is asked to keep. A stream adds the posts that it finds to `posts`."""

    hashtags: frozenset[str]  # in their one spelling
    posts: set[str] = field(default_factory=set)  # post keys whose amplification is wanted
    authors: set[str] = field(default_factory=set)  # author keys whose removal must be known
    acts: set[str] = field(default_factory=set)  # record keys of reposts, which may be taken back


class Collector(Protocol):
    """One place that can be asked, or listened to. It is also a `Pager`, a `Streamer`, or both."""

    source: str  # its name in runs and coverage: 'mastodon/mastodon.social'

    def check(self) -> SourceReport:
        """Ask one cheap question, for `gaung check`. Does not raise `CollectorError`."""
        ...

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        ...


@runtime_checkable
class Pager(Collector, Protocol):
    """Answers what it has of a hashtag, page by page."""

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give the pages of a hashtag, newest first, from the newest or from a cursor on.

        `received` counts the records that the source gave; where it gives more than what
        matches, `reached_at` says since when all of them have been read. Ends when the source
        has nothing older; where there may be older ones that it does not give, the last page says
        so in `beyond`. Raises `CollectorError`.
        """
        ...


@runtime_checkable
class SincePager(Pager, Protocol):
    """A pager whose questions cost money or quota: it need not ask for what is known."""

    def pages_since(
        self, hashtag: str, *, cursor: str | None, since: datetime, now: datetime
    ) -> Iterator[Page]:
        """Return the pages of a hashtag as `pages` does, and end at `since`, included.

        The last page says by its `reached_at` that all since then has been read.
        """
        ...


@runtime_checkable
class Expander(Collector, Protocol):
    """Knows who passed on or answered a post.

    One that knows more than the posts that it found itself has `posts_of`, a tuple of the sources
    whose posts it may be asked about; so may a `Hydrator`.
    """

    def expand(self, post: PostRef, *, now: datetime) -> Page | None:
        """Give who reposted, quoted and answered a post, as interactions with their posts.

        None: this source does not know the post, or may not say; which is not the same as
        nobody. Posts that come along without the hashtag are `referenced`. Raises
        `CollectorError`.
        """
        ...


@runtime_checkable
class Hydrator(Collector, Protocol):
    """Knows what has become of posts."""

    batch: int  # posts per question

    def hydrate(self, posts: Sequence[PostRef], *, now: datetime) -> Page:
        """Give the counts of posts as they are now, and as `removals` those that are gone.

        Raises `CollectorError`.
        """
        ...


@runtime_checkable
class Streamer(Collector, Protocol):
    """Tells what comes in as it comes in."""

    def stream(
        self,
        interest: Interest,
        *,
        cursor: str | None,
        now: Callable[[], datetime],
        stop: threading.Event,
        live: bool,
    ) -> Iterator[Page]:
        """Give what is of interest, oldest first, from a cursor on; without one, from now on.

        Each page says from when (`since_at`) to when (`reached_at`) everything was read, in time
        order without overlap; where `since_at` of the first lies after the cursor's time, the
        source had no more (`beyond` says why). At least one page every few seconds, also an empty
        one: it moves the cursor. A source that is also a `Pager`, and whose stream proves nothing,
        says neither: its coverage and its gaps are those of asking. Ends at `stop`, and when not
        `live`, once it has caught up with `now()`. Raises `CollectorError`.
        """
        ...


@runtime_checkable
class Replayer(Streamer, Protocol):
    """A stream that can be heard again from a time on."""

    def cursor_at(self, when: datetime) -> str:
        """Give the cursor to hear everything since a time, as far as the source keeps it."""
        ...
