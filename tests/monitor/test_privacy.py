from __future__ import annotations

import tomllib
from datetime import timedelta

import polars as pl
import pytest
from msgspec.structs import replace

from analysis.findings import Finding, FindingKind
from collectors.page import page_of
from collectors.records import Author, Rejected
from monitor.config import parse
from monitor.naming import Known, Naming, who
from monitor.notify import naming_of, notify
from tests.builders import HOUR, NOON, SOURCE, make_engagement, make_post, make_repost

DAY = timedelta(days=1)


def rows(store, sql):
    return store.database.rows(sql)


@pytest.fixture
def store(stores):
    with stores.open() as opened, opened.transaction():
        yield opened


def author_of(post, **more):
    return Author(author_key=post.author_key, platform="mastodon", **more)


def fill(store, posts, *, now=NOON, **more):
    return store.posts.add(page_of(posts=posts, **more), source=SOURCE, now=now)


def test_an_erased_account_leaves_nothing_behind_and_does_not_come_back(store):
    posts = [make_post(n) for n in range(4)]
    target = posts[1].author_key
    answer = make_post(
        50,
        author_key="mastodon:@lain@b.example",
        reply_to_key=posts[1].post_key,
        text=f"setuju dengan @{target.partition(':@')[2] or target.partition(':')[2]} ini",
    )
    page = page_of(
        posts=[*posts, answer],
        authors=[author_of(posts[1], handle="rahasia_sekali")],
        interactions=[
            make_repost(f"mastodon:@p{n}@b.example", target, target_post_key=posts[1].post_key)
            for n in (7, 8)
        ],
        engagement=[make_engagement(post_key=posts[1].post_key)],
    )
    store.posts.add(page, source=SOURCE, now=NOON, watch="air")
    run = store.runs.start("poll", SOURCE, now=NOON)
    raw = Rejected(locator="a", reason="r", raw='{"by": "rahasia_sekali"}')
    store.runs.set_aside(run, SOURCE, page_of(rejected=[raw]).rejected, now=NOON)

    gone = store.privacy.erase(target, now=NOON)
    assert (gone.posts, gone.authors, gone.raw) == (1, 1, 1)
    assert gone.interactions >= 2
    store.posts.add(page, source=SOURCE, now=NOON + HOUR)  # it is shown again
    for table in ("posts", "authors", "interactions", "engagement", "matches", "rejected"):
        said = str(rows(store, f"from {table}"))
        assert target not in said, table
        assert posts[1].post_key not in said.replace(f"'{answer.reply_to_key}'", ""), table
        assert "rahasia_sekali" not in said, table
    assert store.database.value("select count(*) from posts") == 4
    assert target not in str(rows(store, "select * from erased"))


def test_an_erased_account_is_not_named_by_what_came_through_it(store):
    erased, other, author = (f"bluesky:did:plc:{name}" for name in ("gone", "stays", "author"))
    reposts = [
        make_repost(
            f"bluesky:did:plc:p{number}",
            author,
            target_post_key=f"bluesky:at://did:plc:author/app.bsky.feed.post/{number}",
            via_key=f"bluesky:at://{by.partition(':')[2]}/app.bsky.feed.repost/{number}",
        )
        for number, by in enumerate((erased, other))
    ]
    page = page_of(
        posts=[make_post(1, author_key=erased), make_post(2, author_key=other)],
        interactions=reposts,
    )
    store.posts.add(page, source=SOURCE, now=NOON)
    store.privacy.erase(erased, now=NOON)
    for _ in range(2):  # and when it is shown again
        kept = [row["via_key"] for row in rows(store, "from interactions order by author_key")]
        assert kept == [None, reposts[1].via_key]
        store.posts.add(page_of(interactions=reposts), source=SOURCE, now=NOON + HOUR)


def test_an_erased_account_does_not_come_back_by_its_handle(store):
    post = make_post(1, author_key="x:1", platform="x")
    fill(store, [post], authors=[Author(author_key="x:1", platform="x", handle="BudiJaya")])
    store.privacy.erase("x:1", now=NOON)
    fill(store, [make_post(2, author_key="x:@budijaya", platform="x"), make_post(3)])
    assert store.database.value("select count(*) from posts") == 1


def test_accounts_are_found_by_key_handle_and_handle_in_a_key(store):
    post = make_post(1, author_key="x:1")
    fill(store, [post], authors=[author_of(post, handle="BudiJaya")])
    for text in ("x:1", "budijaya", "@BudiJaya"):
        (found,) = store.privacy.find(text)
        assert (found["author_key"], found["posts"]) == ("x:1", 1)
    assert store.privacy.find("nobody") == []


def test_what_is_older_than_it_may_be_is_gone_and_unknown_rather_than_zero(store):
    old = [make_post(n, created_at=NOON - 40 * DAY + n * HOUR) for n in range(5)]
    new = [make_post(100 + n, created_at=NOON - n * HOUR) for n in range(5)]
    tag = "airbersih"
    store.coverage.want(SOURCE, tag, since=NOON - 50 * DAY)
    store.coverage.cover(SOURCE, tag, (NOON - 50 * DAY, NOON))
    fill(store, old, now=NOON - 39 * DAY)
    fill(store, new)
    gone = store.privacy.purge(posts_before=NOON - 30 * DAY, raw_before=None)
    assert gone.posts == 5
    assert store.database.value("select count(*) from posts") == 5
    (stream,) = store.coverage.streams()
    last = max(post.created_at for post in old)
    assert last < stream.wanted_from < last + timedelta(seconds=1)
    assert stream.covered == ((stream.wanted_from, NOON),)


def test_posts_of_long_ago_that_were_imported_today_stay(store):
    store.posts.add(
        page_of(posts=[make_post(1, created_at=NOON - 2000 * DAY)]),
        source="import/csv",
        now=NOON,
    )
    assert store.privacy.purge(posts_before=NOON - 30 * DAY, raw_before=None).is_nothing


def test_what_was_set_aside_goes_earlier_than_posts(store):
    run = store.runs.start("poll", SOURCE, now=NOON)
    for number, at in enumerate((NOON - 40 * DAY, NOON)):
        raw = Rejected(locator="a", reason="r", raw=str(number))
        store.runs.set_aside(run, SOURCE, page_of(rejected=[raw]).rejected, now=at)
    fill(store, [make_post(1)])
    gone = store.privacy.purge(posts_before=None, raw_before=NOON - 30 * DAY)
    assert (gone.raw, gone.posts) == (1, 0)
    assert store.database.value("select count(*) from rejected") == 1


def test_the_salt_is_made_once_and_differs_from_store_to_store(store, tmp_path):
    from monitor.store import StoreFile

    with StoreFile(tmp_path / "other.duckdb").open() as other:
        assert store.privacy.salt() == store.privacy.salt() != other.privacy.salt()


def test_pseudonyms_need_the_salt():
    one, other = Naming("garam"), Naming("gula")
    assert one.name("x:1", Known("budi", 5)) == one.name("x:1") != other.name("x:1")
    assert "budi" not in one.name("x:1", Known("budi", 5))
    names = {one.name(f"x:{n}") for n in range(5000)}
    assert len(names) >= 4999


@pytest.mark.parametrize(
    ("key", "known", "is_public"),
    [
        ("x:9", Known("bupati", 10), True),
        ("x:9", Known("Bupati", None), True),
        ("mastodon:@wali@kota.example", Known(None, None), True),
        ("x:9", Known("artis", 100_000), True),
        ("x:9", Known("warga", 99_999), False),
        ("x:9", Known("warga", None), False),
        ("x:42", Known("warga", None), True),
    ],
)
def test_public_figures_keep_their_names(key, known, is_public):
    naming = Naming.of("g", ["@bupati", "wali@kota.example", "x:42"], 100_000)
    assert naming.is_public(key, known) is is_public
    assert naming.name(key, known).startswith("akun-") is not is_public


def test_an_account_without_a_handle_is_called_by_its_id_and_has_no_sign():
    naming = Naming.of("g", ["x:42"], 0)
    assert (who("x:42").shown, naming.name("x:42")) == ("42", "42")
    assert (who("mastodon:@wali@kota.example").shown, who("x:9", Known("ana")).shown) == (
        "@wali@kota.example",
        "@ana",
    )
    assert who("x:9", Known("ana"), naming).handle is None


def test_what_left_is_on_record(store):
    store.privacy.note("export", "report air", who="ani", now=NOON, detail="report.json")
    (entry,) = store.privacy.noted()
    assert (entry["who"], entry["action"], entry["subject"]) == ("ani", "export", "report air")
    assert isinstance(store.database.frame("from audit"), pl.DataFrame)


def test_a_letter_calls_accounts_by_pseudonyms_but_public_figures_by_their_names(store):
    posts = [make_post(n, author_key=f"x:{n % 3}", platform="x") for n in range(30)]
    authors = [
        Author(author_key="x:0", platform="x", handle="warga_biasa", followers=12),
        Author(author_key="x:1", platform="x", handle="artis_besar", followers=5_000_000),
        Author(author_key="x:2", platform="x", handle="bupati", followers=None),
    ]
    store.posts.add(page_of(posts=posts, authors=authors), source="x/api.x.com", now=NOON)
    text = 'watches = [{name = "air", hashtags = ["airbersih"], recipients = ["a@b.example"]}]\n'
    config = parse(tomllib.loads(f'{text}[privacy]\npublic = ["@bupati"]\n'), name="test")
    burst = Finding(
        watch="air",
        kind=FindingKind.BURST,
        subject="air",
        from_at=NOON - HOUR,
        to_at=None,
        score=20.0,
        evidence={"posts": 30, "authors": 3, "expected": 2.0, "coverage": 1.0},
    )
    settings = replace(config.alerts, min_authors=1)
    (decision,) = notify(store, replace(config, alerts=settings), [burst], now=NOON)
    assert decision.told
    body = rows(store, "select body_text || body_html as body from outbox")[0]["body"]
    assert "@artis_besar" in body
    assert "@bupati" in body
    assert "warga_biasa" not in body
    assert naming_of(store, config.privacy).pseudonym("x:0") in body
