"""The largest cascades: how large, how fast, how far, through whom."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import polars as pl
import pytest

from analysis.frames import ACTS, POSTS
from analysis.graphs.cascade.shape import shape_of
from monitor.genesis import POST_COLUMNS, Names
from monitor.genesis.cascades import cascades, largest
from monitor.genesis.notes import notes_of
from monitor.genesis.records import Cascade
from tests.analysis.examples import NOON

MINUTE = timedelta(minutes=1)
ROOT = "bluesky:at://did:plc:root/app.bsky.feed.post/1"


def act(who: str, minutes: float, via: str | None = None, **more: object) -> dict[str, object]:
    """A repost of ROOT; via: whose repost it came through."""
    return {
        "author_key": f"bluesky:did:plc:{who}",
        "target_author_key": "bluesky:did:plc:root",
        "kind": "repost",
        "acted_at": NOON + minutes * MINUTE,
        "target_post_key": ROOT,
        "via_key": via and f"bluesky:at://did:plc:{via}/app.bsky.feed.repost/7",
        **more,
    }


def post(key: str, who: str, at: datetime, **more: object) -> dict[str, object]:
    return {
        "post_key": key,
        "author_key": f"bluesky:did:plc:{who}",
        "platform": "bluesky",
        "kind": "original",
        "sort_at": at,
        "text": "air  keruh",
        **more,
    }


def told(
    acts: list[dict[str, object]], posts: list[dict[str, object]] | None = None, count: int = 5
) -> list[Cascade]:
    given = [post(ROOT, "root", NOON)] if posts is None else posts
    frame = pl.DataFrame(given, schema=POSTS).select(POST_COLUMNS)
    return cascades(frame, largest(pl.DataFrame(acts, schema=ACTS), count), Names())


def test_parents_that_bluesky_says_make_the_tree() -> None:
    rows = [act("a", 1), act("b", 2, "a"), act("c", 3, "b"), act("d", 4, "b"), act("e", 5)]
    (one,) = told(rows)
    assert (one.account, one.text, one.at) == ("did:plc:root", "air keruh", NOON)
    assert (one.size, one.reposts, one.quotes, one.accounts) == (6, 5, 0, 5)
    assert (one.parents_given, one.parents_inferred, one.parents_assumed) == (3, 0, 2)
    assert one.depth == 3
    # The original; a and e from it; b from a; c and d from b.
    expected = shape_of(pl.Series([-1, 0, 1, 2, 2, 0]).to_numpy()).virality
    assert one.structural_virality == pytest.approx(expected, abs=0.001)
    ways = {row.account: (row.through, row.through_by, row.brought) for row in one.amplifiers}
    assert ways == {
        "did:plc:a": ("did:plc:root", "assumed", 4),
        "did:plc:b": ("did:plc:a", "via", 3),
        "did:plc:c": ("did:plc:b", "via", 1),
        "did:plc:d": ("did:plc:b", "via", 1),
        "did:plc:e": ("did:plc:root", "assumed", 1),
    }
    # Most parents are said, so that influence can be told: all of b's came through a.
    assert [row.account for row in one.amplifiers][:2] == ["did:plc:a", "did:plc:b"]


def test_whose_repost_is_not_here_is_named_but_not_in_the_tree() -> None:
    (one,) = told([act("a", 1, "gone"), act("b", 2)])
    assert (one.parents_given, one.parents_assumed, one.depth) == (0, 2, 1)
    first = one.amplifiers[0]
    assert (first.through, first.through_by) == ("did:plc:gone", "via")


def test_without_via_and_followers_the_original_is_assumed_and_nobody_ranked() -> None:
    (one,) = told([act("a", 1), act("b", 2), act("c", 3)])
    assert (one.depth, one.parents_assumed) == (1, 3)
    assert [row.account for row in one.amplifiers] == ["did:plc:a", "did:plc:b", "did:plc:c"]
    assert {row.influence for row in one.amplifiers} == {None}
    assert {row.brought for row in one.amplifiers} == {None}
    assert any(note.startswith("Assumed") and "76%" in note for note in notes(one))


def test_with_followers_parents_are_inferred_and_influence_ranks() -> None:
    rows = [act(name, n + 1, post_key=f"bluesky:{name}") for n, name in enumerate("abcdef")]
    known = [post(ROOT, "root", NOON, followers=50)]
    known += [
        post(f"bluesky:{name}", name, NOON + MINUTE, kind="repost", repost_of_key=ROOT,
             followers=9_000 if name == "c" else 10)
        for name in "abcdef"
    ]  # fmt: skip
    (one,) = told(rows, known)
    assert (one.parents_inferred, one.parents_assumed) == (6, 0)
    assert one.amplifiers[0].account == "did:plc:c"
    assert one.amplifiers[0].through_by == "inferred"
    assert any("73%" in note and "76%" in note for note in notes(one))


def notes(one: Cascade) -> list[str]:
    return notes_of(pl.DataFrame(schema=POSTS), [one])


def test_the_largest_come_first_and_one_repost_is_no_cascade() -> None:
    other, single = ROOT + "2", ROOT + "3"
    rows = [act("a", 1), act("b", 2)]
    rows += [act(name, 5, target_post_key=other) for name in "abc"]
    rows += [act("z", 1, target_post_key=single)]
    rows += [act("d", 6, target_post_key=other, kind="quote", post_key="bluesky:q")]
    rows += [act("e", 6, target_post_key=other, kind="reply", post_key="bluesky:r")]
    found = told(rows)
    assert [(one.post, one.size, one.quotes) for one in found] == [(other, 5, 1), (ROOT, 3, 0)]
    assert [one.post for one in told(rows, count=1)] == [other]
    assert (found[0].at, found[0].account) == (None, "did:plc:root")  # that post is not here


def test_half_life_counts_from_the_post_and_doubling_needs_twenty() -> None:
    (one,) = told([act(f"a{n}", 2 * (n + 1)) for n in range(10)])
    assert (one.half_life_seconds, one.doubling_time_seconds) == (600, None)
    (fast,) = told([act(f"a{n}", 2 * (n + 1)) for n in range(40)])
    assert fast.doubling_time_seconds == pytest.approx(32 * 60 / math.log2(21 / 5), abs=0.1)


def test_acts_of_unknown_time_are_left_out() -> None:
    rows = [act("a", 1), act("b", 2), {**act("c", 0), "acted_at": None}]
    assert told(rows)[0].size == 3
    assert told([]) == []
