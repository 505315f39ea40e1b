"""The e-mail that a letter becomes: one name, one thread, and headers that nothing breaks."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace

import pytest

from monitor.alert import Reason
from monitor.letters import Letter, message
from tests.monitor.golden import examples
from tests.monitor.golden.examples import (
    HOUR,
    NOW,
    alert_letter,
    make_burst,
    make_decision,
    make_digest,
)

SENDER = "Gaung <gaung@example.go.id>"


def digest() -> Letter:
    return examples.digest_letter(make_digest())


def test_keys_name_the_letter_and_its_reader() -> None:
    letter = alert_letter(make_decision(make_burst()))
    finding = make_burst().key
    assert letter.key == f"alert:{finding}:first:2026-08-18T00:00:00+00:00:ana@example.go.id"
    assert digest().key == "digest:ana@example.go.id:2026-08-18"


def test_letters_about_one_finding_are_one_thread() -> None:
    first = alert_letter(make_decision(make_burst()))
    later = alert_letter(make_decision(make_burst(posts=900), Reason.GREW))
    mails = [message(letter, sender=SENDER, sent_at=NOW) for letter in (first, later)]
    assert mails[0]["References"] == mails[1]["References"] == mails[1]["In-Reply-To"]
    assert mails[0]["Message-ID"] != mails[1]["Message-ID"]
    assert message(digest(), sender=SENDER, sent_at=NOW)["References"] is None


def test_a_letter_sent_again_is_the_same_message() -> None:
    mails = [message(digest(), sender=SENDER, sent_at=NOW + n * HOUR) for n in (0, 5)]
    assert mails[0]["Message-ID"] == mails[1]["Message-ID"]
    assert re.fullmatch(r"<[0-9a-f]{32}@gaung\.example\.go\.id>", mails[0]["Message-ID"])
    del mails[0]["Date"], mails[1]["Date"]
    assert mails[0].as_bytes() == mails[1].as_bytes()


def test_headers_are_ascii_and_survive_the_way() -> None:
    letter = replace(digest(), recipient="ana@münchen.example", subject="気候 ↑ " + "ä" * 300)
    letter = replace(letter, key="digest:ana@münchen.example:" + "x" * 90)
    mail = message(letter, sender="Pantauan «Gaung» <gaung@bücher.example>", sent_at=NOW)
    raw = mail.as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    again = email.message_from_bytes(raw, policy=email.policy.default)
    assert again["To"] == "ana@xn--mnchen-3ya.example"
    assert again["From"].addresses[0].display_name == "Pantauan «Gaung»"
    assert again["Subject"].startswith("気候 ↑ äää")
    assert again["Subject"].endswith("…")
    assert again["Message-ID"].endswith("@gaung.xn--bcher-kva.example>")
    assert b"\r\nX-Gaung-Key: digest:ana@m\\xfcnchen.example:xxx" in raw
    assert again["Auto-Submitted"] == "auto-generated"
    assert again["List-Id"] == "gaung <gaung.xn--bcher-kva.example>"
    assert again["List-Unsubscribe"].startswith("<mailto:gaung@xn--bcher-kva.example?")
    for kind, written in (("plain", letter.text), ("html", letter.html)):
        part = again.get_body((kind,))
        assert part is not None
        assert part.get_content().replace("\r\n", "\n") == written


def test_no_address_in_a_header_is_broken_or_encoded_however_long() -> None:
    domain = "a-very-long-name.of-some-directorate.of-a-ministry.example.go.id"
    letter = replace(
        alert_letter(make_decision(make_burst())), recipient=f"ana.with.a.long.name@{domain}"
    )
    raw = message(letter, sender=f"gaung.pantauan@{domain}", sent_at=NOW).as_bytes().decode()
    assert f"\r\nList-Unsubscribe: <mailto:gaung.pantauan@{domain}?subject=unsubscribe>\r\n" in raw
    for header in ("Message-ID", "In-Reply-To", "References"):
        assert re.search(rf"\r\n{header}: <[0-9a-f]{{32}}@gaung\.{domain}>\r\n", raw)
    assert f"X-Gaung-Key: {letter.key}\r\n" in raw


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "ana@",
        "@example.id",
        "ana@exa mple.id",
        "ana@b..id",
        "änä@example.id",
        "ana@example.id, budi@example.id",
        "ana@example.id\r\nBcc: budi@example.id",
        "ana@example.id>",
    ],
)
def test_what_is_no_single_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is no e-mail address"):
        message(replace(digest(), recipient=address), sender=SENDER, sent_at=NOW)
