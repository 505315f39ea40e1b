"""X's API as one who pays sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import msgspec

from collectors.collector import Pager
from collectors.options import ClientOptions
from collectors.page import Page
from collectors.platforms.x import Settings, build
from tests.collectors.examples.x import listing, tweet, usage
from tests.collectors.servers import NOON


class Till:
    """The API, as one who pays sees it: it counts what it was asked for."""

    def __init__(self, tweets: list[dict[str, Any]], used: int = 0) -> None:
        self.tweets, self.used = tweets, used
        self.sold = self.counts = self.accounts = 0
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path, params = request.url.path, request.url.params
        if path == "/2/usage/tweets":
            return usage(self.used)
        if path == "/2/tweets/counts/recent":
            self.counts += 1
            return httpx.Response(200, json={"meta": {"total_tweet_count": len(self.tweets)}})
        start = int(params.get("next_token", "t0")[1:])
        end = start + int(params["max_results"])
        rows = self.tweets[start:end]
        self.sold += len(rows)
        answered = listing(rows, f"t{end}" if end < len(self.tweets) else None)
        if "expansions" not in params:
            return answered
        ids = {row["author_id"] for row in rows}
        self.accounts += len(ids)
        users = [{"id": i, "username": f"akun_{i}", "name": i} for i in sorted(ids)]
        payload = msgspec.json.decode(answered.content) | {"includes": {"users": users}}
        return httpx.Response(200, json=payload)


def opened(
    answering: Callable[[httpx.Request], httpx.Response],
    *,
    now: Callable[[], datetime] = lambda: NOON,
    **settings: Any,
) -> Pager:
    given = {"token_env": "X_TOKEN", "terms_read": True, "dollars_per_day": 5.0} | settings
    options = ClientOptions(
        secret=lambda _: "rahasia",
        user_agent="gaung/test",
        now=now,
        sleep=lambda _: None,
        min_interval=0.0,
        transport=httpx.MockTransport(answering),
    )
    (collector,) = build(msgspec.convert(given, Settings), options)
    assert isinstance(collector, Pager)
    return collector


def pages_of(collector: Pager, now: datetime = NOON) -> list[Page]:
    return list(collector.pages("banjirkota", cursor=None, now=now))


def many(number: int, *, first: int = 0) -> list[dict[str, Any]]:
    ids = range(9_000_000_000_000_000_000 + first, 9_000_000_000_000_000_000 + first + number)
    return [tweet(11, id=str(one)) for one in ids]
