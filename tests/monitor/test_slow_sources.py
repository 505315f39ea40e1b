"""A source that answers, and takes long for it, does not keep the daemon from all others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from collectors.collector import PostRef
from collectors.errors import SourceUnavailableError
from monitor.collect.inquiry import Inquiry
from monitor.collect.stage import plan
from monitor.collect.worker import Worker
from monitor.config import CollectSettings
from monitor.schedule import Task, Wish
from tests.builders import HOUR, NOON, SOURCE, ListedSource, make_post

TAGS = ["airbersih", "banjir", "curah"]
SETTINGS = CollectSettings(expand_limit=0, check_limit=0, max_pages=100)


@dataclass
class Slow(ListedSource):
    """Takes half a minute for each page; the time is its own."""

    seconds: list[float] = field(default_factory=lambda: [0.0])
    takes: float = 29.0

    def pages(self, hashtag, *, cursor, now) -> Iterator:
        for page in super().pages(hashtag, cursor=cursor, now=now):
            self.seconds[0] += self.takes
            yield page


def carry_out(stores, source, tags, *, now=NOON):
    worker = Worker(
        stores,
        source,
        settings=SETTINGS,
        now=now,
        stop=threading.Event(),
        monotonic=lambda: source.seconds[0],
    )
    tasks = [Task("poll", SOURCE, tag, NOON - 24 * HOUR, "first run") for tag in tags]
    with stores.open() as store, store.transaction():
        for tag in tags:
            store.coverage.want(SOURCE, tag, since=NOON - 24 * HOUR)
    return worker.carry_out(tasks)


def test_one_run_of_a_slow_source_ends_and_goes_on_where_it_was(stores):
    source = Slow([make_post(n) for n in range(400)])
    (run,) = carry_out(stores, source, TAGS[:1])
    assert source.seconds[0] < 360
    assert (run.verdict, run.new) == ("truncated", 10 * run.pages)
    assert run.detail is not None
    assert run.detail.startswith("slow: not done after 5 minutes")
    with stores.open(read_only=True) as store:
        (gap,) = store.coverage.open_gaps()
    assert (gap.reason, gap.cursor) == ("truncated", str(run.new))


def test_what_a_slow_source_was_not_asked_for_comes_first_the_next_time(stores):
    source = Slow([make_post(n) for n in range(400)])
    runs = carry_out(stores, source, TAGS)
    assert [run.hashtag for run in runs] == ["airbersih"]
    minute = timedelta(minutes=1)
    wishes = [Wish(SOURCE, tag, minute, 24 * HOUR) for tag in TAGS]
    with stores.open() as store, store.transaction():
        tasks = plan(store, wishes, settings=SETTINGS, now=NOON + 10 * minute)
    assert list(dict.fromkeys(task.hashtag for task in tasks)) == ["banjir", "curah", "airbersih"]


def test_a_source_that_is_not_slow_is_asked_for_all(stores):
    source = Slow([make_post(n) for n in range(25)], takes=1.0)
    runs = carry_out(stores, source, TAGS)
    assert [run.hashtag for run in runs] == TAGS
    assert {run.verdict for run in runs} == {"complete"}


def asked(*, fails: bool) -> tuple[Inquiry[str], list[str], list[float]]:
    """Ask about a hundred posts, each of which takes half a minute."""
    seconds = [0.0]

    def ask(batch: list[PostRef]) -> str:
        seconds[0] += 29.0
        if fails:
            raise SourceUnavailableError("timed out")
        return batch[0].post_key

    posts = [[PostRef(f"mastodon:{n}", None, None, NOON, None)] for n in range(100)]
    inquiry = Inquiry(ListedSource([]), ask, threading.Event(), monotonic=lambda: seconds[0])
    return inquiry, [answer for _, answer in inquiry.answers(posts)], seconds


def test_questions_about_posts_are_left_to_the_next_turn_where_each_takes_long():
    inquiry, answers, seconds = asked(fails=False)
    assert seconds[0] < 180
    assert len(answers) == 5
    assert (inquiry.end.verdict, inquiry.culprits) == ("partial", {})
    assert inquiry.end.detail == "slow: not done after 2 minutes; the rest is asked next time"


def test_a_source_that_fails_slowly_has_failed():
    inquiry, answers, seconds = asked(fails=True)
    assert seconds[0] < 180
    assert (inquiry.end.verdict, answers) == ("failed", [])
    assert inquiry.culprits == {}  # nobody knows whose fault it was
