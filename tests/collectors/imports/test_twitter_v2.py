from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.imports.twitter_v2 import TwitterV2
from tests.collectors.imports.reading import NOON, PAYLOADS, SHARED, Whole, needs_shared, read

TWEET = "x:14400000000000000"


@pytest.fixture(scope="module")
def whole() -> Whole:
    return read(TwitterV2(), PAYLOADS / "twitter_v2.jsonl")


def test_a_retweet_takes_hashtags_links_and_text_from_its_original(whole: Whole) -> None:
    post = whole.post(TWEET + "01")
    assert post["kind"] == "repost"
    assert post["hashtags"] == ["cuaca", "airbersih"]
    assert post["urls"] == ["https://berita.example/a"]
    assert post["text"] == "Teks asli yang dipotong di sini lalu #AirBersih"
    assert whole.edges(TWEET + "01") == [("repost", "x:222", TWEET + "09")]


def test_a_tweet_of_the_data_is_matched_even_if_it_is_included_too(whole: Whole) -> None:
    assert whole.post(TWEET + "01")["captured_as"] == "matched"
    assert whole.post(TWEET + "09")["captured_as"] == "referenced"
    assert whole.posts["post_key"].is_unique().all()


def test_of_an_original_that_is_gone_the_author_and_the_count_are_known(whole: Whole) -> None:
    assert whole.edges(TWEET + "02") == [("repost", "x:333", TWEET + "08")]
    counts = whole.counts(TWEET + "08")
    assert (counts["reposts"], counts["likes"]) == (5, None)


def test_a_long_post_gives_its_whole_text_and_all_hashtags(whole: Whole) -> None:
    post = whole.post(TWEET + "03")
    assert post["text"] == "Awal dari teks panjang dan akhirnya #Akhir"
    assert post["hashtags"] == ["awal", "akhir"]


def test_the_answered_author_is_not_mentioned_again(whole: Whole) -> None:
    assert whole.edges(TWEET + "04") == [
        ("reply", "x:111", TWEET + "01"),
        ("mention", "x:222", None),
    ]


def test_a_flattened_tweet_brings_its_author_and_what_it_quotes(whole: Whole) -> None:
    post = whole.post(TWEET + "11")
    assert (post["kind"], post["url"]) == ("quote", f"https://x.com/akun_a/status/{TWEET[2:]}11")
    assert whole.edges(TWEET + "11") == [("quote", "x:222", TWEET + "09")]


def test_a_streamed_tweet_is_read(whole: Whole) -> None:
    assert whole.post(TWEET + "12")["hashtags"] == ["airbersih"]


def test_counts_are_of_the_time_of_the_request_if_the_file_says_it(whole: Whole) -> None:
    assert whole.counts(TWEET + "03")["taken_at"] == datetime(2024, 8, 17, tzinfo=UTC)
    assert whole.counts(TWEET + "12")["taken_at"] == NOON
    assert TWEET + "01" not in whole.engagement["post_key"]


def test_a_bad_tweet_does_not_take_its_page_along(whole: Whole) -> None:
    assert whole.received == 10
    assert whole.rejected.select("locator", "reason", "field").rows() == [
        ("twitter_v2.jsonl:1", "Expected `str`, got `int`", "$.data[5].id"),
        (
            "twitter_v2.jsonl:1",
            "Object missing required field `created_at`",
            "$.data[4].created_at",
        ),
        (
            "twitter_v2.jsonl:4",
            "the API gave only errors: This stream has been disconnected",
            None,
        ),
        ("twitter_v2.jsonl:6", "Input data was truncated", None),
    ]
    assert whole.rejected["raw"][0].startswith('{"id":6')


def test_a_page_without_hits_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"meta":{"result_count":0}}\n')
    assert read(TwitterV2(), path).pages == []


def test_a_line_of_another_kind_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"includes":{}}\n[1]\n{"data":[{"start":"x","tweet_count":3}],"meta":{}}\n')
    assert read(TwitterV2(), path).rejected["reason"].to_list() == [
        "neither a tweet nor a page of tweets: no `data`",
        "Expected `object`, got `array`",
        "Object missing required field `id`",
    ]


def test_an_included_tweet_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"data":[{"id":"1","text":"a","author_id":"2","created_at":"2024-01-01T00:00:00Z"}],'
        '"includes":{"tweets":[{"id":"3","text":"b"}],"users":[{"id":"2"},'
        '{"id":"4","username":"a","created_at":"kemarin"}]}}'
    )
    whole = read(TwitterV2(), path)
    assert whole.matched.height == 1
    assert whole.received == 4
    assert whole.rejected["field"].to_list() == [
        "$.includes.users[0]",
        "$.includes.users[1].created_at",
        "$.includes.tweets[0].author_id",
    ]


@needs_shared
@pytest.mark.parametrize(("name", "reposts"), [("brexit", 67), ("kpop", 78)])
def test_real_pages_are_read_whole(name: str, reposts: int) -> None:
    whole = read(TwitterV2(), SHARED / f"fixtures/twarc-csv/{name}.jsonl")
    assert whole.rejected.is_empty()
    assert whole.matched["post_key"].n_unique() == 100
    assert (whole.matched["kind"] == "repost").sum() == reposts
    assert set(whole.posts["author_key"]) <= set(whole.authors["author_key"])


@needs_shared
def test_every_real_hit_carries_the_hashtag_it_was_searched_for() -> None:
    # 41 of the 100 carry it only in the tweet that they repeat.
    whole = read(TwitterV2(), SHARED / "fixtures/twarc-csv/brexit.jsonl")
    tagged = whole.matched["hashtags"].list.contains("brexit")
    assert tagged.sum() >= 97


@needs_shared
def test_reposts_and_quotes_are_those_that_twarc_network_finds() -> None:
    whole = read(TwitterV2(), SHARED / "data/expected/twarc_network_tweets.jsonl")
    kinds = dict(whole.interactions["kind"].value_counts().rows())
    assert (kinds["repost"], kinds["quote"]) == (367, 18)
