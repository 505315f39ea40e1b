"""No page holds a time at which nothing can have been posted, whatever made it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.imports.detect import recognize
from collectors.imports.sample import captured_at
from collectors.page import POSTS, Page, page_of
from collectors.platforms.news.dates import published_at
from tests.builders import NOON, make_author, make_engagement, make_post, make_repost
from tests.collectors.imports.reading import Whole, read

IMPOSSIBLE = [
    datetime(1, 1, 1, tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC),
    datetime(1941, 12, 31, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
]  # fmt: skip
ANY_TIME = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize("at", IMPOSSIBLE)
def test_a_post_of_an_impossible_time_is_set_aside_with_all_it_brought(at: datetime) -> None:
    odd = make_post(1, created_at=at, author_key="mastodon:@bot@b.example")
    reply = make_repost(kind="reply", post_key=odd.post_key, acted_at=at)
    page = page_of(
        posts=[odd, make_post(2)],
        authors=[make_author(odd.author_key), make_author(make_post(2).author_key)],
        interactions=[reply],
        engagement=[make_engagement(1), make_engagement(2)],
        local_ids={odd.post_key: "7", make_post(2).post_key: "8"},
        received=2,
    )
    key = make_post(2).post_key
    for frame in (page.posts, page.engagement, page.local_ids):
        assert frame["post_key"].to_list() == [key]
    assert page.authors["author_key"].to_list() == [make_post(2).author_key]
    assert page.interactions.is_empty()
    (aside,) = page.rejected.to_dicts()
    assert (aside["locator"], aside["field"]) == (odd.post_key, "created_at")
    assert "a time before there were posts (2000): " in aside["reason"]
    assert json.loads(aside["raw"])["created_at"].startswith(f"{at.year:04}-")
    assert page.oldest_at == page.newest_at == make_post(2).created_at


@pytest.mark.parametrize("at", IMPOSSIBLE)
def test_a_time_that_a_post_can_do_without_is_unknown_and_the_post_stays(at: datetime) -> None:
    page = page_of(
        posts=[make_post(1, indexed_at=at, edited_at=at)],
        authors=[make_author(created_at=at)],
        interactions=[make_repost(acted_at=at, not_before=at, precision="bounded")],
    )
    assert page.posts.select("indexed_at", "edited_at").row(0) == (None, None)
    assert page.authors["created_at"].to_list() == [None]
    # Who passed on what is known, but not when.
    (act,) = page.interactions.to_dicts()
    assert (act["acted_at"], act["not_before"], act["precision"]) == (None, None, "unknown")
    assert page.rejected.is_empty()


@given(st.lists(ANY_TIME, max_size=8))
def test_each_post_is_kept_or_set_aside_and_none_is_lost(times: list[datetime]) -> None:
    posts = [make_post(number, created_at=at) for number, at in enumerate(times)]
    page = page_of(posts=posts, received=len(posts))
    kept = [post.post_key for post in posts if post.created_at.year >= 2000]
    assert page.posts["post_key"].to_list() == kept
    assert page.rejected.height == len(posts) - len(kept)
    assert page.oldest_at == min((at for at in times if at.year >= 2000), default=None)


def test_a_referenced_post_without_a_time_does_not_take_its_match_along() -> None:
    told = make_post(1, captured_as="referenced", created_at=IMPOSSIBLE[0])
    quoting = make_post(2, kind="quote", quote_of_key=told.post_key)
    act = make_repost(kind="quote", post_key=quoting.post_key, target_post_key=told.post_key)
    page = page_of(posts=[quoting, told], interactions=[act])
    assert page.posts["post_key"].to_list() == [quoting.post_key]
    assert page.interactions.height == page.rejected.height == 1


def test_a_page_of_columns_keeps_the_same_promise_also_beyond_the_calendar() -> None:
    posts = page_of(posts=[make_post(n) for n in range(4)]).posts
    numbers = pl.Series([0, 10**18, -(10**18), 1_772_000_000_000_000]).cast(POSTS["created_at"])
    page = Page(posts=posts.with_columns(numbers.alias("created_at")))
    assert page.posts["post_key"].to_list() == [make_post(3).post_key]
    reasons = page.rejected["reason"].to_list()
    assert [reason.split(" (")[0] for reason in reasons] == [
        "a time before there were posts", "a time beyond the calendar",
        "a time before there were posts",
    ]  # fmt: skip
    again = replace(page)
    assert (again.posts.height, again.rejected.height) == (1, 3)


def write_parquet(path: Path, times: pl.Series, **more: object) -> None:
    ids = [str(n) for n in range(len(times))]
    pl.DataFrame(
        {"post_id": ids, "author": [f"warga{n}" for n in ids], "created_at": times,
         "text": ["halo #AirBersih"] * len(ids), **more}
    ).write_parquet(path)  # fmt: skip


def read_file(path: Path) -> Whole:
    return read(recognize(path), path)


@pytest.mark.parametrize("wide", [True, False], ids=["by columns", "by rows"])
def test_a_parquet_file_with_impossible_times_is_read_and_they_are_set_aside(
    tmp_path: Path, *, wide: bool
) -> None:
    numbers = [-(9 * 10**18), -62_135_596_800_000_000, 0, 9 * 10**18, 1_772_000_000_000_000]
    times = pl.Series(numbers).cast(pl.Datetime("us", "UTC"))
    path = tmp_path / "posts.parquet"
    more = {"post_type": "post", "hashtags": [["AirBersih"]] * 5} if wide else {"kota": "x"}
    write_parquet(path, times, **more)
    found = read_file(path)
    assert (found.received, found.matched.height, found.rejected.height) == (5, 1, 4)
    assert found.matched["created_at"].dt.year().to_list() == [2026]
    assert found.rejected["locator"].to_list() == [f"posts.parquet:{n}" for n in (1, 2, 3, 4)]


def test_a_parquet_file_of_days_is_held_to_the_same_floor(tmp_path: Path) -> None:
    path = tmp_path / "posts.parquet"
    days = [date(1, 1, 1), date(1899, 12, 30), date(2026, 3, 1)]
    write_parquet(path, pl.Series(days), post_type="post", hashtags=[["a"]] * 3)
    found = read_file(path)
    assert (found.matched.height, found.rejected.height) == (1, 2)


@pytest.mark.parametrize(
    "written",
    ["0001-01-01T00:00:00Z", "1900-01-01", "1999-12-31T23:59:59+00:00",
     "Fri Aug 16 02:15:02 +0000 0001", "Thu Jan 01 00:00:00 +0000 1970", "1941-01-01 10:00:00"],
)  # fmt: skip
def test_a_csv_row_of_an_impossible_time_is_set_aside_with_its_line(
    written: str, tmp_path: Path
) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(
        "post_id,created_at,author,text\n"
        f"1,{written},ani,halo #AirBersih\n2,2026-03-01T10:00:00Z,budi,halo #AirBersih\n"
    )
    found = read_file(path)
    assert found.matched["post_key"].to_list() == ["import:2"]
    (aside,) = found.rejected.to_dicts()
    assert (aside["locator"], aside["field"]) == ("posts.csv:2", "created_at")
    assert written in aside["reason"]


TWEET = {
    "id_str": "1", "full_text": "halo #AirBersih", "created_at": "Mon Nov 30 00:00:00 +0000 2026",
    "entities": {"hashtags": [{"text": "AirBersih"}], "urls": [], "user_mentions": []},
    "user": {"id_str": "5", "screen_name": "ani", "name": "Ani", "followers_count": 5,
             "friends_count": 1, "statuses_count": 1,
             "created_at": "Mon Jan 01 00:00:00 +0000 0001"},
}  # fmt: skip
TWEET_2 = {
    "data": {"id": "1", "author_id": "7", "text": "Air #AirBersih",
             "created_at": "2026-03-01T00:00:00Z"},
    "includes": {"users": [{"id": "7", "username": "ani", "name": "Ani",
                            "created_at": "1970-01-01T00:00:00Z"}]},
    "__twarc": {"url": "x", "version": "2.14.0", "retrieved_at": "0001-01-01T00:00:00+00:00"},
}  # fmt: skip


@pytest.mark.parametrize("record", [TWEET, TWEET_2], ids=["v1", "v2"])
def test_an_account_without_a_birthday_and_counts_without_a_time_cost_no_tweet(
    record: dict[str, object], tmp_path: Path
) -> None:
    path = tmp_path / "tweets.jsonl"
    path.write_text(json.dumps(record) + "\n")
    found = read_file(path)
    assert (found.matched.height, found.rejected.height) == (1, 0)
    assert found.authors["created_at"].to_list() == [None]
    assert found.engagement["taken_at"].dt.year().is_between(2026, 2026).all()


@pytest.mark.parametrize(
    "said",
    ["Mon, 01 Jan 0001 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 +0700", "01 Jan 01 00:00:00 GMT",
     "Sun, 31 Dec 0000 17:00:00 GMT", "2 Mar 0001 07:00", "01-Jan-0001 07:00:00 +0000",
     "0001-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 70 00:00:00 GMT",
     "1900-01-01", "Senin, 1 Januari 0001 00:00:00 WIB"],
)  # fmt: skip
def test_an_article_of_the_year_1_has_no_date_and_is_not_of_2001(said: str) -> None:
    assert published_at(said, zone=ZoneInfo("Asia/Jakarta")) is None


@pytest.mark.parametrize(
    ("said", "year"),
    [("Mon, 02 Mar 26 07:00:00 +0700", 2026), ("Mon, 02 Mar 2026 07:00:00 -0700", 2026),
     ("Mon, 02 Mar 2026 07:00:00 GMT-0700", 2026), ("Mon, 01 Jan 2001 00:00:00 GMT", 2001),
     ("02-Mar-2026 07:00:00 +0000", 2026)],
)  # fmt: skip
def test_a_date_with_an_offset_or_a_short_year_is_still_read(said: str, year: int) -> None:
    at = published_at(said, zone=ZoneInfo("Asia/Jakarta"))
    assert at is not None
    assert at.year == year


def test_a_file_that_an_archive_dated_1970_is_of_when_it_came_here(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("x")
    for seconds in (0, 1, 315_532_800):
        os.utime(path, (seconds, seconds))
        assert abs(captured_at(path) - datetime.now(UTC)) < timedelta(minutes=5)
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    assert captured_at(path) == NOON
