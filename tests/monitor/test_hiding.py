"""What is not shown for a time: it counts no longer, and comes back whole."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from itertools import product

import duckdb
import pytest

from collectors.page import page_of
from collectors.records import Author, Post, Removal
from monitor.checks import check
from monitor.config import parse
from monitor.store import StoreFile
from monitor.store.migrating import migrations
from monitor.wiring import build
from tests.builders import HOUR, NOON, make_engagement, make_post, make_repost

HEARD, ASKED = "bluesky/jetstream", "bluesky/appview"
SARI, BUDI = "bluesky:did:plc:sari", "bluesky:did:plc:budi"
DAY = timedelta(days=1)


def written(number: int, author: str = SARI, *, at: datetime = NOON, **more) -> Post:
    did = author.removeprefix("bluesky:")
    given = {
        "post_key": f"bluesky:at://{did}/app.bsky.feed.post/{number}",
        "platform": "bluesky",
        "author_key": author,
        "created_at": at,
        "indexed_at": at,
        "url": f"https://bsky.example/{number}",
        "lang": "id",
        "urls": ("https://kabar.example/banjir",),
    }
    return make_post(number, **given | more)


def said(kind, key=SARI, reason="deactivated", *, at=NOON + HOUR) -> Removal:
    return Removal(kind=kind, key=key, reason=reason, removed_at=at)


def hear(store, *posts, removals=(), at=NOON, source=HEARD, **more):
    page = page_of(posts=posts, removals=removals, since_at=at, reached_at=at + HOUR, **more)
    store.posts.add(page, source=source, now=at)


def ask(store, *, at=NOON, source=ASKED, **more):
    store.posts.add(page_of(**more), source=source, now=at)


def shown(store) -> list[str]:
    rows = store.database.rows("select post_key from posts where captured_as = 'matched'")
    return sorted(row["post_key"].rpartition("/")[2] for row in rows)


def whole(store, table: str) -> list[dict]:
    return store.database.rows(f"select * from {table} order by all")  # noqa: S608


@pytest.fixture
def store(stores):
    with stores.open() as opened:
        yield opened


def test_an_account_that_is_away_is_not_shown_and_comes_back_as_it_was(store):
    repost = make_repost(SARI, BUDI, target_post_key=written(9, BUDI).post_key, record_key="r/1")
    sari = Author(author_key=SARI, platform="bluesky", display_name="Sari", url="https://s.example")
    hear(
        store,
        *(written(n) for n in range(3)),
        written(9, BUDI),
        authors=[sari],
        interactions=[repost],
    )
    before = {name: whole(store, name) for name in ("posts", "authors", "interactions")}

    hear(store, removals=[said("away")], at=NOON + HOUR)
    assert shown(store) == ["9"]
    rows = [row for row in whole(store, "posts") if row["author_key"] == SARI]
    assert {(r["text"], r["url"], r["lang"], tuple(r["urls"])) for r in rows} == {
        (None, None, None, ())
    }
    assert {r["removed_why"] for r in rows} == {"deactivated"}
    assert [row["display_name"] for row in whole(store, "authors")] == [None]
    assert [row["removed_at"] for row in whole(store, "interactions")] == [NOON + HOUR]

    hear(store, removals=[said("back", at=NOON + 2 * HOUR)], at=NOON + 2 * HOUR)
    assert {name: whole(store, name) for name in before} == before
    assert whole(store, "hidden") == whole(store, "removals") == []


_SAID = ("away", "back", "author")


@pytest.mark.parametrize(
    ("states", "together"),
    [
        *((states, False) for states in product(_SAID, repeat=3)),
        *((states, True) for states in product(_SAID, repeat=2)),
    ],
)
def test_only_what_was_deleted_stays_away_whatever_was_said_besides(store, states, together):
    hear(store, written(1), written(2, BUDI))
    moments = [NOON + HOUR * n for n in range(1, 1 + len(states))]
    told = [
        said(state, reason="deleted" if state == "author" else state, at=at)
        for state, at in zip(states, moments, strict=True)
    ]
    for part in [told] if together else [[one] for one in told]:
        hear(store, removals=part, at=part[-1].removed_at)
    expected = "author" not in states and states[-1] == "back"
    assert shown(store) == (["1", "2"] if expected else ["2"])
    assert len(whole(store, "hidden")) == ("author" not in states and states[-1] == "away")


def test_what_is_deleted_while_it_is_away_is_kept_nowhere(store):
    one, other, repost = written(1), written(2), make_repost(SARI, BUDI, record_key="r/1")
    hear(store, one, other, interactions=[repost])
    hear(store, removals=[said("away")], at=NOON + HOUR)
    gone = [said("post", one.post_key, "deleted"), said("undone", "r/1", "deleted")]
    hear(store, removals=gone, at=NOON + HOUR)
    assert [row["post_key"] for row in whole(store, "hidden")] == [other.post_key]
    hear(store, removals=[said("back")], at=NOON + 2 * HOUR)
    assert shown(store) == ["2"]
    assert {row["removed_why"] for row in whole(store, "posts")} == {None, "deleted"}
    assert [row["removed_at"] is None for row in whole(store, "interactions")] == [False]


def test_a_video_that_was_private_is_back_with_its_first_count(store):
    video = make_post(
        1, post_key="youtube:vid00000001", platform="youtube", author_key="youtube:UC1"
    )
    other = make_post(
        2, post_key="youtube:vid00000002", platform="youtube", author_key="youtube:UC1"
    )
    ask(store, source="youtube/search", posts=[video, other])
    hidden = [said("hidden", post.post_key, "unavailable") for post in (video, other)]
    ask(store, source="youtube/search", removals=hidden, at=NOON + DAY)
    assert shown(store) == []
    count = make_engagement(post_key=video.post_key, taken_at=NOON + 2 * DAY)
    ask(store, source="youtube/search", engagement=[count], at=NOON + 2 * DAY)
    (back, away) = whole(store, "posts")
    assert (back["captured_as"], back["text"]) == ("matched", video.text)
    assert (away["captured_as"], away["text"]) == ("removed", None)


def test_whoever_shows_a_post_of_an_account_shows_that_it_is_back(store):
    hear(store, written(1), written(2), written(3, BUDI))
    hear(store, removals=[said("away"), said("away", BUDI, "suspended")], at=NOON + HOUR)
    ask(store, posts=[written(1, captured_as="referenced")], at=NOON + DAY)
    assert shown(store) == ["1", "2"]


def test_the_past_that_a_stream_or_a_file_repeats_brings_nothing_back(store):
    hear(store, written(1))
    hear(store, removals=[said("away")], at=NOON + HOUR)
    hear(store, written(1), at=NOON + 2 * HOUR)  # a replay: the event is as old as it was
    ask(store, posts=[written(1), written(2)], source="import/csv", at=NOON + DAY)
    assert shown(store) == []
    assert {row["text"] for row in whole(store, "posts")} == {None}
    later = written(3, at=NOON + 2 * HOUR)
    hear(store, later, at=NOON + 3 * HOUR)
    assert shown(store) == ["3"]  # whoever posts is there


def test_that_an_account_is_back_is_heard_however_long_it_was_away(store):
    hear(store, written(1))
    hear(store, removals=[said("away")], at=NOON + HOUR)
    since = NOON + 90 * DAY
    posts, authors, acts = store.streaming.tracked("bluesky", ["airbersih"], since=since)
    assert (posts, authors, acts) == (set(), {SARI}, set())
    assert store.streaming.tracked("mastodon", ["airbersih"], since=since)[1] == set()
    # And that a post was deleted meanwhile.
    posts, _, _ = store.streaming.tracked("bluesky", ["airbersih"], since=NOON - DAY)
    assert posts == {written(1).post_key}


def due(store, at: datetime) -> list[str]:
    found = store.streaming.unchecked(
        ASKED, ["airbersih"], since=at - 7 * DAY, now=at, limit=9, found_by=[HEARD]
    )
    store.streaming.mark_checked(ASKED, found, now=at)
    return [post.post_key.rpartition("/")[2] for post in found]


def test_what_is_hidden_is_asked_about_once_a_day(store):
    hear(store, written(1))
    hear(store, removals=[said("hidden", written(1).post_key, "unavailable")], at=NOON + HOUR)
    asked = [due(store, NOON + hours * HOUR) for hours in (1, 2, 24, 25, 47, 48)]
    assert asked == [["1"], [], ["1"], [], [], ["1"]]
    assert due(store, NOON + 9 * DAY) == []  # `check_for` is over


def test_an_erased_account_is_not_kept_while_it_is_away(store):
    mention = written(2, BUDI, text="halo @sari.example, apa kabar di sana hari ini?")
    sari = Author(author_key=SARI, platform="bluesky", handle="sari.example", display_name="Sari")
    hear(store, written(1), mention, authors=[sari])
    hear(store, removals=[said("away"), said("away", BUDI)], at=NOON + HOUR)
    with store.database.transaction():
        store.privacy.erase(SARI, now=NOON + 2 * HOUR)
    assert [row["author_key"] for row in whole(store, "hidden_authors")] == []
    (kept,) = whole(store, "hidden")
    assert (kept["post_key"], kept["text"][:8]) == (mention.post_key, "halo @…,")
    hear(store, removals=[said("back"), said("back", BUDI)], at=NOON + 3 * HOUR)
    assert shown(store) == ["2"]


@pytest.fixture
def damaged(tmp_path) -> StoreFile:
    """A store as version 0.1.0 left it: two accounts blanked for a state, one deleted."""
    path = tmp_path / "data" / "gaung.duckdb"
    path.parent.mkdir()
    connection = duckdb.connect(path)
    connection.execute("create table migrations (number integer, name text)")
    for number, (name, sql) in enumerate(migrations(), start=1):
        if name < "0010":
            connection.execute(sql)
            connection.execute("insert into migrations values (?, ?)", [number, name])
    people = {"sari": ("throttled", 3), "budi": ("deactivated", 2), "tono": ("deleted", 1)}
    for who, (why, posts) in people.items():
        key = f"bluesky:did:plc:{who}"
        connection.execute(
            "insert into authors (author_key, platform, seen_at, removed_at) "
            "values (?, 'bluesky', ?, ?)",
            [key, NOON, NOON + HOUR],
        )
        connection.execute(
            "insert into removals values ('author', ?, ?, ?, ?, ?)",
            [key, why, HEARD, NOON + HOUR, NOON + HOUR],
        )
        for number in range(posts):
            post = written(number, key)
            connection.execute(
                "insert into posts (post_key, platform, author_key, kind, captured_as, created_at, "
                "first_seen_at, sort_at, hashtags, hashtags_raw, urls, source, removed_at, "
                "removed_why) values (?, 'bluesky', ?, 'original', 'removed', ?, ?, ?, "
                "['airbersih'], [], [], ?, ?, ?)",
                [post.post_key, key, NOON, NOON, NOON, HEARD, NOON + HOUR, why],
            )
            connection.execute(
                "insert into sightings values (?, ?, ?, null)", [post.post_key, HEARD, NOON]
            )
        connection.execute(
            "insert into interactions values (?, 'repost', 'bluesky', ?, ?, null, 'x', ?, null, "
            "'exact', ?, ?, null, ?, ?)",
            [f"repost|{who}", key, BUDI, NOON, HEARD, NOON, f"r/{who}", NOON + HOUR],
        )
    connection.close()
    return StoreFile(path)


WATCH = """
store.path = "data/gaung.duckdb"

[[watches]]
name = "air"
hashtags = ["AirBersih"]
sources = ["{source}"]

[collectors.bluesky]
jetstream = ["ws://127.0.0.1:9/subscribe"]
appview = "{appview}"
"""


@pytest.mark.parametrize(
    ("source", "appview", "remedy"),
    [
        ("bluesky", "https://view.example", None),
        ("bluesky", "", "set collectors.bluesky.appview"),
        ("mastodon", "https://view.example", 'source "bluesky"'),
    ],
)
def test_a_check_tells_what_version_0_1_0_blanked_and_what_can_be_done(
    damaged, source, appview, remedy
):
    raw = tomllib.loads(WATCH.format(source=source, appview=appview))
    app = build(parse(raw, name="config.toml", folder=str(damaged.path.parent.parent)))
    # Before any source is asked.
    line = next(told for told in check(app) if "0.1.0" in told.summary)
    assert line.subject == "store"
    assert line.summary.startswith("5 posts of 2 bluesky accounts lost their text")
    if remedy is None:
        assert line.remedy is None
        assert "asked for again once a day" in line.summary
    else:
        assert remedy in line.remedy


def test_what_version_0_1_0_blanked_is_asked_for_again_and_back_when_it_is_shown(damaged):
    at = NOON + 60 * DAY
    with damaged.open() as store:
        asked = store.streaming.unchecked(
            ASKED, ["airbersih"], since=at - 7 * DAY, now=at, limit=9, found_by=[HEARD]
        )
        assert len(asked) == 5  # of sari and budi, and not of tono
        posts = [written(n, SARI, captured_as="referenced") for n in (0, 1)]
        ask(store, posts=posts, at=at)
        assert shown(store) == ["0", "1"]
        texts = store.database.rows("select text from posts where text is not null order by text")
        assert [row["text"] for row in texts] == sorted(post.text for post in posts)
        acts = store.database.rows("select author_key from interactions where removed_at is null")
        assert [row["author_key"] for row in acts] == [SARI]
        (left,) = store.hiding.damaged()
        assert (left.posts, left.accounts) == (3, 2)
        # Who is back by the word of its server has its acts; what it wrote must be shown first.
        hear(store, removals=[said("back", BUDI, at=at)], at=at)
        assert len(shown(store)) == 2
        assert (
            store.database.value("select count(*) from interactions where removed_at is null") == 2
        )


def test_a_store_without_damage_has_no_word_of_it(stores):
    with stores.open() as store:
        hear(store, written(1))
        hear(store, removals=[said("away")], at=NOON + HOUR)
        assert store.hiding.damaged() == []
