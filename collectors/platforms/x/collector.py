"""Reads hashtags on X, as far as the budget goes.

https://docs.x.com/x-api/posts/search-recent-posts
"""

from __future__ import annotations

from collections.abc import Iterator
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
from collectors.platforms.x.payloads import User, listing_of, problems_of, read
from collectors.platforms.x.tweets import (
    PLATFORM,
    View,
    author_of,
    page_of_tweets,
    set_aside,
)
from collectors.records import Author, Interaction, Rejected

_BACK = timedelta(days=7)
_MARGIN = timedelta(minutes=2)  # a start seven days ago is too old when the question arrives
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
        query = f"#{hashtag}"
        start, token = _place(cursor, now)
        asked = {token}
        self._meter.begin()
        self._meter.estimate(query, max(start, now - _BACK + _MARGIN))
        while True:
            params: dict[str, str | int] = {
                "query": query,
                "max_results": self._meter.affordable(query, accounts=self._accounts),
                "start_time": stamp(start),
                "tweet.fields": _TWEET_FIELDS,
            }
            if self._accounts:
                params |= {"expansions": "author_id", "user.fields": _USER_FIELDS}
            if token is not None:
                params["next_token"] = token
            answer = self._meter.get("/2/tweets/search/recent", params)
            found = listing_of(answer.payload, answer.url)
            users = found.includes.users if self._accounts else []
            self._meter.pay(posts=len(found.data), accounts=len(users))
            following = found.meta.next_token
            if following is not None and following in asked:
                raise PayloadError("x: the next page leads back to a page")
            asked.add(following)
            yield page_of_tweets(
                found.data,
                users,
                address="x.com/2/tweets/search/recent",
                view=View(self.source, now, hashtag),
                cursor=None if following is None else f"{stamp(start)} {following}",
                reached_at=None if following is not None else start,
                beyond=None if following is not None else "too old",
            )
            if following is None:
                return
            token = following

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
            f"{posts:,} posts charged today by X's count; {self._meter.said}. Mind X's terms",
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
        self._meter.pay(posts=len(quotes))
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


def _place(cursor: str | None, now: datetime) -> tuple[datetime, str | None]:
    """Read where to go on: since when was asked, and the page's token. Raises `PayloadError`."""
    if cursor is None:
        return now - _BACK + _MARGIN, None
    said, _, token = cursor.partition(" ")
    try:
        start = datetime.strptime(said, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        start = None
    if start is None or not token:
        raise PayloadError(f"x: {cursor[:60]!r} is no place in a search")
    return start, token
