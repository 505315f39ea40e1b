from __future__ import annotations

import multiprocessing
import stat
import time
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.page import page_of
from collectors.records import Interaction
from monitor.errors import (
    StoreAccessError,
    StoreBusyError,
    StoreMissingError,
    StoreTooNewError,
)
from monitor.store import StoreFile
from monitor.store.queries import Selection
from tests.builders import (
    HOUR,
    NOON,
    SOURCE,
    make_author,
    make_engagement,
    make_post,
    make_repost,
)
from tests.many import examples

AIR = Selection(hashtags=("airbersih",))


def add(stores, *, source=SOURCE, now=NOON, watch=None, **records):
    with stores.open() as store, store.transaction():
        return store.posts.add(page_of(**records), source=source, now=now, watch=watch)


def rows(stores, sql):
    with stores.open(read_only=True) as store:
        return store.database.rows(sql)


def test_the_store_is_for_its_owner_only(stores):
    add(stores, posts=[make_post()])
    assert stat.S_IMODE(stores.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(stores.path.parent.stat().st_mode) == 0o700


def test_saving_twice_changes_nothing(stores):
    records = {
        "posts": [make_post(n) for n in range(5)],
        "authors": [make_author("mastodon:@a@b.example", followers=3)],
        "interactions": [make_repost()],
        "engagement": [make_engagement()],
    }
    first = add(stores, **records)
    tables = ["posts", "authors", "interactions", "engagement"]
    before = [rows(stores, f"select * from {table} order by 1") for table in tables]  # noqa: S608
    again = add(stores, now=NOON + HOUR, **records)
    after = [rows(stores, f"select * from {table} order by 1") for table in tables]  # noqa: S608
    assert (first.new, first.interactions) == (5, 1)
    assert (again.new, again.updated, again.interactions) == (0, 0, 0)
    assert after == before


@pytest.mark.fuzz
@settings(
    max_examples=examples(25, least=8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)), max_size=12))
def test_posts_come_out_the_same_in_whatever_pages_they_came(tmp_path_factory, drawn):
    posts = [make_post(number, text="kata " * words) for number, words in drawn]
    stores = StoreFile(tmp_path_factory.mktemp("s") / "a.duckdb")
    others = StoreFile(tmp_path_factory.mktemp("s") / "b.duckdb")
    add(stores, posts=posts)
    with others.open() as store:
        for post in reversed(posts):
            with store.transaction():
                store.posts.add(page_of(posts=[post]), source=SOURCE, now=NOON)
    sql = "select post_key, length(text) as length from posts order by 1"
    if len({n for n, _ in drawn}) == len(drawn):
        assert rows(stores, sql) == rows(others, sql)
    assert len(rows(stores, sql)) == len({n for n, _ in drawn})


def test_a_referenced_post_that_is_matched_later_counts_then(stores):
    add(stores, posts=[make_post(captured_as="referenced")])
    with stores.open(read_only=True) as store:
        assert store.queries.posts(AIR) == 0
    saved = add(stores, posts=[make_post()])
    assert saved.new == 1
    with stores.open(read_only=True) as store:
        assert store.queries.posts(AIR) == 1


def test_a_matched_post_stays_matched(stores):
    add(stores, posts=[make_post()])
    add(stores, posts=[make_post(captured_as="referenced")])
    assert rows(stores, "select captured_as from posts") == [{"captured_as": "matched"}]


def test_an_edited_post_takes_its_new_text_and_a_cut_one_does_not(stores):
    add(stores, posts=[make_post(text="teks panjang yang utuh")])
    add(stores, posts=[make_post(text="teks")])
    assert rows(stores, "select text from posts")[0]["text"] == "teks panjang yang utuh"
    saved = add(stores, posts=[make_post(text="baru", edited_at=NOON)])
    assert saved.updated == 1
    assert rows(stores, "select text from posts")[0]["text"] == "baru"


def test_a_snapshot_is_added_only_when_a_count_changed(stores):
    for hours, reposts in ((0, 1), (1, 1), (2, 4)):
        at = NOON + hours * HOUR
        add(stores, engagement=[make_engagement(taken_at=at, reposts=reposts)])
    assert [r["reposts"] for r in rows(stores, "from engagement order by taken_at")] == [1, 4]


def test_a_handle_becomes_its_id_when_a_later_page_tells_it(stores):
    reply = Interaction(
        kind="reply",
        platform="x",
        author_key="x:7",
        target_author_key="x:@tujuan",
        post_key="x:100",
        acted_at=NOON,
    )
    handle = make_author("x:@tujuan", handle="Tujuan")
    add(stores, interactions=[reply], authors=[handle])
    add(stores, authors=[make_author("x:42", handle="Tujuan")])
    assert rows(stores, "select target_author_key from interactions") == [
        {"target_author_key": "x:42"}
    ]
    assert [r["author_key"] for r in rows(stores, "from authors")] == ["x:42"]
    # And in the other order: what is known is used at once, and nothing is doubled.
    assert add(stores, interactions=[reply], authors=[handle]).interactions == 0
    assert [r["author_key"] for r in rows(stores, "from authors")] == ["x:42"]


def test_boosts_are_activity_and_edges_of_the_hashtag(stores):
    post = make_post(1)
    boost = make_repost(target_post_key=post.post_key, target=post.author_key)
    add(stores, posts=[post], interactions=[boost])
    with stores.open(read_only=True) as store:
        activity = store.queries.activity(AIR)
        edges = store.acts.choose(AIR).edges()
        kinds = store.acts.choose(AIR).by_kind()
    assert activity.select(pl.col("is_post").sum(), pl.col("is_repost").sum()).row(0) == (1, 1)
    assert edges.select("author_key", "target_author_key", "kind", "count").rows() == [
        ("mastodon:@a@b.example", post.author_key, "repost", 1)
    ]
    assert kinds == {"repost": 1, "boost": 1}


def test_equal_texts_have_one_number_and_short_ones_none(stores):
    texts = ["Air Bersih  mati lagi hari ini https://a.example", "air bersih mati lagi hari ini @x"]
    posts = [make_post(n, text=text) for n, text in enumerate([*texts, "amin"])]
    add(stores, posts=posts)
    found = [r["text_id"] for r in rows(stores, "from posts order by post_key")]
    assert found[0] == found[1] is not None
    assert found[2] is None


def test_a_watch_has_the_posts_that_were_given_to_it(stores):
    add(stores, posts=[make_post(1, hashtags_raw=())], watch="air")
    with stores.open(read_only=True) as store:
        assert store.queries.posts(Selection(hashtags=("x",), watch="air")) == 1
        assert store.queries.posts(Selection(hashtags=("x",))) == 0


def test_what_fails_in_a_transaction_leaves_nothing(stores):
    def fail() -> None:
        with stores.open() as store, store.transaction():
            store.posts.add(page_of(posts=[make_post()]), source=SOURCE, now=NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert rows(stores, "from posts") == []


def _hold(path: Path, seconds: float, ready: object) -> None:
    with StoreFile(path).open():
        ready.set()  # type: ignore[attr-defined]
        time.sleep(seconds)


@pytest.fixture
def holder(stores):
    with stores.open():
        pass
    context = multiprocessing.get_context("spawn")
    ready = context.Event()

    def hold(seconds: float) -> multiprocessing.process.BaseProcess:
        process = context.Process(target=_hold, args=(stores.path, seconds, ready))
        process.start()
        assert ready.wait(20)
        return process

    return hold


def test_whoever_comes_second_waits_for_their_turn(stores, holder):
    process = holder(0.5)
    with stores.open(read_only=True) as store:
        assert store.queries.hashtags() == []
    process.join()


def test_a_holder_that_stays_too_long_is_named(stores, holder):
    process = holder(30)
    impatient = StoreFile(stores.path, patience=timedelta(seconds=0.2))
    with pytest.raises(StoreBusyError, match=rf"process {process.pid} "), impatient.open():
        pass
    process.terminate()
    process.join()


def test_a_store_that_is_not_there_says_how_to_make_one(stores):
    with pytest.raises(StoreMissingError, match="gaung import"), stores.open(read_only=True):
        pass


def test_a_store_of_a_newer_gaung_is_left_alone(stores):
    with stores.open() as store:
        store.database.run("insert into migrations values (99, 'later')")
    for read_only in (True, False):
        with pytest.raises(StoreTooNewError, match="upgrade"), stores.open(read_only=read_only):
            pass


def test_another_file_is_no_store(stores):
    stores.path.parent.mkdir()
    stores.path.write_bytes(b"hello" * 5000)
    with pytest.raises(StoreAccessError, match="not a gaung store"), stores.open():
        pass
