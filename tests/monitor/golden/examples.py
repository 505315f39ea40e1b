"""The letters that the golden files show; other tests bend them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from analysis.findings import Finding, FindingKind
from monitor.alert import Decision, Reason
from monitor.charts import Curve
from monitor.config import Watch
from monitor.letters import (
    AlertFacts,
    Digest,
    DigestRow,
    GapLine,
    GroupTold,
    Letter,
    PushedThing,
    ShownPost,
    Unreached,
)
from monitor.letters import alert_letter as write_alert
from monitor.letters import digest_letter as write_digest
from monitor.reader import Reader

WIB = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 8, 18, 0, 0, tzinfo=UTC)  # 07:00 WIB
HOUR = timedelta(hours=1)
NIGHT = (9, 6, 4, 2, 1, 2, 5, 8)
FACTS = AlertFacts(
    once_in_days=41.3,
    top_authors=(("akun-hvssbco", 61), ("@dinasair", 44), ("akun-k3f7q2a", 30)),
    examples=(
        "Sumur kami kering sudah tiga minggu. #AirBersih @pdam@mastodon.social kapan?",
        "Antre air dari jam 4 pagi, lihat https://example.org/foto/1 #KrisisAir",
        "Tolong sebarkan: warga RW 05 butuh tangki air sekarang! #AirBersih",
    ),
    coverage=0.97,
)


def make_reader(language: str = "en", address: str = "ana@example.go.id") -> Reader:
    """Give one who reads letters in WIB."""
    return Reader(address=address, language=language, zone=WIB, digest_at=time(7))  # type: ignore[arg-type]


def make_curve(posts: tuple[int | None, ...], *, burst: bool = False) -> Curve:
    """Give hours up to now."""
    first = NOW - len(posts) * HOUR
    usual = tuple(8.0 + 4 * (hour % 24 > 6) for hour in range(len(posts)))
    return Curve(
        starts=tuple(first + hour * HOUR for hour in range(len(posts))),
        window=HOUR,
        posts=posts,
        expected=usual,
        upper=tuple(2 * value for value in usual),
        bursts=((NOW - 11 * HOUR, NOW - 6 * HOUR),) if burst else (),
    )


def make_burst(**changes: object) -> Finding:
    """Give a burst in air-bersih that goes on, with these evidence values changed."""
    evidence = {"posts": 412, "expected": 40.2, "authors": 96, **changes}
    return Finding(
        watch="air-bersih",
        kind=FindingKind.BURST,
        subject="",
        from_at=NOW - 11 * HOUR,
        to_at=evidence.pop("to_at", None),  # type: ignore[arg-type]
        score=evidence.pop("score", 8.5),  # type: ignore[arg-type]
        evidence=evidence,
    )


def make_trouble(*, to_at: datetime | None = None, hours: float = 5.5) -> Finding:
    """Give a source that has not answered since 01:30 WIB."""
    return Finding(
        watch="air-bersih",
        kind=FindingKind.SOURCE_TROUBLE,
        subject="mastodon.social",
        from_at=NOW - 5.5 * HOUR,
        to_at=to_at,
        score=hours,
        evidence={"reason": "failed", "detail": "503 Service Unavailable"},
    )


def make_decision(finding: Finding, reason: Reason = Reason.FIRST) -> Decision:
    """Give a decision that was made now."""
    return Decision(finding=finding, told=reason.tells, reason=reason, decided_at=NOW)


def alert_letter(
    *decisions: Decision,
    facts: AlertFacts = FACTS,
    reader: Reader | None = None,
    resolved: tuple[Finding, ...] = (),
) -> Letter:
    """Write the letter about decisions on air-bersih."""
    return write_alert(
        decisions,
        watch=Watch(name="air-bersih", hashtags=["AirBersih", "KrisisAir"]),
        facts=facts,
        reader=reader or make_reader(),
        now=NOW,
        thread=f"finding:{decisions[0].finding.key}",
        resolved=resolved,
    )


def make_row(watch: str = "air-bersih", **changes: object) -> DigestRow:
    """Give a quiet, fully observed watch, with these fields changed."""
    fields = {
        "posts": 204,
        "expected": 198.0,
        "authors": 88,
        "repost_share": 0.41,
        "coverage": 1.0,
        "series": (*NIGHT, 9, 8, 10, 9, 11, 10, 12, 9, 8, 10, 14, 16, 12, 10, 9, 8),
        "bursts": 0,
        **changes,
    }
    return DigestRow(watch=watch, **fields)  # type: ignore[arg-type]


def make_digest(**changes: object) -> Digest:
    """Give the digest of a quiet day with one watch, with these fields changed."""
    fields = {
        "since": NOW - 24 * HOUR,
        "until": NOW,
        "rows": (make_row(),),
        "alerts": (),
        "troubles": (),
        "gaps": (),
        "version": "0.1.0",
        **changes,
    }
    return Digest(**fields)  # type: ignore[arg-type]


def digest_letter(digest: Digest, *, reader: Reader | None = None) -> Letter:
    """Write a digest."""
    return write_digest(digest, reader=reader or make_reader(), now=NOW)


def busy_day() -> Digest:
    """Give a day with two bursts, gaps, a silent source and more watches than a table takes."""
    burst = make_burst(to_at=NOW - 6 * HOUR)
    missed = Finding(
        watch="ujian-nasional",
        kind=FindingKind.BURST,
        subject="",
        from_at=NOW - 23 * HOUR,
        to_at=NOW - 21 * HOUR,
        score=6.4,
        evidence={"posts": 61, "expected": 9.5, "authors": 40},
    )
    old = replace(make_burst(), watch="harga-beras", from_at=NOW - 30 * HOUR)
    peak = (12, 8, 6, 4, 3, 2, 4, 9, 16, 18, 21, 19, 22, 60, 140, 120, 72, 41, 30, 22, 18, 14, 12)
    gap = (9, 8, 12, None, None, None, None, 14, 11, 9, 8, 7, 9, 12, 10, 8, 6, 5, 4, 2, 1, 2, 3, 5)
    return make_digest(
        rows=(
            make_row("harga-beras", posts=2204, expected=2150.0, authors=1410, coverage=0.99),
            make_row(
                "air-bersih",
                posts=733,
                expected=187.0,
                authors=214,
                repost_share=0.62,
                coverage=0.97,
                series=(*peak, 10),
                bursts=1,
                mobilisation=91.0,
                orchestration=38.4,
                mobilisation_parts=(2, 5),
                orchestration_parts=(5, 6),
                posts_before=190,
                curve=make_curve((*peak, 10), burst=True),
            ),
            make_row("ujian-nasional", posts=121, expected=63.0, authors=70, bursts=1),
            make_row(
                "banjir-rob-pesisir-utara",
                posts=155,
                expected=160.0,
                coverage=0.83,
                series=gap,
                curve=make_curve(gap),
            ),
            make_row("tarif-listrik", posts=96, expected=140.0, coverage=0.66, series=gap),
            make_row(
                "bansos",
                posts=31,
                expected=120.0,
                coverage=0.31,
                series=(*[None] * 16, 4, 3, 5, 6, 4, 3, 4, 2),
            ),
            make_row(
                "pupuk",
                posts=None,
                expected=None,
                authors=None,
                repost_share=None,
                coverage=0.0,
                series=(None,) * 24,
            ),
            make_row(
                "sampah-plastik", posts=3, expected=0.4, authors=3, series=(*[0] * 20, 1, 2, 0, 0)
            ),
            make_row(
                "jalan-rusak",
                posts=0,
                expected=12.0,
                authors=0,
                repost_share=None,
                series=(0,) * 24,
            ),
            *(make_row(f"daerah-{number}") for number in range(1, 3)),
        ),
        alerts=(
            make_decision(burst),
            make_decision(missed, Reason.TOO_OLD),
            make_decision(make_trouble()),
        ),
        troubles=(
            Unreached(
                source="mastodon.social",
                runs=3,
                last_at=NOW - timedelta(minutes=20),
                detail="503 Service Unavailable",
            ),
        ),
        groups=((make_coordination(), make_groups()),),
        findings=(old, replace(old, from_at=NOW - 50 * HOUR, to_at=NOW - 22 * HOUR)),
        gaps=(
            GapLine(
                source="mastodon.social",
                hashtag="pupuk",
                since=NOW - 24 * HOUR,
                until=None,
                reason="failed",
            ),
            GapLine(
                source="bluesky",
                hashtag="tariflistrik",
                since=NOW - 21 * HOUR,
                until=NOW - 17 * HOUR,
                reason="refused: too many requests",
            ),
        ),
        version="0.1.0",
    )


@cache
def letters() -> dict[str, Letter]:
    """Give every letter with a golden file, by its name; each in both languages."""
    return {
        f"{name}.{language}": letter
        for language in ("en", "id")
        for name, letter in _letters(make_reader(language)).items()
    }


def _event(kind: FindingKind, subject: str, **evidence: float) -> Finding:
    return Finding(
        watch="air-bersih",
        kind=kind,
        subject=subject,
        from_at=NOW - 3 * HOUR,
        to_at=None,
        score=6.0,
        evidence=evidence,
    )


def make_coordination() -> Finding:
    """Give what is found where two groups act together."""
    return _event(
        FindingKind.COORDINATION, "", accounts=14, groups=2, largest=11, posts=88, share=0.12
    )


def make_groups() -> tuple[GroupTold, ...]:
    """Give the groups of it: one with a text and a link, one whose posts are gone."""
    said = "Tuntut janji pipa baru kepada @walikota sekarang juga! https://air.id/petisi"

    def shown(first: str, then: str, *texts: str | None) -> tuple[ShownPost, ShownPost]:
        at = NOW - 4 * HOUR
        return (
            ShownPost(author=first, at=at + timedelta(seconds=3), text=texts[0]),
            ShownPost(author=then, at=at + timedelta(seconds=11), text=texts[1]),
        )

    large = GroupTold(
        accounts=11,
        q=3.2e-9,
        posts=76,
        share=0.104,
        first="akun-hvssbco",
        mean_delay=8.4,
        members=("akun-hvssbco", "akun-k3f7q2a", "@dinasair", "akun-m2xw7pe", "akun-zz4kq3b"),
        pushed=(
            PushedThing(
                by="near-text",
                accounts=11,
                posts=64,
                shown=shown("akun-hvssbco", "akun-k3f7q2a", said, f"{said} ayo bergerak"),
            ),
            PushedThing(
                by="link",
                accounts=9,
                posts=31,
                shown=shown("akun-hvssbco", "@dinasair", said, "Baca dan sebarkan: air.id/petisi"),
            ),
        ),
    )
    small = GroupTold(
        accounts=3,
        q=0.0042,
        posts=12,
        share=0.016,
        first=None,
        mean_delay=1.0,
        members=("akun-ab2cd3e", "akun-bc3de4f", "akun-cd4ef5g"),
        pushed=(
            PushedThing(
                by="repost",
                accounts=3,
                posts=12,
                shown=shown("akun-ab2cd3e", "akun-bc3de4f", None, None),
            ),
        ),
    )
    return (large, small)


def _letters(reader: Reader) -> dict[str, Letter]:
    over = NOW - 6 * HOUR
    thin = AlertFacts(once_in_days=None, coverage=0.62)
    quiet = make_digest()
    burst = make_burst(author_score=4.2, doubling_hours=1.6)
    drawn = replace(FACTS, curve=make_curve((*NIGHT, *NIGHT, 60, 140, 120, 72, 41, 30), burst=True))
    events = {
        "coordination": make_coordination(),
        "platform": _event(FindingKind.PLATFORM, "bluesky", authors=12, posts=31),
        "community": _event(FindingKind.COMMUNITY, "", authors=18),
        "news": _event(FindingKind.NEWS, "", outlets=4, lag_hours=5.5),
        "emerging": _event(FindingKind.EMERGING, "darurattair", posts=61, expected=2.4, authors=40),
    }
    decisions = {name: make_decision(event) for name, event in events.items()}
    return {
        "digest-busy": digest_letter(busy_day(), reader=reader),
        "digest-quiet": digest_letter(quiet, reader=reader),
        "digest-quiet-week": digest_letter(
            replace(quiet, since=NOW - 7 * 24 * HOUR), reader=reader
        ),
        "digest-unseen": digest_letter(
            make_digest(rows=(make_row(coverage=0.2, series=(None,) * 24),)), reader=reader
        ),
        "alert-burst": alert_letter(make_decision(burst), facts=drawn, reader=reader),
        "alert-several": alert_letter(
            make_decision(burst),
            make_decision(events["news"], Reason.NEW_KIND),
            *(decisions[name] for name in ("coordination", "platform", "community", "emerging")),
            make_decision(make_trouble()),
            reader=reader,
            resolved=(make_burst(to_at=over),),
        ),
        "alert-grew-thin": alert_letter(
            make_decision(make_burst(to_at=over), Reason.GREW), facts=thin, reader=reader
        ),
        "alert-trouble": alert_letter(
            make_decision(make_trouble()), facts=AlertFacts(), reader=reader
        ),
        "alert-resolved": alert_letter(
            make_decision(make_trouble(to_at=NOW - HOUR), Reason.RESOLVED),
            facts=AlertFacts(),
            reader=reader,
        ),
        **{
            f"alert-{name}": alert_letter(
                decision,
                facts=AlertFacts(
                    coverage=1.0, groups=make_groups() if name == "coordination" else ()
                ),
                reader=reader,
            )
            for name, decision in decisions.items()
        },
    }
