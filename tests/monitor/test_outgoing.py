"""Two processes may send at the same time; none sends what the other is sending."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitor.deliver import Mailer, deliver
from monitor.outgoing import StoredOutbox
from monitor.store import StoreFile
from tests.monitor.payloads.mail_server import (
    HOUR,
    NOON,
    Server,
    mail_settings,
    make_letter,
    running,
)

MINUTE = timedelta(minutes=1)


def enqueue(stores: StoreFile, number: int) -> list[str]:
    """Put letters in, and give their keys, oldest first."""
    letters = [make_letter(f"u{n}", n) for n in range(number)]
    with stores.open() as store, store.transaction():
        for n, letter in enumerate(letters):
            store.outbox.enqueue(letter, now=NOON + n * timedelta(seconds=1))
    return [letter.key for letter in letters]


def outbox(stores: StoreFile, at: datetime = NOON) -> StoredOutbox:
    """Give the outbox as a process sees it whose clock says so."""
    return StoredOutbox(stores, clock_now=lambda: at)


def taken(outbox: StoredOutbox) -> list[str]:
    return [waiting.letter.key for waiting in outbox.due(NOON + HOUR)]


def test_what_one_process_was_given_no_other_is_given(stores: StoreFile) -> None:
    keys = enqueue(stores, 12)
    batches = [taken(outbox(stores)) for _ in range(4)]
    assert [key for batch in batches for key in batch] == keys
    assert batches[-1] == []
    assert not outbox(stores).has_due(NOON + HOUR)


def test_asking_whether_anything_is_due_takes_nothing(stores: StoreFile) -> None:
    keys = enqueue(stores, 1)
    assert outbox(stores).has_due(NOON)
    assert taken(outbox(stores)) == keys


def test_a_killed_sender_keeps_its_letters_for_three_minutes_and_no_longer(
    stores: StoreFile,
) -> None:
    keys = enqueue(stores, 2)
    assert taken(outbox(stores)) == keys
    assert taken(outbox(stores, NOON + 2.9 * MINUTE)) == []
    assert outbox(stores, NOON + 3 * MINUTE).has_due(NOON + HOUR)
    assert taken(outbox(stores, NOON + 3 * MINUTE)) == keys


def test_a_letter_that_was_put_off_waits_for_its_time_and_not_for_a_lease(
    stores: StoreFile,
) -> None:
    keys = enqueue(stores, 1)
    taken(outbox(stores))
    outbox(stores).mark_deferred(keys[0], "451", NOON + MINUTE, NOON)
    assert not outbox(stores).has_due(NOON)
    assert taken(outbox(stores, NOON + MINUTE)) == keys


@pytest.mark.parametrize("mark", ["sent", "dead"])
def test_a_letter_that_is_done_is_leased_by_nobody(stores: StoreFile, mark: str) -> None:
    keys = enqueue(stores, 1)
    taken(outbox(stores))
    if mark == "sent":
        outbox(stores).mark_sent(keys[0], NOON)
    else:
        outbox(stores).mark_dead(keys[0], "550", NOON)
    with stores.open() as store:
        assert store.database.value("select leased_until from outbox") is None
    assert taken(outbox(stores, NOON + HOUR)) == []


def test_more_letters_than_are_given_at_once_are_all_sent(stores: StoreFile) -> None:
    enqueue(stores, 23)
    with running(server := Server()) as port, Mailer(mail_settings(port)) as mailer:
        assert deliver(outbox(stores), mailer, now=NOON + HOUR).sent == 23
    assert len({mail["Message-ID"] for mail in server.got}) == 23
    assert server.connections == 1
