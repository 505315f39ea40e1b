"""What letters say, and that nothing in a post can make them say more."""

from __future__ import annotations

import email
import email.policy
import re
import unicodedata
from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alert import Reason
from monitor.letters import (
    AlertFacts,
    GapLine,
    Letter,
    Unreached,
    clean,
    digest_letter,
    message,
)
from monitor.sparkline import sparkline
from tests.monitor.golden import examples
from tests.monitor.golden.examples import (
    HOUR,
    NOW,
    alert_letter,
    busy_day,
    make_burst,
    make_decision,
    make_digest,
    make_reader,
    make_row,
    make_trouble,
)

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\r\nBcc: x@y.example\r\n\r\nbody "
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \u202egnp.exe\u2066 \x00\x9b31m \ud800 {{ 7 * 7 }} "
    "@ana@mastodon.social ＠budi https://evil.example/@citra"
)
HOSTILE_KEY = HOSTILE.replace("\ud800", "")  # the store keeps no half characters
DOWN = Unreached(source="mastodon.social", runs=1, last_at=NOW, detail=None)
SENDER = "Gaung <gaung@example.go.id>"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(html)
    return parser.seen


def visible(html: str) -> str:
    """Give what a reader sees of a page."""
    body = re.sub(r'<img[^>]*alt="([^"]*)"[^>]*>', r"\1", html.partition("<body")[2])
    text = re.sub(r"<[^>]*>", " ", "<body" + body)
    return " ".join(
        text.replace("&#39;", "'")
        .replace("&#34;", '"')
        .replace("&lt;", "<")
        .replace("&amp;", "&")
        .split()
    )


def digest(**changes: object) -> Letter:
    return examples.digest_letter(make_digest(**changes))


def parsed(mail: EmailMessage) -> EmailMessage:
    return email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)


def hostile_letters() -> list[Letter]:
    evidence = {"reason": HOSTILE, "detail": HOSTILE}
    trouble = replace(make_trouble(), subject=HOSTILE_KEY, evidence=evidence)
    decision = make_decision(replace(make_burst(), watch=HOSTILE_KEY, subject=HOSTILE_KEY))
    facts = AlertFacts(top_authors=((HOSTILE_KEY, 3),), examples=(HOSTILE,) * 3)
    gap = GapLine(source=HOSTILE, hashtag=HOSTILE, since=NOW - HOUR, until=None, reason=HOSTILE)
    return [
        alert_letter(decision, facts=facts),
        alert_letter(make_decision(trouble), facts=facts),
        digest(
            rows=(make_row(HOSTILE),),
            alerts=(decision, make_decision(trouble)),
            troubles=(Unreached(source=HOSTILE, runs=2, last_at=NOW, detail=HOSTILE),),
            gaps=(gap,),
            version=HOSTILE,
        ),
    ]


@pytest.mark.parametrize("letter", hostile_letters(), ids=["burst", "trouble", "digest"])
def test_hostile_text_adds_no_tag_header_or_escape(letter: Letter) -> None:
    assert not {"script", "img"} & {tag for tag, _ in tags(letter.html)}
    assert not any(name.startswith("on") for _, named in tags(letter.html) for name in named)
    for text in (letter.subject, letter.text.replace("\n", ""), letter.html.replace("\n", "")):
        assert not {"Cc", "Cf", "Cs"} & {unicodedata.category(character) for character in text}
    assert "\n" not in letter.subject
    assert "\nBcc" not in letter.text
    assert "{{ 7 * 7 }}" in letter.text or "49" not in letter.text
    mail = parsed(message(letter, sender=SENDER, sent_at=NOW))
    assert mail["Bcc"] is None
    assert mail["To"] == "ana@example.go.id"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_posts_are_quoted_without_handles_addresses_or_links() -> None:
    letter = hostile_letters()[0]
    for page in (letter.text, letter.html):
        quoted = re.split("Names and links|TRUSTED|trusted", page)[1]
        assert not re.search("ana|mastodon|budi|evil|citra", quoted)


def test_a_quoted_post_has_at_most_200_characters() -> None:
    facts = AlertFacts(examples=("panjang " * 100,))
    text = alert_letter(make_decision(make_burst()), facts=facts).text
    quoted = " ".join(re.findall(r"^  > (.*)$", text, re.M))
    assert 150 < len(quoted) <= 200
    assert quoted.endswith("…")


@given(st.text())
@settings(max_examples=300)
def test_clean_text_is_one_line_without_control_or_direction(text: str) -> None:
    line = clean(text)
    kinds = {unicodedata.category(character) for character in line} - {"Cf"}
    assert not {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} & kinds
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]", line)
    assert clean(line) == line
    assert len(line) <= 200


def test_no_multiple_of_the_usual_when_a_fifth_was_not_observed() -> None:
    for coverage, said in ((0.8, True), (0.79, False), (None, False)):
        letter = alert_letter(make_decision(make_burst()), facts=AlertFacts(coverage=coverage))
        assert ("times the usual" in letter.text) is said
        row = digest(rows=(make_row(posts=500, coverage=coverage),))
        for page in (row.text, visible(row.html)):
            assert ("2.5 times the usual" in page) is said
            assert ("41% reposts" in page) is said
            assert ("≥ 500" in page) is not said


def test_less_than_half_observed_is_unknown_and_never_zero() -> None:
    for row in (make_row(coverage=0.49), make_row(posts=None, authors=None, coverage=None)):
        letter = digest(rows=(row,))
        assert letter.subject == "[gaung] unknown: nothing could be observed · 18 Aug 2026 WIB"
        for page in (letter.text, visible(letter.html)):
            assert len(re.findall(r"\bgap\b", page)) >= 2
            assert "204" not in page
            assert "all quiet" not in page.lower()


def test_a_zero_that_was_observed_is_zero() -> None:
    letter = digest(rows=(make_row(posts=0, authors=0, repost_share=None, series=(0,) * 24),))
    assert re.search(r"air-bersih +0 +198 +0 +100%", letter.text)
    assert not re.search(r"^air-bersih.* gap", letter.text, re.M)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "all quiet"),
        ({"rows": ()}, "no watch is set up"),
        ({"rows": (make_row(bursts=1),)}, "1 burst, none needs attention"),
        (
            {"rows": (make_row(bursts=2),), "alerts": (make_decision(make_burst()),)},
            "2 bursts, 1 needs attention",
        ),
        ({"alerts": (make_decision(make_burst()),)}, "1 burst, 1 needs attention"),
        ({"rows": (make_row("a"), make_row("b", coverage=0.1))}, "no burst seen, 1 watch unknown"),
        ({"rows": (make_row(coverage=0.7),)}, "no burst seen"),
        ({"troubles": (DOWN,)}, "no burst seen, 1 source not reached"),
    ],
)
def test_the_subject_carries_the_verdict(changes: dict[str, object], verdict: str) -> None:
    assert digest(**changes).subject == f"[gaung] {verdict} · 18 Aug 2026 WIB"


def test_a_digest_shows_the_worst_ten_and_counts_the_rest() -> None:
    rows = [make_row(f"w{n:02}") for n in range(14)] + [make_row("worst", bursts=1)]
    letter = digest(rows=tuple(rows), troubles=(DOWN,) * 12)
    shown = re.findall(r"^(w\w+) +204", letter.text, re.M)
    assert shown == ["worst", *(f"w{n:02}" for n in range(9))]
    assert "… and 5 watches more, without a burst." in letter.text
    assert "… and 2 more." in visible(letter.html)


def test_a_finding_stands_in_the_digest_once_with_its_last_letter() -> None:
    first = make_decision(make_burst())
    later = replace(make_decision(make_burst(), Reason.TOLD_ALREADY), decided_at=NOW + HOUR)
    letter = digest(alerts=(later, first))
    assert letter.text.count("air-bersih: burst of 412 posts") == 1
    assert "letter sent: It is new" in letter.text


def test_text_and_html_give_the_same_numbers() -> None:
    for letter in examples.letters().values():
        numbers = re.findall(r"\d[\d,.:]*", visible(letter.html))
        shown = re.findall(r"\d[\d,.:]*", letter.text)
        assert set(numbers) == set(shown), letter.key


def test_html_is_small_and_refers_to_nothing_outside() -> None:
    rows = tuple(make_row("w" * 60 + str(n), series=(*range(168),)) for n in range(50))
    full = examples.digest_letter(replace(busy_day(), rows=rows))
    for letter in (*examples.letters().values(), full):
        assert len(letter.html.encode()) < 60_000
        assert not re.search(r"https?:|//|url\(|@import|<link|<script", letter.html)
        shown = [named["src"] for tag, named in tags(letter.html) if tag == "img"]
        assert shown == [f"cid:{picture.name}@gaung" for picture in letter.pictures]
        assert all(named["alt"] for tag, named in tags(letter.html) if tag == "img")
        assert sum(len(picture.png) for picture in letter.pictures) < 90_000
        language = dict(tags(letter.html))["html"]
        assert language["lang"] in {"en", "id"}
        assert "prefers-color-scheme: dark" in letter.html


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), max_size=60))
def test_every_series_can_be_drawn(series: list[float | None]) -> None:
    drawn = sparkline(series)
    assert len(drawn) == len(series)
    assert [mark == "·" for mark in drawn] == [value is None for value in series]


def test_a_drawing_says_in_words_what_it_shows() -> None:
    letter = digest(rows=(make_row(series=(0, None, 4)),))
    labels = [named["aria-label"] for _, named in tags(letter.html) if named.get("role") == "img"]
    assert labels == ["Posts over time: from 0 to 4 an hour, unknown for 1 of 3 bars"]
    assert sparkline((0, None, 4)) == "▁·█"
    assert "▁·█" in letter.text


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (None, "cannot be said yet"),
        (0.3, "about once a day"),
        (41.3, "about once in 41 days"),
        (1000.0, "about once in 3 years"),
        (1e9, "less than once in ten years"),
        (float("inf"), "less than once in ten years"),
    ],
)
def test_how_unusual_is_said_in_words(days: float | None, said: str) -> None:
    facts = AlertFacts(once_in_days=days)
    assert said in alert_letter(make_decision(make_burst()), facts=facts).text


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        ("Asia/Jakarta", "18 Aug 2026 07:00 WIB"),
        ("Asia/Makassar", "18 Aug 2026 08:00 WITA"),
        ("Asia/Jayapura", "18 Aug 2026 09:00 WIT"),
    ],
)
def test_times_are_the_readers(zone: str, time: str) -> None:
    reader = replace(make_reader(), zone=ZoneInfo(zone))
    letter = digest_letter(make_digest(), reader=reader, now=NOW)
    assert f"Written {time}" in letter.text
