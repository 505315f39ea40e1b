"""Asks X, and pays: nothing is asked that the day's budget does not cover."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from collectors.errors import RateLimitedError
from collectors.http import Answer, PoliteClient
from collectors.platforms.x.budget import Budget, Prices, day_ends_at
from collectors.platforms.x.payloads import counted, used_on

HOME = "https://api.x.com"
_COUNT_AGAIN = timedelta(hours=1)
_SMALLEST = 10  # posts per question, at least


class Meter:
    """The client, the prices and what was spent. Closing it closes the client.

    What a project was charged for today is asked of X itself before anything is spent: so a
    restart, or another program with the same project, is counted too.
    """

    def __init__(
        self,
        client: PoliteClient,
        *,
        prices: Prices,
        dollars_per_day: float,
        now: Callable[[], datetime],
    ) -> None:
        self._client, self._prices, self._now = client, prices, now
        self._budget = Budget(dollars_per_day)
        self._is_known = False  # what was spent before this process began
        # Within a day the same post costs once: https://docs.x.com/x-api/fundamentals/post-cap
        self._paid: tuple[date, set[str]] = (date.min, set())
        self._estimates: dict[str, tuple[datetime, int]] = {}  # posts, by question

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._client.close()

    @property
    def said(self) -> str:
        """What was spent, in words."""
        spent = self._budget.on(self._now()).spent
        return f"${spent:.2f} of ${self._budget.per_day:.2f} a day are spent"

    @property
    def outlook(self) -> str:
        """How long the day's budget lasts, in words."""
        pace, now = self._budget.pace(self._now()), self._now()
        if pace is None:
            return "too early to say how long they last"
        if pace <= self._budget.per_day:
            return f"at today's pace the day costs ${pace:.2f}"
        return (
            f"at today's pace the day would cost ${pace:.2f}: it is read in pieces "
            f"(${self._budget.left(now):.2f} is free now), and what is missing meanwhile is read "
            "later; raise collectors.x.dollars_per_day to read it at once"
        )

    def learn(self) -> int:
        """Ask what the project was charged for today, and give the number of posts."""
        answer = self._client.get_json(
            "/2/usage/tweets", {"days": 1, "usage.fields": "daily_project_usage"}
        )
        posts = used_on(answer.payload, self._now(), answer.url)
        known = posts * self._prices.post
        if known > self._budget.on(self._now()).spent:
            self._budget = Budget(self._budget.per_day).pay(known, self._now())
        self._is_known = True
        return posts

    def estimate(self, query: str, since: datetime) -> int:
        """Give how many posts there are since a time; asked once an hour, as it costs too."""
        now = self._now()
        known = self._estimates.get(query)
        if known is not None and now - known[0] < _COUNT_AGAIN:
            return known[1]
        self._pay_for(self._prices.count, "a count")
        answer = self._client.get_json(
            "/2/tweets/counts/recent",
            {"query": query, "start_time": stamp(since), "granularity": "day"},
        )
        posts = counted(answer.payload, answer.url)
        self._estimates[query] = now, posts
        return posts

    def affordable(self, query: str, *, accounts: bool, most: int = 100) -> int:
        """Give how many posts the next question may ask for. Raises `RateLimitedError`."""
        each = self._prices.post + (self._prices.account if accounts else 0.0)
        number = self._budget.affords(each, self._now(), most=most)
        if number >= _SMALLEST:
            return number
        posts = self._estimates.get(query, (self._now(), 0))[1]
        whole = f"; all {posts:,} posts of this search cost about ${posts * each:,.2f}"
        more = f"{_SMALLEST} posts more cost ${each * _SMALLEST:.2f}{whole if posts else ''}"
        raise self._too_much(more, each * _SMALLEST)

    def get(self, path: str, params: Mapping[str, str | int]) -> Answer:
        """Ask. What the answer costs is noted by `pay`."""
        return self._client.get_json(path, params)

    def pay(self, *, posts: Iterable[str] = (), accounts: int = 0) -> None:
        """Note what came. posts: their ids."""
        today = self._now().astimezone(UTC).date()
        day, paid = self._paid
        known = paid if day == today else set[str]()
        new = set(posts) - known
        self._paid = today, known | new
        cost = len(new) * self._prices.post + accounts * self._prices.account
        self._budget = self._budget.pay(cost, self._now())

    def begin(self) -> None:
        """Make sure that it is known what was spent."""
        if not self._is_known:
            self.learn()

    def _pay_for(self, dollars: float, what: str) -> None:
        if self._budget.left(self._now()) < dollars:
            raise self._too_much(f"{what} costs ${dollars:.3f} more", dollars)
        self._budget = self._budget.pay(dollars, self._now())

    def _too_much(self, what: str, dollars: float) -> RateLimitedError:
        now = self._now()
        until = self._budget.free_at(dollars, now)
        when = "tomorrow" if until >= day_ends_at(now) else f"at {until:%H:%M} UTC"
        return RateLimitedError(
            f"x: not asked, {self.said}, and {what}: go on {when}, when more of it is free, "
            "or raise collectors.x.dollars_per_day",
            retry_at=until,
        )


def stamp(when: datetime) -> str:
    """Write a time as the API reads it: seconds, UTC."""
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
