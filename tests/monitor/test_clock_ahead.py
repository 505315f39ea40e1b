"""What the store says of a time that has not come is not believed, and is put right once."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from collectors.page import page_of
from collectors.records import Removal
from monitor import config, ledger
from monitor.alert import Silence
from monitor.deliver import next_attempt
from monitor.digest import write_digests
from monitor.letters import Letter
from monitor.metrics import metrics_of
from monitor.status import status_of
from monitor.store.backups import Backup
from monitor.store.streaming import Position
from monitor.turn import collect_due, put_right
from monitor.wiring import App
from tests.builders import HOUR, NOON, SOURCE, ListedSource, make_post
from tests.monitor.test_streams import Told

pytestmark = pytest.mark.soak  # real processes, or many commands: too long for each change

MINUTE = timedelta(minutes=1)
AHEAD = 7 * HOUR
STREAM = "bluesky/contoh"
AIR = {"name": "air", "hashtags": ["#AirBersih"], "sources": ["mastodon", "bluesky"]}


@pytest.fixture
def app(stores):
    """A program whose clock says `at[0]`."""
    at = [NOON]
    made = App(
        config=config.parse(
            {"watches": [AIR], "digest": {"recipients": ["a@b.example"], "at": "07:00"}}, name="c"
        ),
        stores=replace(stores, now=lambda: at[0]),
    )
    return made, at


def collect(app, at, posts, **fails):
    source = ListedSource(posts, page_size=40, **fails)
    changed = put_right(app, now=at, present=at)
    runs = collect_due(app, {SOURCE: source}, now=at, stop=threading.Event())
    return changed, runs


def posts_every_minute(hours):
    return [make_post(n, created_at=NOON + n * MINUTE) for n in range(-60, hours * 60)]


def stored(app):
    with app.stores.open(read_only=True) as store:
        return store.count_posts()


def covered(app, since, until):
    with app.stores.open(read_only=True) as store:
        return ledger.coverage(store.coverage.streams(sources=[SOURCE]), since, until)


def test_what_is_said_after_a_turn_with_a_clock_ahead_is_read_again(app):
    app, at = app
    posts = posts_every_minute(8)
    collect(app, NOON, posts)
    # The clock is ahead; the source shows what there is: nothing of the seven hours to come.
    at[0] = NOON + AHEAD
    collect(app, at[0], [p for p in posts if p.created_at <= NOON + 10 * MINUTE])
    at[0] = NOON + 5 * HOUR  # put right, and away for five hours
    # Before anything is written: it is not known what happened since noon.
    assert covered(app, NOON, at[0]) == 0.0
    state = status_of(app, now=at[0])
    assert any("has not come" in problem for problem in state["problems"])
    changed, _ = collect(app, at[0], posts)
    assert changed["coverage"] == 1
    assert stored(app) == len([p for p in posts if p.created_at <= at[0]])
    assert covered(app, NOON, at[0]) == 1.0
    assert not any("has not come" in p for p in status_of(app, now=at[0])["problems"])
    assert collect(app, at[0] + MINUTE, posts)[0] == {}  # said once


def test_an_outage_after_a_clock_ahead_is_a_gap_and_not_calm(app):
    app, at = app
    collect(app, NOON, posts_every_minute(1))
    at[0] = NOON + timedelta(days=10)
    collect(app, at[0], [])
    from collectors.errors import SourceUnavailableError

    for hour in range(1, 48):
        at[0] = NOON + hour * HOUR
        collect(app, at[0], [], fails={0: SourceUnavailableError("down")})
    assert covered(app, NOON, at[0]) == 0.0
    with app.stores.open(read_only=True) as store:
        gaps = [gap for gap in store.coverage.open_gaps(source=SOURCE) if gap.to_at > NOON]
    assert ledger.union(gap.stretch for gap in gaps)[-1] == (NOON, at[0])


def test_polls_go_on_after_the_clock_was_set_back(app):
    app, at = app
    posts = posts_every_minute(8)
    at[0] = NOON + AHEAD
    collect(app, at[0], posts)
    for minute in range(0, 60, 10):
        at[0] = NOON + minute * MINUTE
        _, runs = collect(app, at[0], posts)
        assert [run.source for run in runs if run.task in ("poll", "rescan", "nightly")] == [SOURCE]


def test_heartbeats_and_metrics_lie_in_no_future(app):
    app, at = app
    collect(app, NOON, [])
    at[0] = NOON + AHEAD
    collect(app, at[0], [])
    at[0] = NOON + HOUR
    values = {m.name: m.values for m in metrics_of(status_of(app, now=at[0]))}
    for name, told in values.items():
        if name.endswith("_timestamp_seconds"):
            for _, value in told:
                assert value is None or value <= at[0].timestamp(), name


def hear(app, source, at):
    from monitor.collect import listen
    from monitor.config import CollectSettings

    return listen(
        app.stores, source, ["airbersih"], settings=CollectSettings(), now=lambda: at[0],
        stop=threading.Event(), live=False,
    )  # fmt: skip


class Lying(Told):
    """A stream in which somebody's event bears a time far off."""

    lie = NOON.replace(year=2286)

    def stream(self, interest, *, cursor, now, stop, live):
        for number, page in enumerate(
            super().stream(interest, cursor=cursor, now=now, stop=stop, live=live)
        ):
            self.at[0] += MINUTE
            yield page if number == 0 else replace(
                page, since_at=page.since_at if number == 1 else self.lie, reached_at=self.lie,
                cursor=self.lie.isoformat(),
            )  # fmt: skip


def test_an_event_of_another_century_moves_neither_coverage_nor_place(app):
    app, at = app
    source = Lying([make_post(1, created_at=NOON + n * MINUTE) for n in range(5)], minutes=4)
    source.at = at
    hear(app, source, at)
    assert at[0] == NOON + 4 * MINUTE
    with app.stores.open(read_only=True) as store:
        ends = store.database.rows("select to_at from coverage")
        place = store.streaming.position(STREAM)
    assert [row["to_at"] for row in ends] == [at[0]]
    assert place == Position(at[0].isoformat(), at[0])
    # Then nobody listens for hours.
    later = at[0] = NOON + 6 * HOUR
    hear(app, Told([], minutes=1, keeps=MINUTE), at)
    with app.stores.open(read_only=True) as store:
        (gap,) = store.coverage.open_gaps(source=STREAM)
    assert gap.stretch == (place.reached_at, later - MINUTE)


def test_a_store_that_an_older_version_left_in_another_century_is_read_from_where_it_was(app):
    app, at = app
    hear(app, Told([], minutes=1), at)
    far = NOON.replace(year=2286)
    with app.stores.open() as store, store.transaction():
        store.database.run("update coverage set to_at = $far", far=far)
        store.streaming.move(STREAM, Position(far.isoformat(), far), now=NOON)
    at[0] = NOON + 3 * HOUR
    again = Told([], minutes=1, keeps=24 * HOUR)
    hear(app, again, at)
    with app.stores.open(read_only=True) as store:
        (row,) = store.database.rows("select from_at, to_at from coverage order by to_at desc")
        assert store.streaming.position(STREAM).reached_at <= at[0]
    assert row["to_at"] == NOON + MINUTE  # heard from noon on, the one minute that it told


def test_what_was_decided_by_a_clock_ahead_is_decided_now(app):
    app, _ = app
    late = NOON + 2 * timedelta(days=1)
    with app.stores.open() as store, store.transaction():
        store.outbox.enqueue(
            Letter(
                key="k", recipient="a@b.example", subject="s", text="t", html="h", references=None
            ),
            now=late,
        )
        due = next_attempt(3, now=late, key="k", enqueued_at=late)
        store.outbox.mark_deferred("k", "busy", due, late)
        store.telling.silence(
            Silence(watch="air", from_at=late, until=late + 6 * HOUR, why="latihan"), who="a"
        )
        assert len(write_digests(store, app.config, now=late)) == 1
    changed = put_right(app, now=NOON, present=NOON)
    assert {"outbox", "silences", "digests"} <= changed.keys()
    with app.stores.open() as store, store.transaction():
        assert "k" in {one.letter.key for one in store.outbox.due(NOON)}
        silence = store.telling.silence_of("air", now=NOON)
        assert (silence.from_at, silence.until) == (NOON, NOON + 6 * HOUR)
        # The digest of that day comes when its hour has come, though one bore its date.
        assert len(write_digests(store, app.config, now=late)) == 1
        keys = [row["letter_key"] for row in store.database.rows("select * from outbox")]
    assert len([key for key in keys if key.startswith("digest:")]) == 2


def test_posts_that_could_not_be_asked_about_by_a_clock_ahead_are_tried_again_now(app):
    app, _ = app
    late = NOON + timedelta(days=30)
    post = make_post(1, created_at=NOON - 2 * HOUR)
    with app.stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=[post], received=1), source=SOURCE, now=post.created_at)
        store.unanswered.note("check", SOURCE, {post.post_key: "500"}, is_certain=True, now=late)
    asked = {"since": NOON - 24 * HOUR, "now": NOON, "limit": 9}
    with app.stores.open() as store:
        assert store.streaming.unchecked(SOURCE, ["airbersih"], **asked) == []
    assert put_right(app, now=NOON, present=NOON) == {"unanswered": 1}
    with app.stores.open() as store:
        (due,) = store.streaming.unchecked(SOURCE, ["airbersih"], **asked)
        assert due.post_key == post.post_key
    assert put_right(app, now=NOON, present=NOON) == {}


def test_a_file_that_was_written_anew_by_a_clock_ahead_is_so_again_after_what_is_taken_out(app):
    app, _ = app
    late = NOON + timedelta(days=30)
    post = make_post(1, created_at=NOON)
    gone = Removal(kind="post", key=post.post_key, removed_at=NOON, reason="deleted")
    with app.stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=[post], received=1), source=SOURCE, now=NOON)
        store.privacy.rewritten(now=late)
        store.backups.add(Backup(made_at=late, name="b", bytes=1))
    assert put_right(app, now=NOON, present=NOON) == {"backups": 1, "meta": 1}
    with app.stores.open() as store, store.transaction():
        assert store.backups.last().made_at == NOON
        assert not store.privacy.rewriting().is_wanted
        store.posts.add(page_of(removals=[gone], received=1), source=SOURCE, now=NOON + HOUR)
        assert store.privacy.rewriting().is_due(now=NOON + 2 * HOUR)


def test_a_turn_of_the_past_takes_nothing_from_what_was_read_since(app):
    app, at = app
    at[0] = NOON + AHEAD
    collect(app, at[0], posts_every_minute(7))
    with app.stores.open() as store, store.transaction():
        write_digests(store, app.config, now=at[0])
        store.coverage.want("import/csv", "airbersih", since=NOON)
        store.coverage.cover("import/csv", "airbersih", (NOON, NOON + 2 * HOUR))
    at[0] = NOON  # as `gaung once --at` lets it be
    assert put_right(app, now=NOON, present=NOON + AHEAD) == {}
    at[0] = NOON + AHEAD
    assert covered(app, NOON, at[0]) == 1.0


def test_what_a_file_is_complete_for_outlives_a_clock_that_is_behind(app):
    app, at = app
    with app.stores.open() as store, store.transaction():
        store.coverage.want("import/csv", "airbersih", since=NOON - HOUR)
        store.coverage.cover("import/csv", "airbersih", (NOON - HOUR, NOON + 2 * HOUR))
    at[0] = NOON
    assert put_right(app, now=NOON, present=NOON) == {}
    for moment, end in ((NOON, NOON), (NOON + 3 * HOUR, NOON + 2 * HOUR)):
        at[0] = moment
        with app.stores.open(read_only=True) as store:
            (stream,) = store.coverage.streams(sources=["import/csv"])
        assert stream.covered == ((NOON - HOUR, end),)


def test_once_says_that_a_clock_was_ahead(gaung, tmp_path):
    (tmp_path / "config.toml").write_text(
        '[[watches]]\nname = "air"\nhashtags = ["air"]\nsources = ["mastodon"]\n'
        '[collectors.mastodon]\nservers = ["http://127.0.0.1:9"]\n'
    )
    gaung("once", "--at", "2026-03-01T12:00:00Z")
    from monitor.store import StoreFile

    with StoreFile(tmp_path / "data" / "gaung.duckdb").open() as store, store.transaction():
        store.coverage.want("mastodon/127.0.0.1:9", "air", since=NOON)
        store.coverage.cover("mastodon/127.0.0.1:9", "air", (NOON, NOON.replace(year=2286)))
    code, out, _ = gaung("status", "--json")
    assert code == 1
    assert any("2286" in problem for problem in json.loads(out)["problems"])
    _, _, err = gaung("once")
    assert "a clock was ahead when this store was written" in err
    _, _, err = gaung("once")
    assert "a clock was ahead" not in err


def test_what_a_source_claims_that_nothing_is_wanted_of_is_put_right_too(app):
    app, at = app
    collect(app, at[0], posts_every_minute(1))
    far = NOON.replace(year=2286)
    with app.stores.open() as store, store.transaction():
        store.coverage.cover("bluesky/lama", "airbersih", (NOON - HOUR, far))
    later = NOON + HOUR
    at[0] = later
    assert put_right(app, now=later, present=later) == {"coverage": 1}
    assert put_right(app, now=later, present=later) == {}
    with app.stores.open(read_only=True) as store:
        assert (store.times.latest(now=later) or later) <= later
