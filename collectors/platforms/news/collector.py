"""Reads one feed. A feed is asked for once a turn, for all hashtags, and only for what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from collectors.collector import SourceReport
from collectors.errors import CollectorError, PayloadError, RateLimitedError
from collectors.http import PoliteClient
from collectors.page import Page
from collectors.platforms.news.articles import PLATFORM, page_of_articles
from collectors.platforms.news.feed import Issue, issue_of
from collectors.platforms.news.matching import Matcher

_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"


class FeedCollector:
    """Reads one feed, through its client. Closing it closes the client."""

    def __init__(
        self,
        place: str,
        url: str,
        outlet: str,
        client: PoliteClient,
        *,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        matcher: Callable[[str], Matcher],
    ) -> None:
        self.source = f"{PLATFORM}/{place}"
        self._place, self._url, self._outlet = place, url, outlet
        self._client = client
        self._zone, self._now = zone, now
        self._matcher = matcher
        self._issue: Issue | None = None
        self._issue_of: datetime | None = None  # the turn that it was asked in
        self._is_unchanged = False
        self._marks: dict[str, str] = {}  # what the server wants to be shown to say: nothing new

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._client.close()

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give the feed's one page, with the articles that are about the hashtag."""
        if cursor is not None:
            raise PayloadError(f"{self.source}: a feed has one page, and no {cursor[:40]!r}")
        if self._issue is None or self._issue_of != now:
            self._issue = self._ask()
            self._issue_of = now
        issue = self._issue
        yield page_of_articles(
            ((self._outlet, article) for article in issue.articles),
            self._matcher(hashtag),
            received=issue.received,
            language=issue.language,
            titles={self._outlet: issue.title} if issue.title else None,
            rejected=issue.rejected,
            reached_at=issue.reaches(now),
            beyond="too old",
            # That nothing has changed is said by a server that answers 304, and by no other.
            shown_to=now if self._is_unchanged else issue.shown_to(now),
        )

    def check(self) -> SourceReport:
        """Ask for the feed."""
        try:
            self._marks, self._issue = {}, None
            issue = self._ask()
        except RateLimitedError as error:
            return SourceReport(self.source, str(error), f"wait until {error.retry_at:%H:%M:%S %Z}")
        except CollectorError as error:
            return SourceReport(
                self.source,
                str(error),
                f"see what a browser shows at {self._url}; outlets move their feeds",
            )
        reaches = issue.reaches(self._now())
        since = "of no date that can be" if reaches is None else f"since {reaches:%Y-%m-%d %H:%M}"
        return SourceReport(self.source, f"{self._outlet}: {len(issue.articles)} articles {since}")

    def _ask(self) -> Issue:
        known = self._issue
        document = self._client.get_document(
            self._url,
            headers={"Accept": _ACCEPT} | (self._marks if known is not None else {}),
            allow={304},
        )
        self._is_unchanged = document.status == 304 and known is not None
        if self._is_unchanged and known is not None:
            return known
        issue = issue_of(
            document.body,
            content_type=document.headers.get("Content-Type", ""),
            place=self._place,
            zone=self._zone,
        )
        # Only after it was read: a broken answer must not pass for a known one.
        # https://www.rfc-editor.org/rfc/rfc9110#section-13.1
        asks = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
        self._marks = {
            ask: document.headers[says] for says, ask in asks.items() if says in document.headers
        }
        return issue
