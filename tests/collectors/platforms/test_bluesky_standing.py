"""Jetstream: servers that never come to the present, and clocks that are ahead of it."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from collectors.collector import Interest
from collectors.errors import SourceUnavailableError
from collectors.platforms.bluesky.heard import Heard
from collectors.platforms.bluesky.jetstream import JetstreamCollector
from collectors.platforms.bluesky.settings import Settings
from collectors.platforms.bluesky.wires import Place
from tests.collectors.platforms.jetstream_network import ALI, SECOND, START, TAGS, post, posts


class Drip:
    """A server whose events come one a second, and are `behind` by that much when they come."""

    def __init__(self, behind: timedelta, *, stands: bool = False) -> None:
        self.now, self.behind, self.stands = START, behind, stands
        self.opened: list[str] = []

    def connect(self, url: str) -> Drip:
        self.opened.append(url)
        return self

    def recv(self, timeout: float) -> str:
        self.now += SECOND
        at = (START if self.stands else self.now) - self.behind
        return json.dumps(post((at - START) / SECOND, ALI, f"{self.now:%H%M%S}", "#banjir"))

    def close(self) -> None:
        """Do nothing."""

    def heard(self) -> list[Any]:
        source = JetstreamCollector(
            Settings().addresses, connect=self.connect, sleep=lambda _: None, now=lambda: self.now
        )
        since = START - self.behind - 5 * SECOND
        return list(
            source.stream(
                Interest(TAGS),
                cursor=source.cursor_at(since),
                now=lambda: self.now,
                stop=threading.Event(),
                live=False,
            )
        )


@pytest.mark.parametrize("seconds", [4, 10, 45])
def test_a_clock_that_is_ahead_by_seconds_does_not_let_one_turn_go_on_for_ever(
    seconds: int,
) -> None:
    drip = Drip(seconds * SECOND)
    pages = drip.heard()
    assert drip.now - START < timedelta(minutes=2)
    assert len(posts(pages)) >= 10
    assert pages[-1].reached_at == drip.now - seconds * SECOND


@pytest.mark.parametrize("stands", [True, False])
def test_a_server_that_never_comes_to_the_present_is_left_and_told_of(stands: bool) -> None:
    drip = Drip(timedelta(hours=1), stands=stands)
    with pytest.raises(SourceUnavailableError, match="comes no nearer to now: see whether"):
        drip.heard()
    assert len(drip.opened) == 3  # each of the two, and the first once more
    assert drip.now - START < timedelta(minutes=5)


def test_hours_by_which_a_clock_was_behind_do_not_pass_for_heard_once_it_is_right() -> None:
    now = [START]
    heard = Heard(Interest(TAGS), "bluesky/jetstream", Place(START), lambda: now[0])

    def hear(second: int) -> Any:
        heard.take(json.dumps(post(second, ALI, f"{second}", "#banjir")).encode())
        return heard.page()

    for second in range(1, 60):
        wrong = timedelta(hours=5) if 20 <= second < 40 else timedelta(0)
        now[0] = START + second * SECOND - wrong
        page = hear(second)
        assert page.reached_at - page.since_at <= 2 * SECOND, second
        if second not in (20, 40):
            assert page.since_at == now[0] - SECOND  # where the one before ended


def test_a_server_whose_clock_is_a_little_ahead_leaves_no_holes() -> None:
    now = [START]
    heard = Heard(Interest(TAGS), "bluesky/jetstream", Place(START), lambda: now[0])
    pages = []
    for second in range(1, 60):
        now[0] = START + second * SECOND
        heard.take(json.dumps(post(second + 45.5, ALI, f"{second}", "#banjir")).encode())
        pages.append(heard.page())
    for before, after in pairwise(pages):
        assert after.since_at == before.reached_at
