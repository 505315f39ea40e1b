"""X: no more is asked than was allowed to cost, and nothing before its terms were read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from collectors.errors import AccessRefusedError, RateLimitedError
from collectors.options import ClientOptions
from collectors.platforms.x import Settings, build
from collectors.platforms.x.budget import Budget, day_ends_at
from tests.collectors.examples.x import answer, tweet, usage
from tests.collectors.platforms.x_till import Till, many, opened, pages_of
from tests.collectors.servers import NOON, Script

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


# --- money ----------------------------------------------------------------------------------------


def test_reading_stops_at_the_days_budget_and_what_was_paid_for_is_kept() -> None:
    till = Till(many(1000))
    collector = opened(till, dollars_per_day=1.0)
    with pytest.raises(RateLimitedError) as caught:
        pages_of(collector)
    # At noon three quarters are free; ten posts more are when 80 cents are: at 14:24.
    assert caught.value.retry_at - NOON.replace(hour=14, minute=24) <= timedelta(seconds=2)
    assert till.sold == 149  # one count, and posts for the rest of 75 cents


def test_pages_before_the_limit_come_out() -> None:
    collector = opened(Till(many(1000)), dollars_per_day=1.0)
    pages = collector.pages("banjirkota", cursor=None, now=NOON)
    assert [next(pages).received, next(pages).received] == [100, 49]
    with pytest.raises(RateLimitedError, match=r"all 1,000 posts of this search cost about \$5"):
        next(pages)


def test_the_limit_holds_for_all_hashtags_together_and_ends_with_the_day() -> None:
    moment = [NOON]
    till = Till(many(140))
    collector = opened(till, now=lambda: moment[0], dollars_per_day=1.0)
    assert len(pages_of(collector)) == 2
    with pytest.raises(RateLimitedError, match="not asked"):
        list(collector.pages("lain", cursor=None, now=NOON))
    moment[0] = MIDNIGHT + timedelta(hours=14)
    assert len(pages_of(collector, moment[0])) == 2


def test_a_days_budget_is_not_spent_in_its_first_hour() -> None:
    moment, till = [MIDNIGHT], Till(many(1000))
    collector = opened(till, now=lambda: moment[0], dollars_per_day=2.0)
    sold = []
    for hour in range(24):
        moment[0] = MIDNIGHT + timedelta(hours=hour, minutes=59)
        till.tweets = many(1000, first=1000 * hour)  # each hour has more than can be paid for
        with pytest.raises(RateLimitedError):
            pages_of(collector, moment[0])
        sold.append(till.sold)
    # What an hour frees does not always buy ten posts: it is never blind for long.
    assert all(later > sooner for sooner, later in zip(sold, sold[3:], strict=False))
    assert sold[0] <= 205  # half of the day's, and an hour's share of the rest
    assert 370 <= sold[-1] <= 400  # and in all nearly two dollars' worth
    assert (till.sold + till.counts) * 0.005 <= 2.0


def test_the_same_post_is_paid_for_once_a_day() -> None:
    # https://docs.x.com/x-api/fundamentals/post-cap
    moment, till = [NOON], Till(many(60))
    collector = opened(till, now=lambda: moment[0], dollars_per_day=1.0)
    for minutes in range(0, 60, 10):
        moment[0] = NOON + timedelta(minutes=minutes)
        pages_of(collector, moment[0])
    assert till.sold == 360
    summary = collector.check().summary
    assert "$0.30 of $1.00" in summary or "$0.31 of $1.00" in summary  # 60 posts and a count
    moment[0] = MIDNIGHT + timedelta(hours=1)
    pages_of(collector, moment[0])
    assert "$0.30 of $1.00" in collector.check().summary or "$0.31" in collector.check().summary


def test_a_check_says_how_long_the_days_budget_lasts() -> None:
    def told(used: int, at: datetime) -> str:
        return opened(Till([], used=used), now=lambda: at, dollars_per_day=2.0).check().summary

    noon = told(150, NOON)  # 75 cents in half a day
    assert "$0.75 of $2.00 a day are spent, at today's pace the day costs $1.50" in noon
    assert "would cost $3.00: it is read in pieces ($0.00 is free now)" in told(300, NOON)
    assert "too early to say" in told(10, datetime(2026, 3, 1, 0, 5, tzinfo=UTC))


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


EVENING = datetime(2026, 3, 1, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("per_day", "spent", "each", "affords"),
    [
        (1.0, 0.0, 0.005, 100),
        (1.0, 0.8, 0.005, 15),  # at six in the evening 87.5 cents are free
        (1.0, 2.0, 0.005, 0),
        (1.0, 0.0, 0.0, 100),
        (0.2, 0.1, 0.005, 20),  # too little to be spread
    ],
)
def test_a_budget_affords_what_is_left(
    per_day: float, spent: float, each: float, affords: int
) -> None:
    budget = Budget(per_day).pay(spent, EVENING)
    assert budget.affords(each, EVENING, most=100) == affords
    assert budget.left(day_ends_at(EVENING)) == max(per_day / 2, min(per_day, 0.25))


@pytest.mark.parametrize("spent", [0.0, 0.3, 0.5, 0.62, 0.9, 0.97, 1.0, 3.0])
@pytest.mark.parametrize("hour", [0, 6, 12, 18, 23])
def test_what_is_said_to_be_free_is_free_then_and_not_long_before(spent: float, hour: int) -> None:
    now = datetime(2026, 3, 1, hour, tzinfo=UTC)
    budget = Budget(1.0).pay(spent, now)
    free_at = budget.free_at(0.05, now)
    assert now <= free_at <= MIDNIGHT
    assert budget.left(free_at) >= 0.05 - 1e-9
    if free_at > now:
        assert budget.left(free_at - timedelta(minutes=5)) < 0.05


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
