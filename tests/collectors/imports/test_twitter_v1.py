from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.imports.twitter_v1 import TwitterV1
from tests.collectors.imports.reading import NOON, PAYLOADS, SHARED, Whole, needs_shared, read

TWEET = "x:182400000000000000"


@pytest.fixture(scope="module")
def whole() -> Whole:
    return read(TwitterV1(), PAYLOADS / "twitter_v1.jsonl")


def test_a_tweet_becomes_a_post_with_author_and_counts(whole: Whole) -> None:
    post = whole.post(TWEET + "1")
    assert post["author_key"] == "x:101"
    assert post["kind"] == "original"
    assert post["created_at"] == datetime(2024, 8, 16, 2, 15, 2, tzinfo=UTC)
    assert post["text"] == "Air bersih & sehat #AirBersih https://t.co/x @warga_b"
    assert post["lang"] == "id"
    assert post["hashtags_raw"] == ["AirBersih"]
    assert post["hashtags"] == ["airbersih"]
    assert post["urls"] == ["https://berita.example/a"]
    assert post["url"] == "https://x.com/Warga_A/status/1824000000000000001"
    author = whole.authors.row(0, named=True)
    assert (author["handle"], author["followers"], author["posts"]) == ("Warga_A", 1010, 10100)


def test_counts_that_the_source_did_not_give_stay_unknown(whole: Whole) -> None:
    counts = whole.counts(TWEET + "1")
    assert counts["observer"] == "import:twitter-v1"
    assert counts["taken_at"] == NOON
    assert (counts["reposts"], counts["likes"]) == (7, 3)
    assert counts["quotes"] is counts["replies"] is counts["views"] is None


def test_the_whole_text_of_an_extended_tweet_is_taken(whole: Whole) -> None:
    post = whole.post(TWEET + "2")
    assert post["text"] == "Teks utuh yang panjang #AirBersih"
    assert post["hashtags"] == ["airbersih"]
    assert post["urls"] == []
    assert whole.counts(TWEET + "2")["quotes"] == 1


def test_a_cut_retweet_takes_text_and_hashtags_from_its_original(whole: Whole) -> None:
    post = whole.post(TWEET + "3")
    assert post["kind"] == "repost"
    assert post["repost_of_key"] == TWEET + "8"
    assert post["quote_of_key"] is None
    assert post["text"] == "Teks asli yang sangat panjang sekali #AirBersih"
    assert post["hashtags"] == ["airbersih"]
    assert post["urls"] == ["https://berita.example/b"]


def test_a_retweet_has_one_edge_with_its_own_time_and_no_mentions(whole: Whole) -> None:
    assert whole.edges(TWEET + "3") == [("repost", "x:103", TWEET + "8")]
    acted_at = whole.interactions.filter(whole.interactions["kind"] == "repost")["acted_at"]
    assert acted_at.to_list() == [datetime(2024, 8, 16, 3, tzinfo=UTC)]


def test_the_counts_beside_a_retweet_belong_to_its_original(whole: Whole) -> None:
    assert TWEET + "3" not in whole.engagement["post_key"]
    assert whole.counts(TWEET + "8")["reposts"] == 40


def test_tweets_inside_tweets_are_referenced_and_their_authors_known(whole: Whole) -> None:
    nested = whole.posts.filter(whole.posts["captured_as"] == "referenced")
    assert sorted(nested["post_key"]) == [TWEET + "8", TWEET + "9"]
    assert whole.post(TWEET + "8")["quote_of_key"] == TWEET + "9"
    assert set(whole.authors["author_key"]) == {"x:101", "x:102", "x:103", "x:104"}


def test_only_what_matched_posts_did_becomes_edges(whole: Whole) -> None:
    assert whole.edges(TWEET + "8") == []


def test_a_quote_names_whom_it_quotes(whole: Whole) -> None:
    post = whole.post(TWEET + "4")
    assert (post["kind"], post["lang"]) == ("quote", None)
    assert whole.edges(TWEET + "4") == [("quote", "x:104", TWEET + "9")]


def test_the_answered_author_is_not_mentioned_again(whole: Whole) -> None:
    assert whole.post(TWEET + "5")["kind"] == "reply"
    assert whole.edges(TWEET + "5") == [
        ("reply", "x:101", TWEET + "1"),
        ("mention", "x:@warga_d", None),
    ]


def test_bad_lines_are_set_aside_with_their_place(whole: Whole) -> None:
    assert whole.received == 8
    assert whole.rejected.select("locator", "reason", "field").rows() == [
        ("twitter_v1.jsonl:7", "Object missing required field `id_str`", "$.user"),
        (
            "twitter_v1.jsonl:8",
            "not a time as Twitter writes it: 'kemarin'",
            "$.created_at",
        ),
        ("twitter_v1.jsonl:9", "Input data was truncated", None),
    ]
    assert whole.rejected["raw"][2].startswith('{"created_at":')


def test_a_huge_bad_line_is_kept_in_part(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id_str": "' + "9" * 200_000)
    assert len(read(TwitterV1(), path).rejected["raw"][0]) == 1 << 16


def test_bytes_that_are_no_text_stop_one_line_only(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = (PAYLOADS / "twitter_v1.jsonl").read_bytes().split(b"\n")[0]
    path.write_bytes(b"\xef\xbb\xbf" + good + b'\r\n{"id_str": "\xff"}\n' + good)
    whole = read(TwitterV1(), path)
    assert whole.matched.height == 2
    assert whole.rejected["locator"].to_list() == ["a.jsonl:2"]


def test_small_pages_give_the_same_posts(whole: Whole) -> None:
    small = read(TwitterV1(), PAYLOADS / "twitter_v1.jsonl", page_size=2)
    assert len(small.pages) == 4
    assert small.matched.equals(whole.matched)
    assert small.rejected.equals(whole.rejected)


def test_a_tweet_that_also_came_along_in_its_page_is_matched(tmp_path: Path) -> None:
    lines = (PAYLOADS / "twitter_v1.jsonl").read_text().split("\n")
    path = tmp_path / "a.jsonl"
    original = lines[2].split('"retweeted_status":', 1)[1].rsplit("}", 1)[0]
    path.write_text(f"{lines[2]}\n{original}")
    whole = read(TwitterV1(), path)
    assert whole.post(TWEET + "8")["captured_as"] == "matched"


@needs_shared
def test_a_real_file_is_read_whole() -> None:
    whole = read(TwitterV1(), SHARED / "data/raw/twitter_v1_1.jsonl")
    assert whole.rejected.is_empty()
    assert whole.matched.height == whole.matched["post_key"].n_unique() == 1783
    assert whole.matched["author_key"].n_unique() == 989
    assert (whole.matched["kind"] == "repost").sum() == 406
    assert set(whole.posts["author_key"]) == set(whole.authors["author_key"])
