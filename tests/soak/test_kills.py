"""Whatever ends the daemon, what it saved is whole, and the rest is fetched later."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from monitor import ledger
from tests.soak.processes import TAG, Place, Server, wait_until

pytestmark = pytest.mark.soak

_KILLS = 20


@pytest.mark.parametrize("seed", [20261123])
def test_twenty_kills_while_it_collects_lose_nothing_and_double_nothing(
    place: Place, serving: Callable[[int], Server], seed: int
) -> None:
    moments = random.Random(seed)
    server = serving(900)
    server.behave(delay=0.05, boosts=3)
    place.configure(server, collect={"max_pages": 15, "expand_limit": 10})
    for _ in range(_KILLS):
        server.behave(publish=moments.choice([0, 1, 45, 90]))
        asked = server.requests()
        daemon = place.daemon()
        wait_until(lambda asked=asked: server.requests() > asked, seconds=20, what="a request")
        time.sleep(moments.uniform(0.0, 1.2))
        assert daemon.process.poll() is None, daemon.log()
        daemon.kill()
        place.let_a_minute_pass()
    server.behave(publish=30, delay=0.0)
    _finish(place)
    _nothing_is_missing(place, server)


def _finish(place: Place) -> None:
    """Let daemons that nobody kills do turn after turn: each fills one gap of a stream."""
    for _ in range(_KILLS):
        daemon = place.daemon()
        daemon.wait_for("task=poll")
        with place.store() as store:
            gaps = store.coverage.open_gaps()
        assert daemon.stop()[0] == 0, daemon.log()
        if not gaps:
            return
        place.let_a_minute_pass()
    raise AssertionError(f"gaps stay open: {gaps}")


def _nothing_is_missing(place: Place, server: Server) -> None:
    stored = place.post_keys()
    assert len(stored) == len(set(stored))
    assert set(stored) == server.post_keys()
    with place.store() as store:
        runs = store.database.frame("select * from runs order by run_id")
        boosts = store.database.frame(
            "select target_post_key, author_key from interactions where kind = 'repost'"
        )
        (stream,) = store.coverage.streams()
    # Counted as they were saved: each post was new exactly once.
    assert runs.filter(runs["task"] != "expand")["new"].sum() == len(stored)
    assert runs["verdict"].null_count() == 0
    assert runs["finished_at"].null_count() == 0
    assert runs.filter(runs["detail"] == "interrupted").height >= _KILLS * 3 // 4
    assert boosts.height > 0
    assert boosts.is_unique().all()
    assert (stream.source, stream.hashtag) == (server.source, TAG)
    assert stream.covered_to is not None
    assert stream.gaps == ()
    assert ledger.coverage([stream], stream.wanted_from, stream.covered_to) == 1.0
