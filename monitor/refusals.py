"""Decides whether a mail server's answer is its last word on a letter. Pure.

SMTP calls each 5xx permanent, but most are about what the operator or a postmaster can mend: a full
mailbox, a quota, a missing PTR record, SPF. The enhanced code tells which (RFC 3463, and the list
at https://www.iana.org/assignments/smtp-enhanced-status-codes); where there is none, words do.
Final is only that there is no such recipient, and that the letter is too big. All else waits:
waiting costs a few questions, giving up costs the letter.
"""

from __future__ import annotations

import re
from enum import Enum, auto


class Stage(Enum):
    """What was asked for when the server refused."""

    CONNECT = auto()
    HELO = auto()
    LOGIN = auto()
    SENDER = auto()  # MAIL FROM
    RECIPIENT = auto()  # RCPT TO
    LETTER = auto()  # DATA


# At the beginning of a line, or as Cisco's and qmail's servers write it: #5.1.1. Elsewhere in the
# words it may be a version or an address.
_ENHANCED = re.compile(
    r"(?:^\W{0,3}|[#(]\s*#?)([245])\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)", re.MULTILINE
)
# X.1.7 and X.1.8 are about the sender; the others of X.1 about the recipient's address.
_SENDERS_ADDRESS = frozenset({7, 8})
_TOO_BIG = frozenset({(2, 3), (3, 4)})
# Postfix and Exim tell at RCPT what they hold against the sender, in the words for a recipient:
# "550 5.1.0 <x>: Sender address rejected: User unknown", "Sender verify failed".
_OF_THE_SENDER = re.compile(
    r"\bsender\b|\bmail from\b|\benvelope.from\b|\breturn.path\b|\breverse.path\b", re.IGNORECASE
)
_WHO = r"(?:user|recipient|mailbox|mail box|address|account|person|local part|addressee)"
_NOBODY = re.compile(
    rf"\bno such (?:\w+ )?{_WHO}\b"
    rf"|\b(?:unknown|invalid|nonexistent|non-existent) (?:\w+ )?{_WHO}\b"
    rf"|\b{_WHO} (?:is )?(?:unknown|invalid|not found|not known)\b"
    rf"|\b{_WHO}\b[^;\n]{{0,80}}(?:does not|doesn['\u2019]?t|did not) exist\b"
    rf"|\bno (?:\w+ )?(?:mailbox|account) (?:here|by that name|with that name)\b"
    rf"|\bis not a (?:valid|known) {_WHO}\b|\bnot a valid {_WHO}\b"
    rf"|\b(?:does not|doesn['\u2019]?t) have an? \S* ?account\b",
    re.IGNORECASE,
)
_SAID_AT_RCPT = frozenset({550, 551, 553})
_SIZE = re.compile(
    r"\b(?:message|mail|letter|content)\b.{0,40}\b(?:too (?:big|large|long)|size)\b"
    r"|\bsize\b.{0,40}\b(?:exceed|limit)",
    re.IGNORECASE,
)


def is_final(stage: Stage, code: int, said: str) -> bool:
    """Return whether asking again is of no use.

    code: SMTP's, of three digits. said: the words after it, with the enhanced code if there is one.

    >>> is_final(Stage.RECIPIENT, 550, "5.1.1 <a@b.example>: User unknown")
    True
    >>> is_final(Stage.RECIPIENT, 552, "5.2.2 Mailbox full")
    False
    """
    if not 500 <= code <= 599 or stage in (Stage.CONNECT, Stage.HELO, Stage.LOGIN):
        return False
    enhanced = _enhanced(said)
    if enhanced is None or enhanced[1] == 0:  # X.0.0 says nothing
        return _is_final_by_words(stage, code, said)
    kind, subject, detail = enhanced
    if kind != 5:  # the code is of a failure that passes
        return False
    if (subject, detail) in _TOO_BIG:
        return True
    return (
        subject == 1
        and detail not in _SENDERS_ADDRESS
        and stage is not Stage.SENDER
        and not _OF_THE_SENDER.search(said)
    )


def _enhanced(said: str) -> tuple[int, int, int] | None:
    """Read class, subject and detail of the first enhanced code."""
    match = _ENHANCED.search(said)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _is_final_by_words(stage: Stage, code: int, said: str) -> bool:
    if code == 552:  # of a full mailbox or disk, and of a letter's size
        return stage is not Stage.RECIPIENT and bool(_SIZE.search(said))
    return (
        stage is Stage.RECIPIENT
        and code in _SAID_AT_RCPT
        and bool(_NOBODY.search(said))
        and not _OF_THE_SENDER.search(said)
    )
