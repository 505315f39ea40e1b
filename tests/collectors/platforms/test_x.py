from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import polars as pl
import pytest

from collectors.collector import Expander, Pager, PostRef
from collectors.errors import AccessRefusedError, PayloadError, RateLimitedError
from collectors.options import ClientOptions
from collectors.page import Page
from collectors.platforms.x import Settings, build
from collectors.platforms.x.budget import Budget, day_ends_at
from tests.collectors.examples.x import TWEETS, answer, listing, tweet, usage
from tests.collectors.servers import NOON, Script

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


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


def many(number: int) -> list[dict[str, Any]]:
    return [tweet(11, id=str(9_000_000_000_000_000_000 + n)) for n in range(number)]


# --- money ----------------------------------------------------------------------------------------


def test_reading_stops_at_the_days_budget_and_what_was_paid_for_is_kept() -> None:
    till = Till(many(1000))
    collector = opened(till, dollars_per_day=1.0)
    with pytest.raises(RateLimitedError) as caught:
        pages_of(collector)
    assert caught.value.retry_at == MIDNIGHT
    assert till.sold * 0.005 + till.counts * 0.005 <= 1.0
    assert till.sold == 199  # one count, and posts for the rest of the dollar


def test_pages_before_the_limit_come_out() -> None:
    collector = opened(Till(many(1000)), dollars_per_day=1.0)
    pages = collector.pages("banjirkota", cursor=None, now=NOON)
    assert [next(pages).received, next(pages).received] == [100, 99]
    with pytest.raises(RateLimitedError, match=r"all 1,000 posts of this search cost about \$5"):
        next(pages)


def test_the_limit_holds_for_all_hashtags_together_and_ends_with_the_day() -> None:
    moment = [NOON]
    till = Till(many(150))
    collector = opened(till, now=lambda: moment[0], dollars_per_day=1.0)
    assert len(pages_of(collector)) == 2
    with pytest.raises(RateLimitedError):
        list(collector.pages("lain", cursor=None, now=NOON))
    moment[0] = MIDNIGHT + timedelta(minutes=1)
    assert len(pages_of(collector, moment[0])) == 2


def test_what_was_spent_before_a_restart_counts() -> None:
    till = Till(many(50), used=190)
    with pytest.raises(RateLimitedError, match=r"\$0\.95\d? of \$1\.00|\$0\.9[56]"):
        pages_of(opened(till, dollars_per_day=1.0))
    assert till.sold == 0


def test_what_was_used_yesterday_does_not_count() -> None:
    def answering(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/2/usage/tweets":
            return usage(100_000, day="2026-02-28")
        return answer(request)

    assert pages_of(opened(answering))


def test_if_it_is_not_known_what_was_spent_nothing_is_asked() -> None:
    script = Script(httpx.Response(403, json={"title": "Forbidden", "detail": "no such plan"}))
    with pytest.raises(AccessRefusedError, match="no such plan"):
        pages_of(opened(script))
    assert script.asked() == ["/2/usage/tweets"]


def test_a_count_is_asked_for_first_and_not_more_than_once_an_hour() -> None:
    moment, till = [NOON], Till(many(5))
    collector = opened(till, now=lambda: moment[0])
    for minutes in (0, 10, 70):
        moment[0] = NOON + timedelta(minutes=minutes)
        pages_of(collector, moment[0])
    paths = [request.url.path.rsplit("/", 2)[-2] for request in till.asked]
    assert paths == ["usage", "counts", "search", "search", "counts", "search"]


def test_accounts_are_asked_for_only_on_demand_and_paid_for() -> None:
    till = Till(many(40))
    pages_of(opened(till))
    assert till.accounts == 0
    till = Till([tweet(11, author_id=str(n)) for n in range(1, 200)])
    collector = opened(till, accounts=True, dollars_per_day=0.5)
    with pytest.raises(RateLimitedError):
        pages_of(collector)
    assert till.sold * 0.005 + till.accounts * 0.010 + 0.005 <= 0.5
    assert till.sold > 20


@pytest.mark.parametrize(
    ("per_day", "spent", "each", "affords"),
    [(1.0, 0.0, 0.005, 100), (1.0, 0.9, 0.005, 20), (1.0, 2.0, 0.005, 0), (1.0, 0.0, 0.0, 100)],
)
def test_a_budget_affords_what_is_left(
    per_day: float, spent: float, each: float, affords: int
) -> None:
    budget = Budget(per_day).pay(spent, NOON)
    assert budget.affords(each, NOON, most=100) == affords
    assert budget.left(day_ends_at(NOON)) == per_day


# --- terms ----------------------------------------------------------------------------------------


def test_x_is_not_asked_without_a_token_and_not_before_its_terms_were_read() -> None:
    options = ClientOptions(
        secret=lambda _: "x", user_agent="t", now=lambda: NOON, sleep=lambda _: None
    )
    assert build(Settings(), options) == []
    script = Script(answer)
    collector = opened(script, terms_read=False)
    with pytest.raises(AccessRefusedError, match=r"Enterprise plan.*terms_read = true"):
        pages_of(collector)
    assert "monitoring of protests" in (collector.check().remedy or "")
    assert script.requests == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"token_env": " "}, "token_env is empty"),
        ({"token_env": "X", "terms_read": True, "dollars_per_day": 0}, "nothing could be asked"),
        ({"dollars_per_day": -1}, ">= 0"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(settings, Settings)


# --- posts ----------------------------------------------------------------------------------------


def test_a_post_has_the_keys_that_files_of_it_have() -> None:
    (page,) = pages_of(opened(Till([tweet(11, "Air &amp; #BanjirKota")])))
    post = page.posts.row(0, named=True)
    assert post["post_key"] == "x:2000000000000000011"
    assert post["author_key"] == "x:1002"
    assert (post["text"], post["lang"]) == ("Air & #BanjirKota", "id")
    assert post["url"] == "https://x.com/i/web/status/2000000000000000011"
    assert page.engagement.row(0, named=True)["views"] == 900


def test_a_repost_whose_hashtag_is_cut_off_is_a_match_and_an_edge() -> None:
    mention = {"username": "akun_b", "id": "77", "start": 3, "end": 9}
    row = tweet(
        9,
        "RT @akun_b: tanggul jeb…",
        entities={"mentions": [mention]},
        referenced_tweets=[{"type": "retweeted", "id": "7"}],
    )
    (page,) = pages_of(opened(Till([row])))
    post = page.posts.row(0, named=True)
    assert (post["kind"], post["repost_of_key"], post["hashtags"]) == (
        "repost",
        "x:7",
        ["banjirkota"],
    )
    acts = page.interactions.select("kind", "target_author_key", "target_post_key").rows()
    assert acts == [("repost", "x:77", "x:7")]
    assert page.engagement.is_empty()


def test_replies_quotes_mentions_and_links() -> None:
    entities = {
        "hashtags": [{"tag": "BanjirKota"}],
        "mentions": [{"username": "akun_b", "id": "77"}, {"username": "akun_c", "id": "88"}],
        "urls": [
            {"url": "https://t.co/a", "expanded_url": "https://koran.example/a"},
            {"url": "https://t.co/b", "expanded_url": "https://x.com/akun_b/status/5"},
        ],
    }
    row = tweet(
        9,
        "@akun_b @akun_c lihat #BanjirKota",
        entities=entities,
        in_reply_to_user_id="77",
        referenced_tweets=[{"type": "replied_to", "id": "4"}, {"type": "quoted", "id": "5"}],
    )
    (page,) = pages_of(opened(Till([row])))
    post = page.posts.row(0, named=True)
    assert (post["kind"], post["reply_to_key"], post["quote_of_key"]) == ("quote", "x:4", "x:5")
    assert post["urls"] == ["https://koran.example/a"]
    acts = page.interactions.select("kind", "target_author_key", "target_post_key").rows()
    assert set(acts) == {
        ("reply", "x:77", "x:4"),
        ("quote", None, "x:5"),
        ("mention", "x:88", None),
    }


def test_seven_days_are_as_far_as_it_goes() -> None:
    pages = pages_of(opened(answer))
    assert pages[-1].beyond == "too old"
    assert pages[-1].reached_at == NOON - timedelta(days=7) + timedelta(minutes=2)
    assert [page.reached_at for page in pages[:-1]] == [None, None]


def test_pages_after_the_first_ask_with_the_same_start() -> None:
    till = Till(many(250))
    first = next(opened(till).pages("banjirkota", cursor=None, now=NOON))
    later = NOON + timedelta(hours=3)
    rest = list(opened(till).pages("banjirkota", cursor=first.cursor, now=later))
    assert sum(page.received for page in rest) == 150
    starts = {
        r.url.params["start_time"] for r in till.asked if r.url.path.endswith("search/recent")
    }
    assert len(starts) == 1


def test_a_wrong_cursor_is_refused() -> None:
    for cursor in ("x", "2026-03-01T00:00:00Z", "kemarin t3"):
        with pytest.raises(PayloadError, match="no place in a search"):
            list(opened(answer).pages("banjirkota", cursor=cursor, now=NOON))


def test_who_reposted_and_quoted_is_asked_for_where_it_is_wanted() -> None:
    ref = PostRef("x:2000000000000000011", "x:1002", None, NOON - timedelta(hours=1), None)
    assert not isinstance(opened(answer), Expander)
    collector = opened(answer, expand=True)
    assert isinstance(collector, Expander)
    page = collector.expand(ref, now=NOON)
    assert page is not None
    acts = page.interactions.sort("kind", "author_key")
    assert acts.select("kind", "author_key", "precision").rows() == [
        ("quote", "x:1000", "exact"),
        ("repost", "x:41", "unknown"),
        ("repost", "x:42", "unknown"),
    ]
    assert acts.filter(kind="repost")["acted_at"].to_list() == [None, None]
    assert set(acts["target_post_key"]) == {ref.post_key}
    assert isinstance(page.posts, pl.DataFrame)


def test_a_check_costs_nothing_and_minds_of_the_terms() -> None:
    till = Till(many(3), used=20)
    report = opened(till).check()
    assert report.remedy is None
    assert "20 posts charged today" in report.summary
    assert "terms" in report.summary
    assert (till.sold, till.counts) == (0, 0)


def test_the_token_is_in_no_message() -> None:
    script = Script(httpx.Response(401, json={"title": "Unauthorized"}))
    with pytest.raises(AccessRefusedError) as caught:
        pages_of(opened(script))
    assert "rahasia" not in str(caught.value)
    assert len(TWEETS) == 7
