"""Who acted on whom, out of the columns of posts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analysis.frames import ACTS, POSTS, require
from analysis.graphs.acts import AUTHORS, acts_in, acts_of, resolved
from tests.many import examples

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACCOUNTS = {"x:1": "Ani", "x:2": "budi", "x:3": None, "x:@cici": "cici"}


def slow_acts(posts: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    """Tell the same with loops and dicts."""
    owner = {post["post_key"]: post["author_key"] for post in posts}
    present = set(owner.values())
    ids = {
        f"x:@{handle.lower()}": key
        for key, handle in ACCOUNTS.items()
        if handle and ":@" not in key and key in present
    }
    found = set()
    for post in posts:

        def act(
            kind: str, author: str | None, target: str | None, post: dict[str, Any] = post
        ) -> tuple[Any, ...]:
            author = owner.get(target) if author is None else author
            return (post["author_key"], ids.get(author, author), kind, post["post_key"], target)

        if post["kind"] == "repost":
            if post["repost_of_key"]:
                found.add(act("repost", None, post["repost_of_key"]))
            continue
        answered = None
        if post["quote_of_key"]:
            found.add(act("quote", None, post["quote_of_key"]))
        if post["reply_to_key"]:
            reply = act("reply", None, post["reply_to_key"])
            answered = reply[1]
            found.add(reply)
        for name in post["mentions"]:
            mention = act("mention", name, None)
            if mention[1] != answered:
                found.add(mention)
    return found


KEYS = st.sampled_from([None, "x:10", "x:11", "x:12", "x:gone"])
POST = st.fixed_dictionaries(
    {
        "author_key": st.sampled_from(list(ACCOUNTS)),
        "kind": st.sampled_from(["original", "repost", "reply", "quote"]),
        "repost_of_key": KEYS,
        "reply_to_key": KEYS,
        "quote_of_key": KEYS,
        "mentions": st.lists(st.sampled_from(["x:1", "x:@ani", "x:@budi", "x:@siapa"]), max_size=3),
    }
)


@pytest.mark.fuzz
@settings(max_examples=examples(100), deadline=None)
@given(posts=st.lists(POST, max_size=6))
def test_acts_are_those_that_loops_find(posts: list[dict[str, Any]]) -> None:
    given_posts = [
        post | {"post_key": f"x:{10 + n}", "handle": ACCOUNTS[post["author_key"]],
                "platform": "x", "sort_at": NOON + timedelta(seconds=n)}
        for n, post in enumerate(posts)
    ]  # fmt: skip
    frame = pl.DataFrame(given_posts, schema=POSTS)
    acts = require(acts_of(frame), ACTS)
    told = acts.select("author_key", "target_author_key", "kind", "post_key", "target_post_key")
    assert set(told.rows()) == slow_acts(given_posts)
    assert told.height == told.n_unique()
    # The order of the posts makes no difference, nor how they come in batches.
    assert_frame_equal(acts_of(frame.reverse()), acts)
    batches = [acts_in(frame[n : n + 2]) for n in range(0, frame.height, 2)]
    assert_frame_equal(resolved(pl.concat([ACTS.to_frame(), *batches]), frame), acts)


def test_whose_a_post_is_may_be_known_from_elsewhere() -> None:
    post = {"post_key": "x:2", "author_key": "x:8", "platform": "x", "kind": "repost",
            "sort_at": NOON, "repost_of_key": "x:1"}  # fmt: skip
    frame = pl.DataFrame([post], schema=POSTS)
    assert acts_of(frame)["target_author_key"].to_list() == [None]
    known = pl.DataFrame({"post_key": ["x:1"], "author_key": ["x:7"]}, schema=AUTHORS)
    assert acts_of(frame, known)["target_author_key"].to_list() == ["x:7"]


def test_a_handle_on_mastodon_stays_the_key() -> None:
    posts = [
        {"post_key": "mastodon:1", "author_key": "mastodon:7", "handle": "ani@a.example",
         "platform": "mastodon", "kind": "original", "sort_at": NOON,
         "mentions": ["mastodon:@ani@a.example"]},
    ]  # fmt: skip
    acts = acts_of(pl.DataFrame(posts, schema=POSTS))
    assert acts["target_author_key"].to_list() == ["mastodon:@ani@a.example"]
