"""After a pause the daemon does what is overdue, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor import clock
from tests.soak.processes import Place, Server, wait_until

pytestmark = pytest.mark.soak


def test_what_was_posted_while_the_daemon_was_down_is_collected_by_its_first_tick(
    place: Place, serving: Callable[[int], Server]
) -> None:
    server = serving(100)
    place.configure(server)
    daemon = place.daemon()
    daemon.wait_for("task=poll")
    assert daemon.stop()[0] == 0
    assert set(place.post_keys()) == server.post_keys()
    server.behave(publish=130)
    place.let_a_minute_pass()
    daemon = place.daemon()
    daemon.wait_for("task=poll", seconds=10)  # less than the time between two ticks
    assert daemon.stop()[0] == 0
    assert set(place.post_keys()) == server.post_keys()


def test_a_digest_that_was_due_while_the_daemon_was_down_is_written_once(
    place: Place, serving: Callable[[int], Server]
) -> None:
    server = serving(40)
    local = clock.now().astimezone(ZoneInfo("Asia/Jakarta"))
    hour_ago = (local - timedelta(hours=1)).strftime("%H:%M")
    place.configure(server, more=f'[digest]\nat = "{hour_ago}"\nrecipients = ["a@example.org"]')
    for _ in range(3):
        daemon = place.daemon()
        wait_until(lambda: _letters(place), seconds=20, what="the digest")
        daemon.kill()  # at once: written with the turn, or not at all
        place.let_a_minute_pass()
    daemon = place.daemon()
    daemon.wait_for("task=poll")
    assert daemon.stop()[0] == 0
    ((key, at),) = _letters(place)
    due = local - timedelta(hours=1)
    assert key == f"digest:a@example.org:{due.date().isoformat()}"
    assert at >= due
    assert (place.folder / "daemon.log").read_text(encoding="utf-8").count("digest written") <= 1


def _letters(place: Place) -> list[tuple[str, datetime]]:
    if not place.store_path.exists():
        return []
    with place.store() as store:
        return store.database.frame("select letter_key, enqueued_at from outbox").rows()


def test_a_tick_during_a_long_one_is_skipped_and_told(
    place: Place, serving: Callable[[int], Server]
) -> None:
    """Pitfall 17: the second tick must not ask the same again beside the first."""
    server = serving(10)
    server.behave(delay=20.0)  # longer than the time between two ticks
    place.configure(server)
    daemon = place.daemon()
    daemon.wait_for("a tick is left out", seconds=30)
    assert "apscheduler" not in daemon.log().lower()  # one form of line
    assert len([path for path in server.state()["requests"] if "timelines" in path]) == 1
    with place.store() as store:
        runs = store.database.value("select count(*) from runs where finished_at is null")
    assert runs == 1
    assert daemon.stop()[0] == 0
