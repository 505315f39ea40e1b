"""Against Postfix and Dovecot: letters arrive as they were written, wait, or are given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.config import MailSettings
from monitor.deliver import Delivery, Mailer, deliver
from monitor.letters import Letter, message
from monitor.outgoing import StoredOutbox
from monitor.store import StoreFile
from tests.monitor.golden.examples import letters
from tests.monitor.mail_servers.servers import DOMAIN, IDN, PASSWORD, MailServers, read, started
from tests.monitor.payloads.mail_server import NOON, trusting

pytestmark = pytest.mark.servers

MINUTE = timedelta(minutes=1)
BULLETIN = (
    "Lonjakan #AirBersih di Kupang: 412 kiriman, harapan 31–58 💧\n"
    "\n"
    ".titik di awal baris\n"
    "From awal baris\n"
    f"{'baris yang sangat panjang ' * 60}\n"
    "Ayo, naïf — ‘kutipan’, 気候, ꦲꦶꦂ.\n"
)


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServers]:
    with started() as running:
        yield running


@pytest.fixture
def sending(stores: StoreFile) -> Callable[..., Delivery]:
    """Send what is due, as the daemon does; the clock shows `now`."""

    def send(
        settings: MailSettings, *, now: datetime = NOON, password: str = PASSWORD, **options: Any
    ) -> Delivery:
        outbox = StoredOutbox(stores, clock_now=lambda: now)
        trust = {"context": trusting()} | options
        with Mailer(settings, password=password, **trust) as mailer:
            return deliver(outbox, mailer, now=now)

    return send


def bulletin(name: str, number: int = 1, **fields: Any) -> Letter:
    given: dict[str, Any] = {
        "key": f"alert:{number}:{name}",
        "recipient": f"{name}@{DOMAIN}",
        "subject": "[gaung] Lonjakan #AirBersih ↑ 12× 💧: tolong dibaca sebelum rapat pagi, ya",
        "text": BULLETIN,
        "html": f"<p>{BULLETIN}</p>\n",
        "references": "finding:1",
    }
    return Letter(**(given | fields))


def enqueue(stores: StoreFile, *letters: Letter) -> None:
    with stores.open() as store, store.transaction():
        for letter in letters:
            assert store.outbox.enqueue(letter, now=NOON)


def left(stores: StoreFile) -> list[tuple[str, str, str | None]]:
    """Give each letter's recipient, what became of it, and why."""
    with stores.open() as store:
        rows = store.database.rows(
            """
            select split_part(recipient, '@', 1) as name, last_error, case
                when sent_at is not null then 'sent'
                when dead_at is not null then 'dead' else 'waits' end as state
            from outbox order by 1
            """
        )
    return [(row["name"], row["state"], row["last_error"]) for row in rows]


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_letter_arrives_byte_for_byte_on_each_kind_of_port(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery], security: str
) -> None:
    settings = servers.settings(security)
    assert Mailer(settings, password=PASSWORD, context=trusting()).check() is None
    letter = bulletin(f"utuh-{security}")
    enqueue(stores, letter)
    assert sending(settings) == Delivery(sent=1, deferred=0, dead=0)
    (raw,) = servers.mailbox(f"utuh-{security}", holds=1)
    written = message(letter, sender=settings.sender, sent_at=NOON).as_bytes()
    # Mail servers may write above a letter, and into it nothing.
    assert raw.endswith(written)


def test_a_mail_program_reads_what_was_written(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery]
) -> None:
    letter = bulletin("isi")
    enqueue(stores, letter)
    sending(servers.settings())
    mail = read(servers.mailbox("isi", holds=1)[0])
    written = message(letter, sender=f"Gaung <gaung@{DOMAIN}>", sent_at=NOON)
    for name in ("Message-ID", "References", "In-Reply-To", "X-Gaung-Key", "To", "From", "Date"):
        assert mail[name] == written[name]
    assert mail["Subject"] == letter.subject
    assert mail["List-Id"] == f"gaung <gaung.{DOMAIN}>"
    assert mail["List-Unsubscribe"] == f"<mailto:gaung@{DOMAIN}?subject=unsubscribe>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Return-Path"] == f"<gaung@{DOMAIN}>"
    assert mail.get_content_type() == "multipart/alternative"
    parts = [part.get_content().replace("\r\n", "\n") for part in mail.iter_parts()]
    assert parts == [letter.text, letter.html]
    assert not mail.defects


def test_a_chart_comes_along_and_is_shown_from_within(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery]
) -> None:
    golden = letters()["alert-burst.id"]
    enqueue(stores, replace(golden, key="alert:chart", recipient=f"wulan@{DOMAIN}"))
    assert sending(servers.settings()).sent == 1
    mail = read(servers.mailbox("wulan", holds=1)[0])
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    *_, html, png = mail.walk()
    assert png.get_content() == golden.pictures[0].png
    assert f"cid:{png['Content-ID'].strip('<>')}" in html.get_content()


def test_a_domain_beyond_ascii_is_reached(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery]
) -> None:
    enqueue(stores, bulletin("wayan", recipient=f"Wayan Kopí <wayan@{IDN}>"))
    assert sending(servers.settings()).sent == 1
    punycode = IDN.encode("idna").decode()
    (raw,) = servers.mailbox("wayan", holds=1, domain=punycode)
    (to,) = read(raw)["To"].addresses
    assert (to.display_name, to.addr_spec) == ("Wayan Kopí", f"wayan@{punycode}")


def test_a_wrong_password_costs_no_letter(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery]
) -> None:
    enqueue(stores, *(bulletin("sandi", number) for number in range(3)))
    settings = servers.settings()
    assert sending(settings, password="salah") == Delivery(sent=0, deferred=3, dead=0)
    for _, state, why in left(stores):
        assert state == "waits"
        assert why is not None
        assert "refused the login (535 5.7.8" in why
        assert why.endswith("check mail.username and the password in MAIL_PASSWORD")
        assert "salah" not in why
    assert sending(settings, now=NOON + 5 * MINUTE).sent == 3
    servers.mailbox("sandi", holds=3)


def test_a_login_that_was_forgotten_costs_no_letter(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery]
) -> None:
    enqueue(stores, bulletin("lupa"))
    assert sending(servers.settings(username="")) == Delivery(sent=0, deferred=1, dead=0)
    ((_, state, why),) = left(stores)
    assert state == "waits"
    assert "refused the recipient (see mail.username): 554 5.7.1" in str(why)
    assert sending(servers.settings(), now=NOON + 60 * MINUTE).sent == 1


def test_a_certificate_that_nobody_vouches_for_costs_no_letter(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery]
) -> None:
    enqueue(stores, bulletin("sertifikat"))
    for minutes, security in ((0, "starttls"), (5, "tls")):
        now = NOON + minutes * MINUTE
        done = sending(servers.settings(security), now=now, context=None)
        assert done == Delivery(sent=0, deferred=1, dead=0)
        ((_, state, why),) = left(stores)
        assert (state, "certificate that is not trusted" in str(why)) == ("waits", True)
        assert "SSL_CERT_FILE" in str(why)
    assert sending(servers.settings(), now=NOON + 15 * MINUTE).sent == 1


def test_no_recipient_suffers_for_another(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery]
) -> None:
    servers.refuse(
        tempfail="451 4.3.0 temporary failure, try later",
        reject="550 5.1.1 no such mailbox",
    )
    names = ("banyak1", "reject", "banyak2", "tempfail", "banyak3")
    enqueue(stores, *(bulletin(name, number) for number, name in enumerate(names)))
    assert sending(servers.settings()) == Delivery(sent=3, deferred=1, dead=1)
    became = {name: (state, why) for name, state, why in left(stores)}
    for name in ("banyak1", "banyak2", "banyak3"):
        assert became[name] == ("sent", None)
        servers.mailbox(name, holds=1)
    assert became["reject"][0] == "dead"
    assert "refused the recipient: 550 5.1.1" in str(became["reject"][1])
    assert "no such mailbox" in str(became["reject"][1])
    assert became["tempfail"][0] == "waits"
    assert "refused the recipient: 451 4.3.0" in str(became["tempfail"][1])
    servers.refuse()
    assert sending(servers.settings(), now=NOON + MINUTE / 2) == Delivery(
        sent=0, deferred=0, dead=0
    )
    assert sending(servers.settings(), now=NOON + 5 * MINUTE).sent == 1
    servers.mailbox("tempfail", holds=1)
    servers.mailbox("reject", holds=0)


def test_a_letter_that_is_too_big_is_given_up_and_the_next_one_goes(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery]
) -> None:
    enqueue(stores, bulletin("besar", text="air " * 400_000), bulletin("kecil"))
    assert sending(servers.settings()) == Delivery(sent=1, deferred=0, dead=1)
    (_, state, why), (_, other, _) = left(stores)
    assert (state, other) == ("dead", "sent")
    assert "552 5.3.4" in str(why)
    servers.mailbox("kecil", holds=1)


def test_a_sender_who_may_not_send_costs_no_letter(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery]
) -> None:
    enqueue(stores, bulletin("pengirim"))
    refused = servers.settings(sender=f"spam@{DOMAIN}")
    assert sending(refused) == Delivery(sent=0, deferred=1, dead=0)
    ((_, state, why),) = left(stores)
    assert state == "waits"
    assert "refused the sender (see mail.sender, mail.username): 554 5.7.1" in str(why)
    assert sending(servers.settings(), now=NOON + 60 * MINUTE).sent == 1


def test_a_server_that_is_down_is_tried_again(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery]
) -> None:
    enqueue(stores, *(bulletin("mati", number) for number in range(2)))
    servers.postfix("stop")
    assert sending(servers.settings()) == Delivery(sent=0, deferred=2, dead=0)
    assert all("cannot be reached" in str(why) for _, _, why in left(stores))
    servers.postfix("start")
    assert sending(servers.settings(), now=NOON + 5 * MINUTE).sent == 2
    servers.mailbox("mati", holds=2)


def test_a_letter_that_was_sent_and_not_marked_comes_again_under_its_name(
    servers: MailServers, stores: StoreFile, sending: Callable[..., Delivery]
) -> None:
    enqueue(stores, bulletin("kembar"))
    settings = servers.settings()
    assert sending(settings).sent == 1
    with stores.open() as store:  # as a process leaves it that is killed before it marks the letter
        until = NOON + 3 * MINUTE
        store.database.run("update outbox set sent_at = null, leased_until = $until", until=until)
    assert sending(settings, now=NOON + MINUTE).sent == 0
    assert sending(settings, now=NOON + 3 * MINUTE).sent == 1
    first, second = map(read, servers.mailbox("kembar", holds=2))
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] != second["Date"]
    assert first.get_payload()[0].as_bytes() == second.get_payload()[0].as_bytes()
