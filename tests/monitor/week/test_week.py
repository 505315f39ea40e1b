"""A week of two watches: exactly these letters, to these people, at these times.

`make golden` rewrites them; then look at the diff, and at the letters.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor import config
from monitor.coordination import Memory
from monitor.letters import OutboxLetter
from monitor.store import StoreFile
from monitor.turn import turn
from monitor.wiring import App
from tests.monitor.week.campaign import DAY, HOUR, MONDAY, SUNDAY_NIGHT, Server, posts

pytestmark = pytest.mark.long
FOLDER = Path(__file__).parent.parent / "golden" / "week"
WALI, ANALYST = "wali@contoh.go.id", "analis@contoh.example"
CONFIG = {
    "watches": [
        {
            "name": name,
            "hashtags": [hashtag],
            "sources": ["mastodon"],
            "every": "1h",
            "backfill": "15d",
        }
        for name, hashtag in (("air-bersih", "AirBersih"), ("harga-beras", "HargaBeras"))
    ],
    "collect": {"rescan": "0s", "nightly": "0s", "expand_limit": 0, "check_limit": 0},
    "alerts": {"recipients": [WALI, ANALYST]},
    "digest": {"recipients": [WALI, ANALYST]},
    "people": [
        {"address": WALI, "quiet": "22:00-05:00"},
        {"address": ANALYST, "language": "en", "timezone": "Asia/Makassar"},
    ],
}


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> list[OutboxLetter]:
    """All letters of the week, oldest first."""
    settings = config.parse(CONFIG, name="week")
    stores = StoreFile(tmp_path_factory.mktemp("week") / "gaung.duckdb")
    app, server = App(config=settings, stores=stores), Server(posts())
    now, memory = MONDAY, Memory()
    with stores.kept_open():
        while now <= SUNDAY_NIGHT:
            turn(
                app,
                {server.source: server},
                now=now,
                clock_now=lambda now=now: now,
                memory=memory,
            )
            # Where nothing happens, a look every three hours is enough.
            eventful = DAY + 12 * HOUR <= now - MONDAY < 5 * DAY + 9 * HOUR
            now += HOUR if eventful else 3 * HOUR
    with stores.open(read_only=True) as store:
        return store.outbox.due(SUNDAY_NIGHT + DAY, limit=1000)


def listed(letters: list[OutboxLetter]) -> str:
    """Say who got what and when, a line each."""
    zone = ZoneInfo("Asia/Jakarta")
    return "".join(
        f"{one.enqueued_at.astimezone(zone):%a %H:%M} WIB  {one.letter.recipient:<22}  "
        f"{one.letter.subject}\n"
        for one in letters
    )


def check(path: Path, text: str) -> None:
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    assert path.read_bytes().decode() == text, f"{path.name} differs: see `make golden`"


def name(number: int, one: OutboxLetter) -> str:
    who = one.letter.recipient.partition("@")[0]
    return f"{number:02}-{one.letter.key.partition(':')[0]}-{who}"


def test_the_week_has_exactly_these_letters(letters: list[OutboxLetter]) -> None:
    check(FOLDER / "letters.txt", listed(letters))


def test_each_letter_reads_as_it_should(letters: list[OutboxLetter]) -> None:
    # Pseudonyms come from a salt that every store makes for itself.
    for number, one in enumerate(letters, start=1):
        text = f"{one.letter.subject}\n\n{one.letter.text}"
        check(FOLDER / f"{name(number, one)}.txt", re.sub(r"akun-\w{7}", "akun-*******", text))
    if os.environ.get("GOLDEN") == "write":
        kept = {f"{name(number, one)}.txt" for number, one in enumerate(letters, start=1)}
        for path in FOLDER.glob("*-*.txt"):
            if path.name not in kept:
                path.unlink()
    assert len(list(FOLDER.glob("*-*.txt"))) == len(letters)


def test_letters_about_one_thing_are_one_thread(letters: list[OutboxLetter]) -> None:
    threads = {
        one.letter.references
        for one in letters
        if one.letter.key.startswith("alert:")
        and "air-bersih" in one.letter.subject
        and one.enqueued_at < MONDAY + 3 * DAY
    }
    assert len(threads) == 1


def test_nobody_is_disturbed_in_quiet_hours(letters: list[OutboxLetter]) -> None:
    zone = ZoneInfo("Asia/Jakarta")
    hours = {
        one.enqueued_at.astimezone(zone).hour
        for one in letters[2:]  # the first turn sends a sign of life, whatever the hour
        if one.letter.recipient == WALI
    }
    assert hours
    assert not hours & {22, 23, 0, 1, 2, 3, 4}
