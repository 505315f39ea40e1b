"""Damaged answers cost no more than what was damaged."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from collectors.collector import PostRef
from collectors.errors import CollectorError
from collectors.platforms.mastodon.events import Heard
from collectors.platforms.mastodon.expansion import FoundActs
from collectors.platforms.mastodon.hydration import Answers
from collectors.platforms.mastodon.instance import instance_of
from collectors.platforms.mastodon.statuses import page_of_statuses, read_statuses
from collectors.platforms.mastodon.view import post_key, view_of
from tests.collectors.fuzz.mutate import mutations
from tests.collectors.platforms.test_mastodon_bridged import bridged_status
from tests.collectors.servers import NOON, make_mention, make_status

pytestmark = pytest.mark.fuzz

SOURCE, ADDRESS = "mastodon/a.example", "https://a.example/api/v1/timelines/tag/banjirkota"
PARENT = make_status("akun_b@b.example", quotes_count=1, edited_at="2026-03-01T11:30:00.000Z")
ROWS = [
    PARENT,
    make_status(
        in_reply_to_id=PARENT["id"],
        in_reply_to_account_id=PARENT["account"]["id"],
        mentions=[make_mention("akun_b@b.example")],
        card={"url": "https://berita.example/a"},
    ),
    make_status("akun_c", quote={"state": "accepted", "quoted_status": make_status("akun_d")}),
    bridged_status(),
    make_status("akun_e", reblog=make_status("akun_f@b.example")),
]
INSTANCE = {
    "version": "4.6.4",
    "configuration": {
        "urls": {"streaming": "wss://streaming.a.example"},
        "timelines_access": {"hashtag_feeds": {"local": "public", "remote": "authenticated"}},
    },
}


def received(damaged: Any) -> Any:
    """Give a payload as it comes in, which is JSON; None if it is none."""
    try:
        return msgspec.json.decode(json.dumps(damaged))
    except msgspec.DecodeError:
        return None


def test_stored_and_set_aside_and_not_public_is_what_was_given() -> None:
    whole = 0
    for damaged in mutations(ROWS):
        rows = received(damaged)
        if not isinstance(rows, list):
            continue
        statuses, rejected = read_statuses(rows, ADDRESS)
        view = view_of(statuses, source=SOURCE, now=NOON)
        try:
            page = page_of_statuses(
                rows, statuses, rejected, address=ADDRESS, view=view, cursor=None
            )
        except CollectorError:
            continue
        matched = set(page.posts.filter(captured_as="matched")["post_key"])
        aside = set(page.rejected["locator"])
        for place, status in statuses:
            is_kept = post_key(status) in matched
            is_aside = f"{ADDRESS}#{place}" in aside
            assert is_kept or is_aside or status.visibility != "public"
        assert page.received == len(rows) == len(statuses) + len(rejected)
        assert page.posts["post_key"].is_unique().all()
        assert set(page.posts["author_key"]) <= set(page.authors["author_key"])
        assert set(page.engagement["post_key"]) <= set(page.posts["post_key"])
        whole += page.rejected.is_empty()
    assert whole > 0


def test_a_damaged_instance_document_is_read_or_refused() -> None:
    read = 0
    for damaged in mutations(INSTANCE):
        try:
            instance = instance_of(received(damaged), "a.example")
        except CollectorError:
            continue
        assert instance.software.isprintable()
        assert instance.closed_to(has_token=False) in (True, False)
        read += 1
    assert read > 0


def test_damaged_events_are_set_aside_or_passed_over() -> None:
    kept = 0
    for damaged in mutations([{"event": "update", "payload": row} for row in ROWS]):
        heard, given = Heard(SOURCE, frozenset({"banjirkota"})), 0
        for event in damaged if isinstance(damaged, list) else []:
            told = (
                event | {"payload": _written(event.get("payload"))}
                if isinstance(event, dict)
                else event
            )
            frame = _written(told)
            given += 1
            try:
                heard.take(frame, now=NOON)
            except CollectorError:
                break
        page = heard.page()
        assert page.received == given
        assert page.rejected.height <= given
        assert set(page.posts["author_key"]) <= set(page.authors["author_key"])
        kept += page.posts.height
    assert kept > 0


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def test_damaged_answers_about_posts_are_set_aside_and_nothing_is_deleted_by_damage() -> None:
    read = 0
    post = PostRef(
        f"mastodon:{PARENT['uri']}", "mastodon:@akun_b@b.example", None, NOON, None, PARENT["id"]
    )
    answers = {"descendants": ROWS, "accounts": [row["account"] for row in ROWS]}
    for damaged in mutations(answers):
        payload = received(damaged)
        if not isinstance(payload, dict):
            continue
        rows: list[Any] = [payload.get("descendants"), payload.get("accounts")]
        if not all(isinstance(row, list) for row in rows):
            continue
        acts = FoundActs(post, PARENT["id"], SOURCE, NOON)
        answered = Answers(SOURCE, NOON, {PARENT["id"]: post})
        try:
            acts.add_acts(rows[0], "context")
            acts.add_boosts(rows[1], {}, "boosts", "a.example")
        except CollectorError:
            continue
        answered.add(rows[0], "statuses")
        found, became = acts.page(), answered.page()
        assert found.received == len(rows[0]) + len(rows[1])
        assert set(found.posts["author_key"]) <= set(found.authors["author_key"])
        assert set(found.interactions["author_key"]) <= set(found.authors["author_key"])
        assert became.posts.height + became.rejected.height <= became.received == len(rows[0])
        assert became.removals.is_empty()
        read += 1
    assert read > 0
