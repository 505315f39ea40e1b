"""What mail servers answer, and what becomes of it: a letter sent, refused, or a remedy."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest

from monitor.deliver import DeliveryError, Mailer
from monitor.errors import ConfigError
from monitor.letters import message
from tests.monitor.payloads.mail_server import (
    NOON,
    SENDER,
    Server,
    mail_settings,
    make_letter,
    running,
    server_tls,
    strict,
    trusting,
)


def send(port: int, name: str = "ana", *, password: str = "", **settings: Any) -> None:
    letter = make_letter(name)
    with Mailer(mail_settings(port, **settings), password=password, context=trusting()) as mailer:
        mailer.send(message(letter, sender=SENDER, sent_at=NOON), letter.recipient)


def failure(port: int, name: str = "ana", **options: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(port, name, **options)
    return caught.value


def test_a_letter_arrives_as_it_was_written() -> None:
    with running(server := Server()) as port:
        send(port)
    (mail,) = server.got
    assert mail["Subject"] == "[gaung] Burst in air-bersih ↑ 1"
    assert mail["To"] == "ana@example.go.id"
    part = mail.get_body(("plain",))
    assert part is not None
    assert part.get_content().splitlines() == ["412 posts", "."]


def test_no_line_is_changed_on_the_way() -> None:
    letter = replace(make_letter(), text="From Kupang: 412 posts\n.\n..\n>From\n\n")
    with running(server := Server()) as port, Mailer(mail_settings(port)) as mailer:
        mailer.send(message(letter, sender=SENDER, sent_at=NOON), letter.recipient)
    part = server.got[0].get_body(("plain",))
    assert part is not None
    assert part.get_content().replace("\r\n", "\n") == letter.text


def test_starttls_and_login_are_used_where_they_are_wanted() -> None:
    with running(server := strict(Server())) as port:
        send(port, security="starttls", username="gaung", password="geheim")
    assert len(server.got) == 1


def test_tls_from_the_first_byte() -> None:
    with running(server := Server(tls=server_tls())) as port:
        send(port, security="tls")
    assert len(server.got) == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"security": "none"}, "530"),
        ({"security": "starttls"}, "530"),
        ({"security": "none", "username": "gaung"}, "set mail.security to starttls"),
        (
            {"security": "starttls", "username": "gaung", "password_env": "MAIL_PW"},
            "refused the login (535 5.7.8 Authentication credentials invalid): "
            "check mail.username and the password in MAIL_PW",
        ),
        (
            {"security": "starttls", "username": "gaung", "password": "gehëim"},
            "use only ASCII in mail.username and the password",
        ),
        ({"security": "tls"}, "check mail.security (starttls, tls or none) and mail.port"),
    ],
)
def test_what_the_operator_can_mend_never_costs_the_letter(
    settings: dict[str, Any], said: str
) -> None:
    with running(server := strict(Server())) as port:
        error = failure(port, **({"password": "falsch"} | settings))
    assert not error.permanent
    assert said in error.reason
    assert "falsch" not in error.reason
    assert not server.got


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    with running(strict(Server())) as port:
        mailer = Mailer(mail_settings(port, security="starttls"))
        remedy = mailer.check()
    assert remedy is not None
    assert "certificate that is not trusted" in remedy
    assert "update-ca-certificates" in remedy
    assert "SSL_CERT_FILE would take the place of all others" in remedy


def test_a_password_is_never_sent_in_the_clear_where_starttls_is_missing() -> None:
    with running(server := Server()) as port:
        error = failure(port, security="starttls", username="gaung", password="geheim")
    assert not error.permanent
    assert "STARTTLS" in error.reason
    assert server.logins == 0


def test_a_server_that_is_not_there_is_a_passing_trouble() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = failure(port)
    assert not error.permanent
    assert error.reason == (
        f"mail server 127.0.0.1:{port} cannot be reached (Connection refused): "
        "check mail.server, mail.port and the network"
    )


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mailer = Mailer(mail_settings(silent.getsockname()[1]), timeout=0.2)
        assert "timed out" in (mailer.check() or "")


@pytest.mark.parametrize(
    ("name", "permanent", "said"),
    [
        ("nobody", True, "refused the recipient: 550 5.1.1 User unknown"),
        ("reject", False, "refused the recipient: 550 5.7.1 mailbox refuses mail"),
        ("full", False, "refused the recipient: 552 5.2.2 Mailbox full"),
        ("spf", False, "refused the letter: 550 5.7.26 SPF did not pass"),
        ("big", True, "refused the letter: 552"),
        ("grey", False, "451 4.7.1 greylisted"),
        ("late", False, "452 4.3.1"),
        ("busy", False, "421"),
        ("stranger", False, "refused the recipient (see mail.username): 554 5.7.1"),
        ("drop", False, "hung up"),
    ],
)
def test_only_a_last_word_is_permanent(name: str, permanent: bool, said: str) -> None:
    with running(Server()) as port:
        error = failure(port, name)
    assert error.permanent is permanent
    assert said in error.reason
    assert error.reason.isprintable()


def test_a_sender_who_may_not_send_is_the_operators_to_mend() -> None:
    with running(Server()) as port:
        error = failure(port, sender="spam@example.go.id")
    assert not error.permanent
    assert "mail.sender" in error.reason


def test_a_sender_that_is_no_address_is_an_error_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match=r"mail\.sender: 'gaung' is no e-mail address"):
        Mailer(mail_settings(25, sender="gaung"))


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_security_has_its_usual_port(security: str, port: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", _refused)
        remedy = Mailer(mail_settings(0, server="mail.example", security=security)).check()
    assert remedy is not None
    assert remedy.startswith(f"mail server mail.example:{port} cannot be reached")


def _refused(*_: Any, **__: Any) -> socket.socket:
    raise ConnectionRefusedError(111, "Connection refused")


def test_check_logs_in_and_sends_nothing() -> None:
    with running(server := strict(Server())) as port:
        settings = mail_settings(port, security="starttls", username="gaung")
        good = Mailer(settings, password="geheim", context=trusting()).check()
        bad = Mailer(settings, password="falsch", context=trusting()).check()
    assert good is None
    assert bad is not None
    assert "refused the login" in bad
    assert not server.got
