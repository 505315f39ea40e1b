"""The twenty ways in which naive collectors lose posts, invent them, or take silence for calm.

`PROVEN` says which tests hold each of them off; the tests below are those that belong to no single
source. Where a name here is no test any more, this file fails.
"""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta
from pathlib import Path

import networkx as nx
import pytest

from collectors.page import page_of
from monitor.collect import collect
from monitor.config import CollectSettings
from monitor.ledger import coverage
from monitor.schedule import Wish
from tests.builders import HOUR, NOON, SOURCE, ListedSource, make_post

TESTS = Path(__file__).parent
DAY = timedelta(days=1)

_MASTODON = "collectors/platforms/test_mastodon_pitfalls.py::test_pitfall_"
_BLUESKY = "collectors/platforms/test_bluesky_jetstream.py::"
_HERE = "test_pitfalls.py::test_pitfall_"
PROVEN: dict[int, tuple[str, ...]] = {
    1: (f"{_MASTODON}1_the_end_is_an_empty_list_after_a_full_page",),
    2: (f"{_MASTODON}2_an_old_post_among_new_ones_does_not_end_the_reading",),
    3: (f"{_MASTODON}3_a_post_filed_below_what_was_read_is_found_by_reading_again",),
    4: (f"{_MASTODON}4_a_post_that_two_servers_show_is_one_with_two_observers",),
    5: (
        "soak/test_kills.py::test_twenty_kills_while_it_collects_lose_nothing_and_double_nothing",
        f"{_HERE}5_a_page_that_was_fetched_and_not_saved_is_fetched_again",
    ),
    6: (
        f"{_MASTODON}6_a_rate_limit_is_waited_for_however_the_server_says_it",
        "collectors/test_rate_limits.py::test_each_form_of_a_reset_is_understood",
    ),
    7: (
        f"{_HERE}7_an_empty_answer_where_posts_were_is_no_zero",
        "collectors/test_http.py::test_a_web_page_is_called_one",
    ),
    8: (
        "monitor/test_streams.py::test_a_cursor_that_is_too_old_leaves_a_gap_that_says_so",
        f"{_BLUESKY}test_a_cursor_that_was_moved_forward_in_silence_is_noticed",
    ),
    9: (
        "monitor/test_streams.py::"
        "test_a_post_that_is_deleted_is_counted_no_longer_and_stays_on_record",
        "monitor/test_streams.py::"
        "test_an_account_that_is_gone_takes_its_posts_along_and_may_come_back",
    ),
    10: (
        "collectors/imports/test_twitter_v2.py::"
        "test_a_retweet_takes_hashtags_links_and_text_from_its_original",
        "collectors/platforms/test_x_posts.py::"
        "test_a_repost_whose_hashtag_is_cut_off_is_a_match_and_an_edge",
    ),
    11: (
        f"{_BLUESKY}test_a_hashtag_is_found_wherever_it_stands",
        f"{_BLUESKY}test_absurd_times_give_way_to_the_servers",
        f"{_BLUESKY}test_a_record_that_cannot_be_read_costs_only_itself",
    ),
    12: (
        "collectors/platforms/test_nostr.py::"
        "test_a_second_with_more_notes_than_a_page_holds_is_said_and_what_is_older_is_read",
    ),
    13: (
        f"{_MASTODON}13_a_hashtag_has_one_spelling",
        f"{_MASTODON}13_a_hash_in_a_link_or_before_a_full_stop_makes_no_other_hashtag",
    ),
    14: (f"{_HERE}14_late_posts_change_what_was_said_of_last_week",),
    15: (
        f"{_HERE}15_a_hashtag_that_is_added_amid_a_campaign_did_not_begin_then",
        "monitor/test_streams.py::test_a_hashtag_that_is_added_later_is_covered_from_then_on",
    ),
    16: (f"{_HERE}16_large_ids_stay_what_they_are",),
    17: ("soak/test_overdue.py::test_a_tick_during_a_long_one_is_skipped_and_told",),
    18: (
        "collectors/test_rate_limits.py::test_a_clock_that_is_three_hours_off_changes_nothing",
        "analysis/trends/test_volume.py::test_a_day_has_23_or_25_hours_where_clocks_are_changed",
        "analysis/trends/test_volume.py::test_days_begin_at_local_midnight_and_weeks_on_monday",
    ),
    19: (
        f"{_MASTODON}19_a_server_that_closes_is_a_refusal_with_a_remedy_and_a_gap",
        "collectors/platforms/test_mastodon.py::"
        "test_pitfall_19_an_empty_list_soon_after_is_asked_about_and_is_no_zero",
    ),
    20: (
        "collectors/platforms/test_mastodon_bridged.py::"
        "test_pitfall_20_a_bridged_post_is_counted_once_whoever_shows_it_first",
    ),
}


@pytest.mark.parametrize("number", range(1, 21))
def test_each_pitfall_has_its_tests(number: int) -> None:
    for proof in PROVEN[number]:
        file, _, name = proof.partition("::")
        source = (TESTS / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", source, re.MULTILINE), proof


WISH = Wish(SOURCE, "airbersih", timedelta(minutes=10), 7 * DAY)
SETTINGS = CollectSettings(expand_limit=0, check_limit=0)


def turn(stores, source, *, now=NOON):
    return collect(
        stores, {SOURCE: source}, [WISH], settings=SETTINGS, now=now, stop=threading.Event()
    )


def test_pitfall_5_a_page_that_was_fetched_and_not_saved_is_fetched_again(stores, monkeypatch):
    from monitor.store.runs import Runs

    posts = [make_post(n) for n in range(35)]
    real, saved = Runs.add_page, []

    def dies_at_the_third(self, *args):
        saved.append(args)
        if len(saved) == 3:
            raise KeyboardInterrupt  # in the middle of the page's transaction
        real(self, *args)

    monkeypatch.setattr(Runs, "add_page", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        turn(stores, ListedSource(posts))
    with stores.open() as store:
        assert store.database.value("select count(*) from posts") == 20  # two pages, no half one
    monkeypatch.setattr(Runs, "add_page", real)
    for hours in (1, 2):
        turn(stores, ListedSource(posts), now=NOON + hours * HOUR)
    with stores.open() as store:
        assert store.database.value("select count(*) from posts") == 35
        assert store.coverage.open_gaps() == []


def test_pitfall_7_an_empty_answer_where_posts_were_is_no_zero(stores):
    turn(stores, ListedSource([make_post(n) for n in range(5)]))
    (run,) = turn(stores, ListedSource([]), now=NOON + HOUR)
    with stores.open() as store:
        (stream,) = store.coverage.streams()
    assert run.verdict == "empty"
    assert [gap.reason for gap in stream.gaps] == ["silent"]
    assert coverage([stream], NOON, NOON + HOUR) == 0


def test_pitfall_14_late_posts_change_what_was_said_of_last_week(gaung, stores, tmp_path):
    (tmp_path / "config.toml").write_text(f'[store]\npath = "{stores.path}"\n')

    def told():
        report = ("report", "#airbersih", "--since", "2026-02-20", "--until", "2026-02-21")
        return json.loads(gaung(*report, "--format", "json")[1])["series"]

    first = [make_post(n, created_at=NOON - 9 * DAY + n * HOUR) for n in range(-30, 30)]
    late = [make_post(900 + n, created_at=NOON - 9 * DAY) for n in range(4)]
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=first), source=SOURCE, now=NOON - 8 * DAY)
    before = {row["start"]: row["posts"] for row in told()}
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=late), source=SOURCE, now=NOON)
    after = {row["start"]: row["posts"] for row in told()}
    changed = {start for start in after if after[start] != before[start]}
    assert changed == {"2026-02-20T12:00:00Z"}
    assert after["2026-02-20T12:00:00Z"] == before["2026-02-20T12:00:00Z"] + 4


def test_pitfall_15_a_hashtag_that_is_added_amid_a_campaign_did_not_begin_then(
    gaung, stores, tmp_path
):
    (tmp_path / "config.toml").write_text(f'[store]\npath = "{stores.path}"\n')
    posts = [
        make_post(n, created_at=NOON - n * timedelta(minutes=5), author_key=f"mastodon:@w{n}@c.d")
        for n in range(500)
    ]
    with stores.open() as store, store.transaction():
        # Wanted for two days only, as a stream is that was never heard before.
        store.coverage.want(SOURCE, "airbersih", since=NOON - 2 * DAY)
        store.coverage.cover(SOURCE, "airbersih", (NOON - 2 * DAY, NOON))
        store.posts.add(page_of(posts=posts), source=SOURCE, now=NOON)
    report = json.loads(
        gaung("report", "#airbersih", "--since", "2026-02-20", "--until", "2026-03-01T12:00Z",
              "--format", "json")[1]
    )  # fmt: skip
    before = [row for row in report["series"] if row["start"] < "2026-02-27T11"]
    assert {row["coverage"] for row in before} == {None}
    assert all(row["posts"] is None for row in before)
    assert report["bursts"] == []


def test_pitfall_16_large_ids_stay_what_they_are(gaung, tmp_path):
    ids = [2**53 + 1, 1895262175704556019, 2**63 - 1]
    lines = [
        json.dumps(
            {
                "data": {
                    "id": str(number),
                    "author_id": str(number - 1),
                    "text": f"Air @kota{number} #AirBersih",
                    "created_at": "2026-03-01T00:00:00.000Z",
                    "entities": {
                        "hashtags": [{"tag": "AirBersih"}],
                        "mentions": [{"username": f"kota{number}", "id": str(number - 2)}],
                    },
                }
            }
        )
        for number in ids
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    assert gaung("import", "a.jsonl")[0] == 0
    report = json.loads(gaung("report", "#airbersih", "--format", "json")[1])
    assert {row["author"] for row in report["top_authors"]} == {f"x:{n - 1}" for n in ids}
    for name in ("a.csv", "a.gexf", "a.json"):
        assert gaung("graph", "#airbersih", "-o", name)[0] == 0
    assert all(f"x:{n - 2}" in (tmp_path / "a.csv").read_text() for n in ids)
    assert all(f'"x:{n - 2}"' in (tmp_path / "a.json").read_text() for n in ids)
    assert set(nx.read_gexf(tmp_path / "a.gexf")) == {f"x:{n - k}" for n in ids for k in (1, 2)}
