# ruff: noqa: E501  # answers stand as servers give them
"""Which answers of mail servers are final: as Gmail, Outlook, Yahoo, Postfix, Exim … word them.

What is right here was decided by hand from RFC 3463 and what each provider documents of its
answers: final is an address that nobody has, or a letter that is too big, and nothing else.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.refusals import Stage, is_final

TO, DATA, FROM = Stage.RECIPIENT, Stage.LETTER, Stage.SENDER

# Nobody has this address, whoever asks.
FINAL = [
    (
        TO,
        550,
        "5.1.1 <budi@kantor.example>: Recipient address rejected: User unknown in virtual mailbox table",
    ),
    (
        TO,
        550,
        "5.1.1 The email account that you tried to reach does not exist. Please try\n5.1.1 double-checking the recipient's email address for typos or\n5.1.1 unnecessary spaces. - gsmtp",
    ),
    (
        TO,
        553,
        "5.1.2 We weren't able to find the recipient domain. Please check for any\n5.1.2 spelling errors. - gsmtp",
    ),
    (TO, 553, "5.1.3 The recipient address <budi> is not a valid RFC 5321 address. - gsmtp"),
    (
        TO,
        550,
        "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient budi@kantor.example not found by SMTP address lookup",
    ),
    (
        TO,
        556,
        "5.1.10 <budi@kantor.example>: Recipient address rejected: Domain kantor.example does not accept mail (nullMX)",
    ),
    (TO, 550, "5.1.6 budi@kantor.example has moved"),
    (DATA, 550, "5.1.1 <budi@kantor.example> User doesn't exist: budi@kantor.example"),
    (TO, 550, "#5.1.0 Address rejected."),
    (TO, 553, "sorry, no mailbox here by that name. (#5.1.1)"),
    (TO, 550, "No Such User Here"),
    (TO, 550, "no such recipient here"),
    (TO, 550, "User unknown"),
    (TO, 550, "Unknown user account"),
    (TO, 550, "Invalid recipient: budi@kantor.example"),
    (TO, 550, "budi@kantor.example: Recipient not found"),
    (TO, 550, "Mailbox does not exist"),
    (TO, 550, "Mailbox <budi@kantor.example> does not exist"),
    (TO, 553, "budi@kantor.example... No such user"),
    (TO, 550, "That is not a valid mailbox"),
    (TO, 550, "5.0.0 <budi@kantor.example>... User unknown"),
    (TO, 550, "User not found: budi@kantor.example"),
    (FROM, 552, "5.3.4 Message size exceeds fixed limit"),
    (DATA, 552, "5.3.4 Your message exceeded Google's message size limits. Please visit - gsmtp"),
    (DATA, 552, "5.2.3 Message exceeds maximum fixed size"),
    (FROM, 552, "Message size exceeds maximum permitted"),
]
# The operator or a postmaster can mend it, or it passes: the letter waits.
WAITS = [
    # what the mail server of an office said
    (TO, 550, "5.4.5 Daily user sending quota exceeded. - gsmtp"),
    (TO, 552, "5.2.2 Mailbox full"),
    (TO, 550, "5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.7]"),
    (TO, 550, "5.7.25 The IP address sending this message does not have a PTR record setup"),
    (
        DATA,
        550,
        "5.7.26 This mail has been blocked because the sender is unauthenticated. SPF did not pass",
    ),
    (Stage.HELO, 504, "5.5.2 <kantor>: Helo command rejected: need fully-qualified hostname"),
    (TO, 504, "5.5.2 <kantor>: Helo command rejected: need fully-qualified hostname"),
    (TO, 554, "5.7.1 <budi@kantor.example>: Relay access denied"),
    (DATA, 554, "Transaction failed"),
    (TO, 450, "4.2.1 The user you are trying to contact is receiving mail too quickly"),
    # Gmail
    (TO, 552, "5.2.2 The recipient's inbox is out of storage space. - gsmtp"),
    (TO, 550, "5.2.1 The email account that you tried to reach is inactive. - gsmtp"),
    (
        DATA,
        550,
        "5.7.1 Our system has detected that this message is likely unsolicited mail. - gsmtp",
    ),
    (FROM, 530, "5.7.0 Must issue a STARTTLS command first. - gsmtp"),
    (TO, 550, "5.4.6 This mail loops. - gsmtp"),
    # Outlook and Exchange Online
    (TO, 550, "5.7.1 Service unavailable, Client host [192.0.2.7] blocked using Spamhaus"),
    (TO, 550, "5.4.1 Recipient address rejected: Access denied. AS(201806281)"),
    (DATA, 550, "5.7.708 Service unavailable. Access denied, traffic not accepted from this IP"),
    (TO, 550, "5.1.8 Access denied, bad outbound sender AS(42004)"),
    (DATA, 554, "5.2.0 STOREDRV.Deliver.Exception:StorageTransientException"),
    (TO, 550, "Requested action not taken: mailbox unavailable"),
    (DATA, 550, "SC-001 (BAY004) Unfortunately, messages from 192.0.2.7 weren't sent"),
    (TO, 550, "5.7.64 TenantAttribution; Relay Access Denied"),
    # Yahoo
    (DATA, 554, "5.7.9 Message not accepted for policy reasons. See postmaster.yahooinc.com"),
    (Stage.CONNECT, 553, "5.7.1 [BL21] Connections will not be accepted from 192.0.2.7"),
    (DATA, 554, "Message not allowed - [299]"),
    # Postfix: what it holds against the sender it says of the recipient
    (
        TO,
        550,
        "5.1.0 <gaung@x.example>: Sender address rejected: User unknown in local recipient table",
    ),
    (TO, 550, "5.1.8 <gaung@localhost>: Sender address rejected: Domain not found"),
    (TO, 553, "5.7.1 <gaung@x.example>: Sender address rejected: not owned by user humas"),
    (FROM, 553, "5.1.7 The sender address <gaung> is not a valid RFC 5321 address"),
    (FROM, 550, "5.1.1 User unknown"),
    (FROM, 501, "5.1.7 Bad sender address syntax"),
    (
        TO,
        550,
        "5.7.23 <budi@kantor.example>: Recipient address rejected: Message rejected due to: SPF fail",
    ),
    (TO, 554, "5.5.1 Error: no valid recipients"),
    (DATA, 550, "4.3.2 Service currently unavailable"),
    # Exim
    (TO, 550, "Verification failed for <gaung@x.example>\nNo Such User Here\nSender verify failed"),
    (TO, 550, "Unrouteable address"),
    (TO, 550, "relay not permitted"),
    (TO, 550, "Administrative prohibition"),
    (DATA, 550, "This message was classified as SPAM and may not be delivered"),
    (TO, 552, "Mailbox quota exceeded"),
    (TO, 552, "Mailbox size limit exceeded"),
    # others
    (Stage.LOGIN, 535, "5.7.8 Authentication credentials invalid"),
    (Stage.CONNECT, 554, "5.1.1 No SMTP service here"),
    (TO, 550, "5.0.0 Access denied"),
    (TO, 553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
    (TO, 571, "Delivery not authorized, message refused"),
    (DATA, 554, "5.6.0 Message contains an invalid header"),
    (TO, 550, "Blocked by 10.5.1.1"),
]


@pytest.mark.parametrize(("stage", "code", "said"), FINAL)
def test_an_address_that_nobody_has_is_not_asked_again(stage: Stage, code: int, said: str) -> None:
    assert is_final(stage, code, said)


@pytest.mark.parametrize(("stage", "code", "said"), WAITS)
def test_what_can_be_mended_costs_no_letter(stage: Stage, code: int, said: str) -> None:
    assert not is_final(stage, code, said)


@given(
    st.sampled_from(Stage),
    st.integers(500, 599),
    st.integers(2, 9),
    st.integers(0, 999),
    st.text(),
)
def test_no_code_but_of_an_address_or_a_size_is_final(
    stage: Stage, code: int, subject: int, detail: int, words: str
) -> None:
    if (subject, detail) not in {(2, 3), (3, 4)}:
        assert not is_final(stage, code, f"5.{subject}.{detail} {words}")


@given(st.sampled_from(Stage), st.integers(100, 499), st.text())
def test_no_answer_that_passes_is_final(stage: Stage, code: int, words: str) -> None:
    assert not is_final(stage, code, words)
    assert not is_final(stage, code, f"5.1.1 {words}")
