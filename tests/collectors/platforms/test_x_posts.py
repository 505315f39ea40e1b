"""X: what becomes of posts, and how far back it goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import polars as pl
import pytest

from collectors.collector import Expander, PostRef
from collectors.errors import AccessRefusedError, PayloadError
from tests.collectors.examples.x import TWEETS, answer, tweet
from tests.collectors.platforms.x_till import Till, many, opened, pages_of
from tests.collectors.servers import NOON, Script


def test_a_post_has_the_keys_that_files_of_it_have() -> None:
    (page,) = pages_of(opened(Till([tweet(11, "Air &amp; #BanjirKota")])))
    post = page.posts.row(0, named=True)
    assert post["post_key"] == "x:2000000000000000011"
    assert post["author_key"] == "x:1002"
    assert (post["text"], post["lang"]) == ("Air & #BanjirKota", "id")
    assert post["url"] == "https://x.com/i/web/status/2000000000000000011"
    assert page.engagement.row(0, named=True)["views"] == 900


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_outside_of_the_calendar_sets_aside_only_its_post(at: str) -> None:
    (page,) = pages_of(opened(Till([tweet(11), tweet(12, created_at=at)])))
    assert (page.posts.height, page.rejected["field"].to_list()) == (1, ["created_at"])


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
    assert pages[-1].reached_at == NOON - timedelta(days=7) + timedelta(minutes=15)
    assert [page.reached_at for page in pages[:-1]] == [None, None]


def test_pages_after_the_first_ask_with_the_same_start() -> None:
    till = Till(many(250))
    first = next(opened(till).pages("banjirkota", cursor=None, now=NOON))
    later = NOON + timedelta(minutes=5)
    rest = list(opened(till).pages("banjirkota", cursor=first.cursor, now=later))
    assert sum(page.received for page in rest) == 150
    starts = {
        r.url.params["start_time"] for r in till.asked if r.url.path.endswith("search/recent")
    }
    assert len(starts) == 1


def test_what_is_left_can_be_asked_for_when_the_start_has_become_too_old() -> None:
    # https://docs.x.com/x-api/posts/search-recent-posts: start_time is at most seven days back
    till = Till(many(250))
    first = next(opened(till).pages("banjirkota", cursor=None, now=NOON))
    later = NOON + timedelta(hours=3)
    next(opened(till).pages("banjirkota", cursor=first.cursor, now=later))
    asked = till.asked[-1].url.params
    assert "next_token" not in asked
    assert asked["until_id"] == "9000000000000000000"  # the lowest that was given
    assert asked["start_time"] == "2026-02-22T15:15:00Z"


def test_a_cursor_of_version_0_1_0_is_good() -> None:
    till = Till(many(250))
    cursor = "2026-02-28T12:00:00Z t100"
    assert sum(page.received for page in opened(till).pages("b", cursor=cursor, now=NOON)) == 150


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


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Not Found Error", "resource-not-found"),
        ("Authorization Error", "not-authorized-for-resource"),
    ],
)
def test_a_post_that_is_gone_is_unknown_and_not_unshared(title: str, kind: str) -> None:
    problem = {
        "value": "2000000000000000011",
        "title": title,
        "detail": "Could not find tweet with id: [2000000000000000011].",
        "type": f"https://api.twitter.com/2/problems/{kind}",
    }

    def gone(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/retweeted_by"):
            return httpx.Response(200, json={"errors": [problem]})
        return answer(request)

    ref = PostRef("x:2000000000000000011", "x:1002", None, NOON - timedelta(hours=1), None)
    collector = opened(gone, expand=True)
    assert isinstance(collector, Expander)
    assert collector.expand(ref, now=NOON) is None


def test_an_answer_of_nothing_but_errors_is_told_in_its_words() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("search/recent"):
            problem = {"title": "Invalid Request", "detail": "One or more parameters\nare wrong"}
            return httpx.Response(200, json={"errors": [problem]})
        return answer(request)

    with pytest.raises(PayloadError, match="Invalid Request: One or more parameters are wrong"):
        pages_of(opened(broken))


@pytest.mark.parametrize("rows", [[], TWEETS[:2]])
def test_records_that_are_announced_and_do_not_come_are_no_calm(rows: list[dict[str, Any]]) -> None:
    def hiding(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("search/recent"):
            payload = {"meta": {"result_count": 10}} | ({"data": rows} if rows else {})
            return httpx.Response(200, json=payload)
        return answer(request)

    with pytest.raises(PayloadError, match="10 records are announced"):
        pages_of(opened(hiding))


def test_pages_that_lead_round_in_a_circle_are_noticed_before_they_are_paid_for_twice() -> None:
    asked: list[str | None] = []

    def circling(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("search/recent"):
            return answer(request)
        asked.append(request.url.params.get("next_token"))
        following = {None: "a", "a": "b", "b": "c", "c": "a"}[asked[-1]]
        meta = {"result_count": 0, "next_token": following}
        return httpx.Response(200, json={"meta": meta})

    with pytest.raises(PayloadError, match="leads back to a page"):
        pages_of(opened(circling))
    assert asked == [None, "a", "b", "c"]
