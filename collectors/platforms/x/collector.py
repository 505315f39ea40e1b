"""Reads hashtags on X, as far as the budget goes.

https://docs.x.com/x-api/posts/search-recent-posts
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from collectors.collector import PostRef, SourceReport
from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    RecordError,
)
from collectors.page import Page, page_of
from collectors.platforms.x.meter import Meter, stamp
from collectors.platforms.x.payloads import Listing, User, listing_of, problems_of, read
from collectors.platforms.x.tweets import (
    PLATFORM,
    View,
    author_of,
    page_of_tweets,
    set_aside,
)
from collectors.records import Author, Interaction, Rejected

_BACK = timedelta(days=7)
# A start seven days ago is too old when the question arrives, and where our clock is slow.
_MARGIN = timedelta(minutes=15)
_SMALL = timedelta(hours=1)
_TWEET_FIELDS = (
    "author_id,created_at,entities,in_reply_to_user_id,lang,note_tweet,public_metrics,"
    "referenced_tweets"
)
_USER_FIELDS = "created_at,name,public_metrics,username"
_FEW = 100


class XCollector:
    """Reads X, through its meter. Closing it closes that."""

    source = f"{PLATFORM}/api.x.com"
    is_metered = True

    def __init__(self, meter: Meter, *, accounts: bool) -> None:
        self._meter, self._accounts = meter, accounts

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._meter.close()

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give the pages of a hashtag, newest first, up to seven days back."""
        return self.pages_since(hashtag, cursor=cursor, since=now - _BACK, now=now)

    def pages_since(
        self, hashtag: str, *, cursor: str | None, since: datetime, now: datetime
    ) -> Iterator[Page]:
        """Return the pages of a hashtag since a time: what is known would be paid for again."""
        query, oldest = f"#{hashtag}", now - _BACK + _MARGIN
        place = _place(cursor, max(since, oldest), oldest)
        beyond = None if place.start <= since else "too old"
        asked = {place.token}
        self._meter.begin()
        if now - place.start > _SMALL:  # what a small stretch costs is known when it is read
            self._meter.estimate(query, max(place.start, oldest))
        while True:
            found, users = self._search(query, place)
            following = found.meta.next_token
            if following is not None and following in asked:
                raise PayloadError("x: the next page leads back to a page")
            asked.add(following)
            place = replace(place, token=following, lowest=_lowest(found.data, place.lowest))
            yield page_of_tweets(
                found.data,
                users,
                address="x.com/2/tweets/search/recent",
                view=View(self.source, now, hashtag),
                cursor=None if following is None else str(place),
                reached_at=None if following is not None else place.start,
                beyond=None if following is not None else beyond,
            )
            if following is None:
                return

    def _search(self, query: str, place: _Place) -> tuple[Listing, list[object]]:
        params: dict[str, str | int] = {
            "query": query,
            "max_results": self._meter.affordable(query, accounts=self._accounts),
            "start_time": stamp(place.start),
            "tweet.fields": _TWEET_FIELDS,
        }
        if self._accounts:
            params |= {"expansions": "author_id", "user.fields": _USER_FIELDS}
        if place.below:
            params["until_id"] = place.below
        if place.token is not None:
            params["next_token"] = place.token
        answer = self._meter.get("/2/tweets/search/recent", params)
        found = listing_of(answer.payload, answer.url)
        users = found.includes.users if self._accounts else []
        self._meter.pay(posts=_ids(found.data), accounts=len(users))
        return found, users

    def check(self) -> SourceReport:
        """Ask what the project was charged for today, which costs nothing."""
        try:
            posts = self._meter.learn()
        except RateLimitedError as error:
            return SourceReport(self.source, str(error), f"wait until {error.retry_at:%H:%M:%S %Z}")
        except AccessRefusedError as error:
            remedy = "check the token that collectors.x.token_env names, and the project's plan"
            return SourceReport(self.source, str(error), remedy)
        except CollectorError as error:
            return SourceReport(
                self.source, str(error), "see whether api.x.com can be reached from this machine"
            )
        return SourceReport(
            self.source,
            f"{posts:,} posts charged today by X's count; {self._meter.said}, "
            f"{self._meter.outlook}. Mind X's terms",
        )


class ExpandingXCollector(XCollector):
    """Asks also who reposted and quoted a post. X does not say when a post was reposted."""

    def expand(self, post: PostRef, *, now: datetime) -> Page | None:
        """Give who reposted a post, without times, and its newest quotes; each account costs.

        https://docs.x.com/x-api/posts/get-reposted-by
        https://docs.x.com/x-api/posts/get-quoted-posts
        """
        native_id = post.post_key.removeprefix("x:")
        if not native_id.isdigit():
            return None
        self._meter.begin()
        few = self._meter.affordable("", accounts=True, most=_FEW)
        answer = self._meter.get(
            f"/2/tweets/{native_id}/retweeted_by",
            {"max_results": few, "user.fields": _USER_FIELDS},
        )
        problems = problems_of(answer.payload)
        if problems and all(problem.is_of_one for problem in problems):
            return None  # deleted since, or shown to some only
        rows = listing_of(answer.payload, answer.url).data
        self._meter.pay(accounts=len(rows))
        few = self._meter.affordable("", accounts=False, most=_FEW)
        answer = self._meter.get(
            f"/2/tweets/{native_id}/quote_tweets",
            {"max_results": few, "tweet.fields": _TWEET_FIELDS},
        )
        quotes = listing_of(answer.payload, answer.url).data
        self._meter.pay(posts=_ids(quotes))
        return _joined(_reposts(rows, post), _quotes(quotes, post, View(self.source, now)))


def _reposts(rows: list[object], post: PostRef) -> Page:
    authors: dict[str, Author] = {}
    rejected: list[Rejected] = []
    for place, row in enumerate(rows):
        try:
            author = author_of(read(row, User))
        except RecordError as error:
            rejected.append(set_aside(row, f"x.com/retweeted_by#{place}", error))
        else:
            authors[author.author_key] = author
    acts = [
        Interaction(
            kind="repost",
            platform=PLATFORM,
            author_key=key,
            target_author_key=post.author_key,
            target_post_key=post.post_key,
            not_before=post.created_at,
            precision="unknown",
        )
        for key in authors
    ]
    return page_of(
        authors=authors.values(), interactions=acts, rejected=rejected, received=len(rows)
    )


def _quotes(rows: list[object], post: PostRef, view: View) -> Page:
    page = page_of_tweets(
        rows, [], address="x.com/quote_tweets", view=view, captured_as="referenced"
    )
    # Whom they answer and name besides was not asked for.
    acts = [
        Interaction(
            kind="quote",
            platform=PLATFORM,
            author_key=row["author_key"],
            target_author_key=post.author_key,
            post_key=row["post_key"],
            target_post_key=post.post_key,
            acted_at=row["created_at"],
        )
        for row in page.posts.iter_rows(named=True)
    ]
    whole = page_of(interactions=acts)
    return Page(
        posts=page.posts,
        authors=page.authors,
        interactions=whole.interactions,
        engagement=page.engagement,
        rejected=page.rejected,
        received=page.received,
    )


def _joined(one: Page, other: Page) -> Page:
    return Page(
        posts=other.posts,
        authors=one.authors.vstack(other.authors).unique("author_key", keep="first"),
        interactions=one.interactions.vstack(other.interactions),
        engagement=other.engagement,
        rejected=one.rejected.vstack(other.rejected),
        received=one.received + other.received,
    )


def _ids(rows: list[object]) -> list[str]:
    """Return what is charged for: a row without an id counts as one of its own."""
    return [
        str(row["id"]) if isinstance(row, dict) and "id" in row else f"#{place}"
        for place, row in enumerate(rows)
    ]


def _lowest(rows: list[object], known: int) -> int:
    """Return the lowest id of all rows so far; 0: none had one."""
    ids = [int(one) for one in _ids(rows) if one.isdigit()]
    return min([*ids, *([known] if known else [])], default=0)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a search goes on: since when and below which post it asks, and its page's token.

    A token is good for the same question only, and X refuses a start that has become older than
    seven days: what is left is then asked for below the lowest post that was given.
    """

    start: datetime
    token: str | None = None
    lowest: int = 0
    below: int = 0

    def __str__(self) -> str:
        return f"{stamp(self.start)} {self.token} {self.lowest} {self.below}"


def _place(cursor: str | None, start: datetime, oldest: datetime) -> _Place:
    """Read where to go on. Raises `PayloadError`."""
    if cursor is None:
        return _Place(start.replace(microsecond=0))
    said, *rest = cursor.split(" ")
    try:
        asked = datetime.strptime(said, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        token, lowest, below = [*rest, "0", "0"][:3]  # version 0.1.0 wrote the first only
        place = _Place(asked, token, int(lowest), int(below))
    except ValueError:
        place = None
    if place is None or not rest or not place.token:
        raise PayloadError(f"x: {cursor[:60]!r} is no place in a search")
    if asked >= oldest - _MARGIN / 2:
        return place
    return _Place(start.replace(microsecond=0), lowest=place.lowest, below=place.lowest)
