from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from collectors.errors import (
    AccessRefusedError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from monitor.collect import collect
from monitor.config import CollectSettings
from monitor.schedule import Wish
from tests.builders import (
    HOUR,
    NOON,
    SOURCE,
    ListedSource,
    make_engagement,
    make_post,
    make_repost,
)

WISH = Wish(SOURCE, "airbersih", timedelta(minutes=10), timedelta(days=7))


def turn(stores, source, *, now=NOON, settings=None, stop=None):
    return collect(
        stores,
        {SOURCE: source},
        [WISH],
        settings=settings or CollectSettings(expand_limit=0, max_pages=100),
        now=now,
        stop=stop or threading.Event(),
    )


def state(stores):
    with stores.open(read_only=True) as store:
        (stream,) = store.coverage.streams()
        posts = store.database.value("select count(*) from posts")
    return posts, stream


def test_a_first_run_stores_all_pages_and_covers_all_that_was_wanted(stores):
    source = ListedSource([make_post(n) for n in range(25)])
    (run,) = turn(stores, source)
    posts, stream = state(stores)
    assert (run.verdict, run.pages, run.new) == ("complete", 3, 25)
    assert (posts, stream.accounted) == (25, [(NOON - timedelta(days=7), NOON)])


def test_collecting_again_changes_nothing_but_the_coverage(stores):
    source = ListedSource([make_post(n) for n in range(25)])
    turn(stores, source)
    (run,) = turn(stores, source, now=NOON + HOUR)
    posts, stream = state(stores)
    assert (run.new, run.updated, posts) == (0, 0, 25)
    assert stream.accounted == [(NOON - timedelta(days=7), NOON + HOUR)]


def test_a_post_that_arrives_late_is_found_by_the_overlap(stores):
    posts = [make_post(n) for n in range(25)]
    turn(stores, ListedSource(posts))
    late = make_post(99, created_at=NOON - timedelta(minutes=30))
    (run,) = turn(stores, ListedSource([*posts, late]), now=NOON + HOUR / 2)
    assert (run.new, state(stores)[0]) == (1, 26)


def test_too_many_pages_leave_a_gap_that_the_next_turn_fills(stores):
    source = ListedSource([make_post(n) for n in range(25)])
    settings = CollectSettings(max_pages=1, expand_limit=0)
    (run,) = turn(stores, source, settings=settings)
    posts, stream = state(stores)
    (gap,) = stream.gaps
    assert (run.verdict, posts, gap.reason, gap.cursor) == ("truncated", 10, "truncated", "10")
    # The newest of the page's last five posts says how far the page reaches.
    assert stream.accounted == [(NOON - timedelta(minutes=5), NOON)]
    turn(stores, source, now=NOON + HOUR)
    posts, stream = state(stores)
    assert (posts, stream.gaps) == (25, ())
    assert stream.accounted == [(NOON - timedelta(days=7), NOON + HOUR)]


@pytest.mark.parametrize(
    ("error", "verdict", "reason"),
    [
        (AccessRefusedError("401"), "refused", "refused"),
        (SourceUnavailableError("503"), "failed", "outage"),
        (PayloadError("new shape"), "failed", "failed"),
        (RateLimitedError("429", retry_at=NOON + HOUR), "failed", "rate limit"),
    ],
)
def test_each_failure_has_its_verdict_and_its_gap(stores, error, verdict, reason):
    (run,) = turn(stores, ListedSource([make_post(1)], fails={0: error}))
    _, stream = state(stores)
    assert (run.verdict, [gap.reason for gap in stream.gaps]) == (verdict, [reason])
    assert stream.accounted == []


def test_an_outage_that_gives_its_posts_afterwards_leaves_no_gap(stores):
    posts = [make_post(n, created_at=NOON - n * timedelta(minutes=7)) for n in range(600)]
    turn(stores, ListedSource(posts, page_size=200), now=NOON - 10 * HOUR)
    down = {0: SourceUnavailableError("503")}
    turn(stores, ListedSource(posts, page_size=200, fails=down), now=NOON - 6 * HOUR)
    turn(stores, ListedSource(posts, page_size=200, fails=down), now=NOON - 2 * HOUR)
    _, stream = state(stores)
    assert [(g.from_at, g.to_at) for g in stream.gaps] == [(NOON - 10 * HOUR, NOON - 2 * HOUR)]
    turn(stores, ListedSource(posts, page_size=200), now=NOON)
    stored, stream = state(stores)
    assert (stored, stream.gaps) == (600, ())


def test_an_outage_that_stays_silent_afterwards_stays_a_gap(stores):
    posts = [make_post(n, created_at=NOON - n * timedelta(minutes=7)) for n in range(600)]
    turn(stores, ListedSource(posts, page_size=200), now=NOON - 10 * HOUR)
    down = {0: SourceUnavailableError("503")}
    turn(stores, ListedSource(posts, page_size=200, fails=down), now=NOON - 2 * HOUR)
    kept = [p for p in posts if not NOON - 10 * HOUR < p.created_at <= NOON - 2 * HOUR]
    turn(stores, ListedSource(kept, page_size=200), now=NOON)
    _, stream = state(stores)
    (gap,) = stream.gaps
    assert (gap.reason, gap.from_at, gap.to_at) == ("silent", NOON - 10 * HOUR, NOON - 2 * HOUR)
    assert stream.accounted[-1] == (NOON - 2 * HOUR, NOON)


def test_a_source_that_had_posts_and_shows_none_is_suspect_not_silent(stores):
    turn(stores, ListedSource([make_post(n) for n in range(25)]))
    (run,) = turn(stores, ListedSource([]), now=NOON + HOUR)
    _, stream = state(stores)
    assert (run.verdict, [gap.reason for gap in stream.gaps]) == ("empty", ["silent"])
    assert stream.accounted[-1][1] == NOON


def test_a_hashtag_that_never_had_posts_is_covered_silence(stores):
    (run,) = turn(stores, ListedSource([]))
    _, stream = state(stores)
    assert (run.verdict, stream.gaps) == ("empty", ())
    assert stream.accounted == [(NOON - timedelta(days=7), NOON)]


def test_a_failure_in_the_middle_keeps_what_was_read_and_goes_on_from_there(stores):
    posts = [make_post(n) for n in range(45)]
    broken = ListedSource(posts, fails={2: SourceUnavailableError("reset")})
    (run,) = turn(stores, broken)
    stored, stream = state(stores)
    (gap,) = stream.gaps
    assert (run.verdict, stored, gap.cursor) == ("partial", 20, "20")
    assert stream.accounted == [(gap.to_at, NOON)]
    turn(stores, ListedSource(posts), now=NOON + HOUR)
    stored, stream = state(stores)
    assert (stored, stream.gaps) == (45, ())


def test_a_run_that_was_killed_leaves_a_gap_with_its_cursor(stores):
    posts = [make_post(n) for n in range(45)]
    turn(stores, ListedSource([]))
    with stores.open() as store, store.transaction():
        # As a kill leaves it: one page saved with its cursor, the run without an end.
        store.database.run("delete from coverage")
        store.database.run("delete from posts")
        store.database.run("delete from runs")
        run_id = store.runs.start("poll", SOURCE, now=NOON, hashtag="airbersih")
        page = next(ListedSource(posts).pages("airbersih", cursor=None, now=NOON))
        saved = store.posts.add(page, source=SOURCE, now=NOON)
        store.runs.add_page(run_id, saved, page)
        store.coverage.cover(SOURCE, "airbersih", (NOON - timedelta(minutes=5), NOON))
    _, fill = turn(stores, ListedSource(posts), now=NOON + HOUR)
    stored, stream = state(stores)
    assert (fill.task, stored, stream.gaps) == ("backfill", 45, ())
    assert stream.accounted == [(NOON - timedelta(days=7), NOON + HOUR)]
    with stores.open(read_only=True) as store:
        runs = store.database.rows("select verdict, detail from runs order by run_id")
    assert runs[0] == {"verdict": "failed", "detail": "interrupted"}


def test_a_stop_between_pages_is_a_partial_run(stores):
    stop = threading.Event()
    source = ListedSource([make_post(n) for n in range(25)])
    pages = source.pages

    def stopping(*args, **kwargs):
        for page in pages(*args, **kwargs):
            stop.set()
            yield page

    source.pages = stopping
    (run,) = turn(stores, source, stop=stop)
    _, stream = state(stores)
    assert (run.verdict, [gap.reason for gap in stream.gaps]) == ("partial", ["interrupted"])


def test_the_hashtag_that_was_asked_for_is_among_the_posts_hashtags(stores):
    odd = make_post(1, hashtags_raw=("AirBersíh",))
    turn(stores, ListedSource([odd]))
    with stores.open(read_only=True) as store:
        (row,) = store.database.rows("select hashtags from posts")
    assert row["hashtags"] == ["airbersíh", "airbersih"]


def test_reposts_are_asked_for_and_become_interactions(stores):
    post = make_post(1, created_at=NOON - 2 * HOUR)
    boosts = [
        make_repost(f"mastodon:@p{n}@b.example", target_post_key=post.post_key) for n in range(3)
    ]
    source = ListedSource([post], boosts=boosts)
    settings = CollectSettings()
    _, expand = turn(stores, source, settings=settings)
    assert (expand.task, expand.new) == ("expand", 3)
    (poll,) = turn(stores, source, settings=settings, now=NOON + HOUR)
    assert poll.task == "poll"  # asked an hour ago; the next age is six hours
    _, again = turn(stores, source, settings=settings, now=NOON + 5 * HOUR)
    assert (again.task, again.new) == ("expand", 0)


def test_a_post_whose_count_has_grown_is_asked_for_its_reposts_at_once(stores):
    post = make_post(1, created_at=NOON - timedelta(minutes=2))
    boost = make_repost(target_post_key=post.post_key)
    source = ListedSource([post], boosts=[boost], engagement=[make_engagement(1, reposts=2)])
    settings = CollectSettings()
    _, expand = turn(stores, source, settings=settings)
    assert (expand.task, expand.new) == ("expand", 1)
    # The server counts two and names one: it is not asked again for that.
    assert len(turn(stores, source, settings=settings, now=NOON + HOUR / 6)) == 1


def test_a_turn_that_was_replayed_ahead_of_time_keeps_nothing_from_being_due(stores):
    source = ListedSource([make_post(1)])
    turn(stores, source, now=NOON + timedelta(days=30))
    run, *_ = turn(stores, source)
    assert run.verdict == "complete"


def test_a_source_that_gives_no_older_posts_leaves_the_rest_missing_with_the_reason(stores):
    source = ListedSource([make_post(1, created_at=NOON - HOUR)])
    pages = source.pages

    def short(*args, **kwargs):
        for page in pages(*args, **kwargs):
            yield replace(page, reached_at=NOON - 3 * HOUR, beyond="too old")

    source.pages = short
    (run, *_) = turn(stores, source)
    _, stream = state(stores)
    (gap,) = stream.gaps
    assert (run.verdict, gap.reason, gap.to_at) == ("truncated", "too old", NOON - 3 * HOUR)
    assert stream.accounted == [(NOON - 3 * HOUR, NOON)]
    (run, *_) = turn(stores, source, now=NOON + HOUR)  # reads no further than what is known
    _, stream = state(stores)
    assert (run.verdict, len(stream.gaps)) == ("complete", 1)


def test_reading_again_what_is_known_leaves_no_gap_however_it_ends(stores):
    posts = [make_post(n, created_at=NOON - n * timedelta(minutes=7)) for n in range(600)]
    turn(stores, ListedSource(posts, page_size=100), now=NOON)
    late = make_post(999, created_at=NOON - 20 * HOUR)
    down = {1: SourceUnavailableError("503")}
    source = ListedSource([*posts, late], page_size=100, fails=down)
    turn(stores, source, now=NOON + 4 * HOUR)
    _, stream = state(stores)
    assert stream.gaps == ()
    run, *_ = turn(stores, ListedSource([*posts, late], page_size=100), now=NOON + 8 * HOUR)
    stored, stream = state(stores)
    assert (run.task, stored, stream.gaps) == ("rescan", 601, ())


def test_a_watch_that_reaches_further_back_than_before_has_that_read(stores):
    posts = [make_post(n, created_at=NOON - n * HOUR) for n in range(24 * 20)]
    turn(stores, ListedSource(posts, page_size=100), now=NOON)
    stored, _ = state(stores)
    assert stored < 24 * 8 + 100
    deeper = Wish(SOURCE, "airbersih", timedelta(minutes=10), timedelta(days=15))
    runs = collect(
        stores,
        {SOURCE: ListedSource(posts, page_size=100)},
        [deeper],
        settings=CollectSettings(expand_limit=0),
        now=NOON + HOUR,
        stop=threading.Event(),
    )
    stored, stream = state(stores)
    assert [run.task for run in runs] == ["poll", "backfill"]
    assert stream.gaps == ()
    assert stream.accounted[0][0] == NOON + HOUR - timedelta(days=15)
    assert stored >= 24 * 15


def test_a_gap_without_a_cursor_is_filled_piece_by_piece(stores):
    posts = [make_post(n, created_at=NOON - n * timedelta(minutes=7)) for n in range(600)]
    settings = CollectSettings(max_pages=2, expand_limit=0)
    down = {0: RateLimitedError("429", retry_at=NOON)}
    turn(stores, ListedSource(posts, page_size=50, fails=down), settings=settings)
    _, stream = state(stores)
    assert [gap.cursor for gap in stream.gaps] == [None]
    for hours in range(1, 8):
        turn(stores, ListedSource(posts, page_size=50), settings=settings, now=NOON + hours * HOUR)
    stored, stream = state(stores)
    assert (stored, stream.gaps) == (600, ())
    assert stream.accounted == [(NOON - timedelta(days=7), NOON + 7 * HOUR)]


def test_a_gap_without_a_cursor_far_down_is_reached_over_several_turns(stores):
    source = ListedSource([make_post(n, created_at=NOON - n * HOUR / 2) for n in range(1, 200)])
    turn(stores, source)
    with stores.open() as store, store.transaction():
        store.coverage.open_gap(
            SOURCE,
            WISH.hashtag,
            (NOON - 80 * HOUR, NOON - 70 * HOUR),
            "failed",
            now=NOON,
            detail="a web page instead of JSON",
            cursor=None,
        )
    settings = CollectSettings(expand_limit=0, check_limit=0, max_pages=3)
    for number in range(1, 10):
        turn(stores, source, now=NOON + number * HOUR / 4, settings=settings)
        if not state(stores)[1].gaps:
            break
    assert state(stores)[1].gaps == ()
    assert number < 9
