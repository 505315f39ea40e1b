from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.frames import POSTS
from monitor.drawing.sharing import HASHTAG_COLUMNS, LINK_COLUMNS, MOST_LINKS, hashtags, links
from monitor.engines import engine_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
POST = st.fixed_dictionaries(
    {
        "author_key": st.sampled_from(["x:1", "x:2", "x:3"]),
        "kind": st.sampled_from(["original", "repost", "reply"]),
        "hashtags": st.lists(st.sampled_from(["air", "kota", "warga", "hujan"]), max_size=5),
        "urls": st.lists(st.sampled_from([f"https://a.id/{n}" for n in range(4)]), max_size=3),
    }
)


@pytest.fixture(scope="module", params=["polars", "duckdb"])
def engine(request):
    made = engine_of(request.param)
    yield made
    made.close()


def frame(posts, columns):
    rows = [
        {"post_key": f"x:{n}", "sort_at": NOON + n * timedelta(hours=9), **post}
        for n, post in enumerate(posts)
    ]
    return pl.DataFrame(
        [{name: row[name] for name in columns} for row in rows],
        schema={name: POSTS[name] for name in columns},
    )


@settings(deadline=None)  # the first example loads an engine
@given(posts=st.lists(POST, max_size=20))
def test_hashtags_are_joined_once_for_each_post_that_has_both(engine, posts):
    expected = defaultdict(list)
    for n, post in enumerate(posts):
        day = (NOON + n * timedelta(hours=9)).date()
        for pair in combinations(sorted(set(post["hashtags"])), 2):
            expected[pair].append(post | {"day": day})
    drawing = hashtags(frame(posts, HASHTAG_COLUMNS), "x", engine)
    told = {(row["source"], row["target"]): row for row in drawing.edges.to_dicts()}
    assert told.keys() == expected.keys()
    for pair, together in expected.items():
        assert told[pair]["weight"] == len(together)
        assert told[pair]["own"] == sum(post["kind"] != "repost" for post in together)
        assert told[pair]["accounts"] == len({post["author_key"] for post in together})
        assert told[pair]["days"] == sorted({post["day"] for post in together})
    assert drawing.nodes["key"].to_list() == sorted({tag for pair in expected for tag in pair})


@settings(deadline=None)  # the first example loads an engine
@given(posts=st.lists(POST, max_size=20))
def test_links_are_joined_once_for_each_account_that_shared_both(engine, posts):
    shared = defaultdict(set)
    for post in posts:
        if post["kind"] != "repost":
            shared[post["author_key"]] |= {url.removeprefix("https://") for url in post["urls"]}
    expected = defaultdict(int)
    for own in shared.values():
        for pair in combinations(sorted(own), 2):
            expected[pair] += 1
    drawing = links(frame(posts, LINK_COLUMNS), "x", engine)
    pairs = drawing.edges.select("source", "target", "weight").iter_rows()
    assert {(s, t): w for s, t, w in pairs} == expected


def test_an_account_that_shares_everything_joins_nothing_and_is_told(engine):
    feed = {"author_key": "x:1", "kind": "original", "hashtags": []}
    posts = [feed | {"urls": [f"https://a.id/{n}"]} for n in range(MOST_LINKS + 1)]
    person = feed | {"author_key": "x:2", "urls": ["https://a.id/1", "https://a.id/2"]}
    drawing = links(frame([*posts, person], LINK_COLUMNS), "x", engine)
    assert drawing.edges.select("source", "target").rows() == [("a.id/1", "a.id/2")]
    assert "1 accounts with more than 200 links" in drawing.lines[0]
