"""Several servers, one post: united on its uri, and an estimate of what all have missed."""

from __future__ import annotations

from collectors.page import page_of
from monitor.store.queries import Selection
from tests.builders import HOUR, NOON, make_engagement, make_post

AIR = Selection(hashtags=("airbersih",))


def show(stores, source, numbers):
    posts = [make_post(n) for n in numbers]
    counts = [make_engagement(n, observer=source, reposts=n) for n in numbers]
    with stores.open() as store, store.transaction():
        return store.posts.add(page_of(posts=posts, engagement=counts), source=source, now=NOON)


def test_a_post_of_several_servers_is_one_post_with_counts_of_each(stores):
    show(stores, "mastodon/a.example", range(30))
    assert show(stores, "mastodon/b.example", range(20, 45)).new == 15
    show(stores, "mastodon/c.example", range(25, 28))
    with stores.open(read_only=True) as store:
        assert store.queries.posts(AIR) == 45
        assert store.queries.seen_by(AIR) == [35, 7, 3]
        observers = store.database.value(
            "select count(*) from engagement where post_key like '%/26'"
        )
    assert observers == 3


def test_an_import_is_no_observer(stores):
    show(stores, "import/csv", range(30))
    with stores.open(read_only=True) as store:
        assert store.queries.seen_by(AIR) == []


def test_what_each_source_calls_a_post_is_kept_and_given_back_to_it(stores):
    post, source = make_post(1, created_at=NOON - 2 * HOUR), "mastodon/a.example"

    def see(source, local_id, at):
        ids = {post.post_key: local_id} if local_id else None
        with stores.open() as store, store.transaction():
            store.posts.add(page_of(posts=[post], local_ids=ids), source=source, now=at)

    see(source, "old", NOON - 2 * HOUR)
    see(source, "114", NOON - 2 * HOUR)
    see(source, None, NOON - 2 * HOUR)
    see("mastodon/b.example", "7", NOON - 2 * HOUR)
    asked = {"since": NOON - 24 * HOUR, "now": NOON, "limit": 10}
    with stores.open(read_only=True) as store:
        (due,) = store.expansions.due(source, ["airbersih"], **asked)
        (unchecked,) = store.streaming.unchecked(source, ["airbersih"], **asked)
        (other,) = store.streaming.unchecked("mastodon/b.example", ["airbersih"], **asked)
    assert (due.local_id, unchecked.local_id, other.local_id) == ("114", "114", "7")
