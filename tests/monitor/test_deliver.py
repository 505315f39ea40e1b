"""Letters in the outbox are sent, wait, or are given up; none is lost."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver import Delivery, Mailer, deliver, next_attempt
from monitor.store import Store, StoreFile
from tests.monitor.payloads.mail_server import (
    HOUR,
    NOON,
    Server,
    mail_settings,
    make_letter,
    running,
    strict,
    trusting,
)


@pytest.fixture
def store(stores: StoreFile) -> Iterator[Store]:
    with stores.open() as opened:
        yield opened


def test_a_batch_is_one_connection_and_no_letter_suffers_for_another(store: Store) -> None:
    names = ("ana", "nobody", "grey", "budi", "late", "no address", "citra")
    for number, name in enumerate(names):
        letter = make_letter(name, number)
        assert store.outbox.enqueue(letter, now=NOON + number * timedelta(seconds=1))
    with running(server := Server()) as port, Mailer(mail_settings(port)) as mailer:
        done = deliver(store.outbox, mailer, now=NOON + HOUR)
    assert done == Delivery(sent=3, deferred=2, dead=2)
    assert [mail["To"] for mail in server.got] == [
        f"{name}@example.go.id" for name in ("ana", "budi", "citra")
    ]
    assert server.connections == 1
    summary = store.outbox.summary()
    assert (summary["waiting"], summary["sent"], summary["dead"]) == (2, 3, 2)


def test_a_greylisted_letter_arrives_at_the_second_try(store: Store) -> None:
    store.outbox.enqueue(make_letter("grey"), now=NOON)
    with running(server := Server()) as port, Mailer(mail_settings(port)) as mailer:
        assert deliver(store.outbox, mailer, now=NOON).deferred == 1
        assert deliver(store.outbox, mailer, now=NOON) == Delivery(sent=0, deferred=0, dead=0)
        assert deliver(store.outbox, mailer, now=NOON + 3 * timedelta(minutes=1)).sent == 1
    assert len(server.got) == 1


@pytest.mark.parametrize("name", ["drop", "busy"])
def test_after_the_line_breaks_the_rest_goes_through_a_new_one(store: Store, name: str) -> None:
    for number, to in enumerate((name, "budi")):
        letter = make_letter(to, number)
        store.outbox.enqueue(letter, now=NOON + number * timedelta(seconds=1))
    with running(server := Server()) as port, Mailer(mail_settings(port)) as mailer:
        assert deliver(store.outbox, mailer, now=NOON + HOUR) == Delivery(
            sent=1, deferred=1, dead=0
        )
        assert deliver(store.outbox, mailer, now=NOON + 2 * HOUR).sent == 1
    assert [mail["To"] for mail in server.got] == ["budi@example.go.id", f"{name}@example.go.id"]


def test_a_letter_lost_on_the_way_back_comes_again_with_the_same_name(store: Store) -> None:
    store.outbox.enqueue(make_letter("lost"), now=NOON)
    with running(server := Server()) as port, Mailer(mail_settings(port)) as mailer:
        assert deliver(store.outbox, mailer, now=NOON).deferred == 1
        assert deliver(store.outbox, mailer, now=NOON + HOUR).sent == 1
    first, *again = (mail["Message-ID"] for mail in server.got)
    assert again
    assert set(again) == {first}


def test_a_refused_login_is_tried_once_for_a_whole_batch(store: Store) -> None:
    for number in range(20):
        store.outbox.enqueue(make_letter("ana", number), now=NOON)
    with running(server := strict(Server())) as port:
        settings = mail_settings(port, security="starttls", username="gaung")
        with Mailer(settings, password="falsch", context=trusting()) as mailer:
            assert deliver(store.outbox, mailer, now=NOON).deferred == 20
    assert server.logins <= 2  # smtplib tries each way to log in that the server offers


def test_a_letter_is_given_up_after_two_days(store: Store) -> None:
    store.outbox.enqueue(make_letter("late"), now=NOON)
    now, tries = NOON, 0
    with running(Server()) as port, Mailer(mail_settings(port)) as mailer:
        while store.outbox.summary()["waiting"]:
            once = deliver(store.outbox, mailer, now=now)
            tries += once.deferred + once.dead
            now += timedelta(minutes=5)
    assert 48 * HOUR <= now - NOON <= 48.1 * HOUR
    assert 15 <= tries <= 30
    assert store.outbox.summary()["dead"] == 1


def test_a_letter_that_policy_refuses_is_asked_for_ever_more_seldom_until_two_days_are_over(
    store: Store,
) -> None:
    store.outbox.enqueue(make_letter("spf"), now=NOON)
    now, tried = NOON, []
    with running(Server()) as port, Mailer(mail_settings(port)) as mailer:
        while store.outbox.summary()["waiting"]:
            once = deliver(store.outbox, mailer, now=now)
            tried += [now] if once.deferred + once.dead else []
            now += timedelta(minutes=5)
    pauses = [later - one for one, later in pairwise(tried)]
    assert pauses[0] >= timedelta(minutes=10)
    assert pauses[0] < pauses[2] < pauses[4]
    assert 12 <= len(tried) <= 25
    assert 48 * HOUR <= tried[-1] - NOON <= 48.1 * HOUR
    assert "5.7.26" in store.outbox.summary()["last_error"]


def test_no_letter_is_lost_or_doubled_when_a_fifth_is_put_off(store: Store) -> None:
    keys = {make_letter(f"u{number}", number).key for number in range(200)}
    for number in range(200):
        store.outbox.enqueue(make_letter(f"u{number}", number), now=NOON)
    now, rounds = NOON, []
    with running(server := Server(greylists=0.2)) as port:
        while store.outbox.summary()["waiting"]:
            with Mailer(mail_settings(port)) as mailer:
                rounds.append(deliver(store.outbox, mailer, now=now))
            now += 10 * timedelta(minutes=1)
    assert Counter(mail["X-Gaung-Key"] for mail in server.got) == Counter(keys)
    assert len({mail["Message-ID"] for mail in server.got}) == 200
    assert 150 <= rounds[0].sent < 200
    assert sum(done.dead for done in rounds) == 0


def test_a_crash_before_the_mark_repeats_the_letter_and_loses_none(stores: StoreFile) -> None:
    class Crash(BaseException):
        """The process ends."""

    @dataclass
    class Crashing:
        """An outbox whose process ends after each fifth letter was sent, before the mark."""

        store: Store
        sent: int = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(self.store.outbox, name)

        def mark_sent(self, key: str, now: datetime) -> None:
            self.sent += 1
            if self.sent % 5 == 0:
                raise Crash
            self.store.outbox.mark_sent(key, now)

    with running(server := Server()) as port, stores.open() as store:
        for number in range(40):
            store.outbox.enqueue(make_letter(f"u{number}", number), now=NOON)
        outbox = Crashing(store)
        while store.outbox.summary()["waiting"]:
            with contextlib.suppress(Crash), Mailer(mail_settings(port)) as mailer:
                deliver(outbox, mailer, now=NOON)
    copies = Counter(mail["X-Gaung-Key"] for mail in server.got)
    assert len(copies) == 40
    assert sum(copies.values()) > 40
    assert len({mail["Message-ID"] for mail in server.got}) == 40


@given(
    attempts=st.integers(1, 10_000),
    key=st.text(st.characters(codec="utf-8")),
    waited=st.timedeltas(timedelta(0), timedelta(days=4)),
)
def test_the_pause_is_a_minute_to_six_hours_until_two_days_are_over(
    attempts: int, key: str, waited: timedelta
) -> None:
    now = NOON + waited
    at = next_attempt(attempts, now=now, key=key, enqueued_at=NOON)
    assert at == next_attempt(attempts, now=now, key=key, enqueued_at=NOON)
    if waited >= 48 * HOUR:
        assert at is None
    else:
        assert at is not None
        assert now < at <= now + 6 * HOUR
        assert at >= min(now + timedelta(minutes=1), NOON + 48 * HOUR)


def test_letters_that_failed_together_do_not_return_together() -> None:
    times = {next_attempt(3, now=NOON, key=str(n), enqueued_at=NOON) for n in range(50)}
    assert len(times) == 50
