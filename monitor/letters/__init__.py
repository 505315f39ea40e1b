"""Writes alerts and digests as letters: subject, text and HTML. Pure."""

from __future__ import annotations

from monitor.letters.alerts import AlertFacts, alert_letter
from monitor.letters.digests import Digest, GapLine, Unreached, digest_key, digest_letter
from monitor.letters.facts import reason_words
from monitor.letters.groups import GroupTold, PushedThing, ShownPost
from monitor.letters.letter import Letter, OutboxLetter, Picture, envelope_address, message
from monitor.letters.rows import DigestRow
from monitor.letters.words import clean

__all__ = [
    "AlertFacts",
    "Digest",
    "DigestRow",
    "GapLine",
    "GroupTold",
    "Letter",
    "OutboxLetter",
    "Picture",
    "PushedThing",
    "ShownPost",
    "Unreached",
    "alert_letter",
    "clean",
    "digest_key",
    "digest_letter",
    "envelope_address",
    "message",
    "reason_words",
]
