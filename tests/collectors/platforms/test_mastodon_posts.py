from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.errors import PayloadError
from collectors.page import Page
from tests.collectors.platforms.test_mastodon import Timeline
from tests.collectors.servers import (
    NOON,
    make_account,
    make_collector,
    make_mention,
    make_status,
    page,
)


def read_page(*rows: object) -> Page:
    """Read one page that is the whole timeline."""
    collector = make_collector(Timeline(page(list(rows)), page([])))
    (first,) = collector.pages("banjirkota", cursor=None, now=NOON)
    collector.close()
    return first


def read_post(status: dict[str, Any]) -> dict[str, Any]:
    return read_page(status).posts.row(0, named=True)


def acts(found: Page, kind: str) -> list[dict[str, Any]]:
    return [act for act in found.interactions.to_dicts() if act["kind"] == kind]


def test_a_post_is_known_by_its_uri_and_an_author_by_the_handle() -> None:
    found = read_page(make_status("Akun_A"), make_status("akun_b@B.example"))
    assert found.posts["post_key"][0].startswith("mastodon:https://a.example/users/Akun_A/")
    assert found.posts["author_key"].to_list() == [
        "mastodon:@akun_a@a.example",
        "mastodon:@akun_b@b.example",
    ]
    assert set(found.authors["author_key"]) == set(found.posts["author_key"])
    assert found.authors["handle"].to_list() == ["Akun_A@a.example", "akun_b@B.example"]


def test_a_mention_and_a_post_of_one_account_meet_in_one_key() -> None:
    found = read_page(
        make_status("akun_a", mentions=[make_mention("Akun_B@b.example")]),
        make_status("akun_b@b.example", mentions=[make_mention("akun_a")]),
    )
    told = [(act["author_key"], act["target_author_key"]) for act in acts(found, "mention")]
    a, b = "mastodon:@akun_a@a.example", "mastodon:@akun_b@b.example"
    assert told == [(a, b), (b, a)]


def test_text_links_and_hashtags_are_read() -> None:
    content = '<p>Baca <a href="https://berita.example/a">ini</a><br>&amp; sebarkan</p>'
    card = {"url": "https://berita.example/b", "title": "x"}
    tags = [{"name": "BanjirKota"}, {"name": "＃ＢＡＮＪＩＲkota"}, {"name": "2026"}]
    post = read_post(make_status(content=content, card=card, tags=tags))
    assert post["text"] == "Baca ini\n& sebarkan"
    assert post["urls"] == ["https://berita.example/a", "https://berita.example/b"]
    assert post["hashtags"] == ["banjirkota"]
    assert post["hashtags_raw"] == ["BanjirKota", "＃ＢＡＮＪＩＲkota", "2026"]


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T11:00:00.000Z",
        "2026-03-01T11:00:00Z",
        "2026-03-01T11:00:00+00:00",
        "2026-03-01T18:00:00.000+07:00",
    ],
)
def test_each_way_to_write_a_time_is_the_same_moment(written: str) -> None:
    post = read_post(make_status(created_at=written, edited_at=written))
    assert post["created_at"] == post["edited_at"] == datetime(2026, 3, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"created_at": "2026-03-01T11:00:00"}, "created_at"),
        ({"created_at": "0000-01-01T00:00:00Z"}, "created_at"),
        ({"created_at": "0001-01-01T00:00:00+05:00"}, "created_at"),
        ({"created_at": "1970-01-01T00:00:00Z"}, "created_at"),
        ({"created_at": "9999-12-31T23:59:59-05:00"}, "created_at"),
        ({"uri": ""}, "uri"),
        ({"reblogs_count": "2"}, "reblogs_count"),
        ({"reblogs_count": 10**30}, "reblogs_count"),
        ({"account": make_account(acct=None)}, "account.acct"),
        ({"tags": [{"label": "x"}]}, "tags[0].name"),
    ],
)
def test_a_bad_status_is_set_aside_and_its_page_goes_on(
    fields: dict[str, Any], field: str | None
) -> None:
    bad = make_status() | fields
    found = read_page(make_status(), bad, make_status())
    assert (found.received, found.posts.height, found.rejected.height) == (3, 2, 1)
    rejected = found.rejected.row(0, named=True)
    assert rejected["locator"].endswith("/api/v1/timelines/tag/banjirkota?limit=40#1")
    assert rejected["field"] == field
    assert json.loads(rejected["raw"]) == bad


def test_a_field_that_was_renamed_ends_the_run_and_does_not_read_as_a_calm_day() -> None:
    renamed = [make_status() for _ in range(3)]
    for status in renamed:
        status["boosts_count"] = status.pop("reblogs_count")
    with pytest.raises(PayloadError, match="none of 3 statuses can be read: reblogs_count"):
        read_page(*renamed)


def test_a_reply_points_to_the_post_on_the_same_page() -> None:
    parent = make_status("akun_b@b.example")
    reply = make_status(in_reply_to_id=parent["id"], in_reply_to_account_id=parent["account"]["id"])
    found = read_page(reply, parent)
    assert found.posts["kind"].to_list() == ["reply", "original"]
    assert found.posts["reply_to_key"].to_list() == [f"mastodon:{parent['uri']}", None]
    (act,) = acts(found, "reply")
    assert act["target_author_key"] == "mastodon:@akun_b@b.example"
    assert act["target_post_key"] == f"mastodon:{parent['uri']}"
    assert act["acted_at"] == datetime(2026, 3, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mentions", "account_id", "author"),
    [
        (["akun_b@b.example"], "id-of-akun_b@b.example", "mastodon:@akun_b@b.example"),
        ([], "id-of-akun_a", "mastodon:@akun_a@a.example"),
        ([], "id-of-nobody", None),
        ([], None, None),
    ],
)
def test_the_author_of_a_post_elsewhere_is_found_by_mention_or_not_at_all(
    mentions: list[str], account_id: str | None, author: str | None
) -> None:
    found = read_page(
        make_status(
            in_reply_to_id="114",
            in_reply_to_account_id=account_id,
            mentions=[make_mention(name) for name in mentions],
        )
    )
    assert found.posts["reply_to_key"].to_list() == ["mastodon:a.example#114"]
    assert [act["target_author_key"] for act in acts(found, "reply")] == [author]


def test_a_quote_brings_the_quoted_post_along() -> None:
    quoted = make_status("akun_b@b.example", tags=[])
    found = read_page(make_status(quote={"state": "accepted", "quoted_status": quoted}))
    assert found.posts.select("kind", "captured_as", "quote_of_key").rows() == [
        ("quote", "matched", f"mastodon:{quoted['uri']}"),
        ("original", "referenced", None),
    ]
    (act,) = acts(found, "quote")
    assert act["target_author_key"] == "mastodon:@akun_b@b.example"
    assert (found.received, found.authors.height, found.engagement.height) == (1, 2, 2)


def test_a_quoted_post_that_is_a_match_itself_stays_a_match() -> None:
    quoted = make_status("akun_b@b.example")
    found = read_page(make_status(quote={"state": "accepted", "quoted_status": quoted}), quoted)
    assert found.posts["captured_as"].to_list().count("matched") == 2
    assert found.posts.height == 2


def test_an_unlisted_post_that_is_quoted_is_named_and_not_kept() -> None:
    quoted = make_status("akun_b@b.example", visibility="unlisted")
    found = read_page(make_status(quote={"state": "accepted", "quoted_status": quoted}))
    assert found.posts["quote_of_key"].to_list() == [f"mastodon:{quoted['uri']}"]


@pytest.mark.parametrize("state", ["pending", "rejected", "revoked", "deleted", "unauthorized"])
def test_a_quote_that_was_not_allowed_is_none(state: str) -> None:
    post = read_post(make_status(quote={"state": state, "quoted_status": None}))
    assert (post["kind"], post["quote_of_key"]) == ("original", None)


def test_a_quote_of_which_only_the_id_is_shown_is_kept_by_the_id() -> None:
    found = read_page(make_status(quote={"state": "accepted", "quoted_status_id": "114"}))
    assert found.posts["quote_of_key"].to_list() == ["mastodon:a.example#114"]
    assert [act["target_author_key"] for act in acts(found, "quote")] == [None]


def test_a_quote_in_the_way_of_a_fork_does_not_cost_the_post() -> None:
    assert read_post(make_status(quote=make_status()))["kind"] == "original"


def test_a_boost_in_a_timeline_is_a_repost_of_the_boosted_post() -> None:
    boosted = make_status("akun_b@b.example", mentions=[make_mention("akun_c")])
    found = read_page(make_status(reblog=boosted, mentions=[make_mention("akun_c")]))
    assert found.posts.select("kind", "captured_as", "repost_of_key").rows() == [
        ("repost", "matched", f"mastodon:{boosted['uri']}"),
        ("original", "referenced", None),
    ]
    (act,) = found.interactions.to_dicts()
    assert (act["kind"], act["precision"]) == ("repost", "exact")
    assert act["target_author_key"] == "mastodon:@akun_b@b.example"
    assert found.engagement["post_key"].to_list() == [f"mastodon:{boosted['uri']}"]


def test_what_is_not_public_is_skipped() -> None:
    found = read_page(make_status(visibility="unlisted"), make_status(visibility="direct"))
    assert (found.received, found.posts.height, found.authors.height) == (2, 0, 0)
    assert found.rejected.height == 0


def test_counts_are_what_this_server_saw_and_unknown_is_not_zero() -> None:
    found = read_page(make_status(), make_status(quotes_count=7))
    assert found.engagement["quotes"].to_list() == [None, 7]
    assert set(found.engagement["observer"]) == {"mastodon/a.example"}
    assert set(found.engagement["taken_at"]) == {NOON}
    assert found.engagement["reposts"].to_list() == [2, 2]


def test_an_author_who_hides_followers_has_an_unknown_number() -> None:
    account = make_account(followers_count=-1, bot=True)
    author = read_page(make_status(account=account)).authors.row(0, named=True)
    assert (author["followers"], author["following"], author["is_bot"]) == (None, 175, True)
    assert author["created_at"] == datetime(2022, 11, 18, tzinfo=UTC)


def test_a_post_that_is_shown_twice_is_one() -> None:
    status = make_status()
    found = read_page(status, status)
    assert (found.received, found.posts.height, found.engagement.height) == (2, 1, 1)
