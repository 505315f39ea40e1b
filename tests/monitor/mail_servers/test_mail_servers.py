"""Letters through Postfix into Dovecot's mailboxes, and read back over IMAP."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import MailSettings
from monitor.deliver import Delivery, Mailer, deliver
from monitor.letters import Letter, Picture
from monitor.outgoing import StoredOutbox
from monitor.store import StoreFile
from tests.monitor.golden.examples import letters as golden_letters
from tests.monitor.mail_servers.place import DOMAIN, PASSWORD, USER, MailPlace, mail_place

pytestmark = pytest.mark.servers
NOON = datetime(2026, 8, 18, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GOLDEN = golden_letters()["alert-burst.id"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailPlace]:
    with mail_place(tmp_path_factory.mktemp("mail")) as started:
        yield started


def mailer(
    place: MailPlace, security: str = "starttls", *, password: str = PASSWORD, **changes: str
) -> Mailer:
    ports = {"starttls": place.starttls, "tls": place.tls, "none": place.plain}
    settings = MailSettings(
        server="localhost",
        port=ports[security],
        security=security,
        sender=changes.get("sender", f"gaung <gaung@{DOMAIN}>"),
        username="" if security == "none" else USER,
    )
    return Mailer(settings, password=password, context=place.trusting())


def letter(to: str, key: str = "1", **changes: object) -> Letter:
    return replace(GOLDEN, key=f"alert:{key}:{to}", recipient=f"{to}@{DOMAIN}", **changes)


def send(stores: StoreFile, with_: Mailer, *letters: Letter, now: datetime = NOON) -> Delivery:
    with stores.open() as store, store.transaction():
        for one in letters:
            store.outbox.enqueue(one, now=now)
    with with_ as opened:
        return deliver(StoredOutbox(stores), opened, now=now)


def summary(stores: StoreFile) -> tuple[int, int, int, str]:
    with stores.open(read_only=True) as store:
        told = store.outbox.summary()
        error = store.database.value("select coalesce(max(last_error), '') from outbox")
    return told["waiting"], told["sent"], told["dead"], error


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_letter_arrives_as_it_was_written(
    place: MailPlace, stores: StoreFile, security: str
) -> None:
    sent = letter(f"ana-{security}", subject="Lonjakan ↑ 気候 " + "ä" * 90)
    assert send(stores, mailer(place, security), sent).sent == 1
    (mail,) = place.letters(f"ana-{security}", least=1)
    assert mail["Subject"].startswith("Lonjakan ↑ 気候 ää")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert all(mail[name] for name in ("List-Id", "List-Unsubscribe", "References"))
    assert mail["In-Reply-To"] == mail["References"] != mail["Message-ID"]
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    text, html, png = (part for part in mail.walk() if not part.is_multipart())
    assert text.get_content().replace("\r\n", "\n") == sent.text
    assert html.get_content().replace("\r\n", "\n") == sent.html
    assert png.get_content() == sent.pictures[0].png
    assert f"cid:{png['Content-ID'].strip('<>')}" in sent.html


def test_one_refused_letter_hurts_no_other(place: MailPlace, stores: StoreFile) -> None:
    names = ("budi", "reject", "citra", "tempfail")
    assert send(stores, mailer(place), *map(letter, names)) == Delivery(sent=2, deferred=1, dead=1)
    assert len(place.letters("budi", least=1)) == len(place.letters("citra", least=1)) == 1
    waiting, sent, dead, error = summary(stores)
    assert (waiting, sent, dead) == (1, 2, 1)
    assert "550" in error or "451" in error
    place.allow(f"tempfail@{DOMAIN}")
    assert send(stores, mailer(place), now=NOON + 3 * MINUTE).sent == 1
    assert len(place.letters("tempfail", least=1)) == 1


def test_a_wrong_password_keeps_letters_waiting_with_the_remedy(
    place: MailPlace, stores: StoreFile
) -> None:
    assert send(stores, mailer(place, password="falsch"), letter("dewi")).deferred == 1
    assert "mail.username" in summary(stores)[3]
    assert send(stores, mailer(place), now=NOON + 3 * MINUTE).sent == 1
    assert len(place.letters("dewi", least=1)) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    place: MailPlace, stores: StoreFile
) -> None:
    doubting = mailer(place)
    doubting._context = ssl.create_default_context()
    assert send(stores, doubting, letter("eko")).deferred == 1
    assert "certificate" in summary(stores)[3]


def test_a_letter_that_is_too_big_is_given_up_with_the_reason(
    place: MailPlace, stores: StoreFile
) -> None:
    big = letter("fitri", pictures=(Picture(name="big", png=b"x" * 1_500_000),))
    assert send(stores, mailer(place), big).dead == 1
    assert "552" in summary(stores)[3]


def test_a_sender_that_may_not_send_is_the_operators_to_mend(
    place: MailPlace, stores: StoreFile
) -> None:
    assert send(stores, mailer(place, sender=f"spam@{DOMAIN}"), letter("gita")).deferred == 1
    assert "mail.sender" in summary(stores)[3]


def test_a_letter_that_is_sent_twice_is_recognizable(
    place: MailPlace, stores: StoreFile, tmp_path: Path
) -> None:
    again = StoreFile(tmp_path / "again" / "gaung.duckdb")  # as if nobody knew that it was sent
    for store in (stores, again):
        assert send(store, mailer(place), letter("hadi")).sent == 1
    first, second = place.letters("hadi", least=2)
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_body(("plain",)).get_content() == second.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_domain_beyond_ascii_is_reached_by_its_other_name(
    place: MailPlace, stores: StoreFile
) -> None:
    one = replace(letter("x"), recipient="indah@posé-air.invalid")
    assert one.recipient.isascii() is False
    assert send(stores, mailer(place), one).sent == 1
