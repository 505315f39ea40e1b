"""Stage 3: findings → alerts → letters in the outbox; and the digest at its hour.

Decisions and letters are saved in one transaction with what led to them: a letter is enqueued
once, whatever ends the process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analysis.findings import Finding, FindingKind
from monitor import __version__
from monitor.alert import Decision, Reason, decide
from monitor.config import Config, PrivacySettings, Watch
from monitor.letters import (
    AlertFacts,
    Digest,
    DigestRow,
    GapLine,
    Letter,
    alert_letter,
    digest_letter,
)
from monitor.measure import Target, measure
from monitor.naming import Known, Naming
from monitor.store import Store

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def notify(
    store: Store, config: Config, found: Iterable[Finding], *, now: datetime
) -> list[Decision]:
    """Decide about each finding, and write the letters. Wants a transaction."""
    watches = {watch.name: watch for watch in config.watches}
    decisions = []
    for finding in found:
        watch = watches.get(finding.watch)
        if watch is None:
            continue
        decision = decide(
            finding,
            last=store.findings.last_told(finding.key),
            settings=config.alerts_of(watch.name),
            now=now,
        )
        recipients = watch.recipients or config.alerts.recipients
        store.findings.decide(decision, recipients=recipients if decision.told else [])
        decisions.append(decision)
        if decision.told and recipients:
            facts = _facts(store, watch, decision, config.privacy)
            for recipient in recipients:
                letter = alert_letter(
                    decision,
                    watch=watch,
                    facts=facts,
                    recipient=recipient,
                    zone=config.zone,
                    now=now,
                )
                store.outbox.enqueue(letter, now=now)
    return decisions


def naming_of(store: Store, settings: PrivacySettings) -> Naming:
    """Give the names that accounts have in what leaves this machine."""
    return Naming.of(store.privacy.salt(), settings.public, settings.public_from)


def _facts(store: Store, watch: Watch, decision: Decision, settings: PrivacySettings) -> AlertFacts:
    finding = decision.finding
    if finding.kind is not FindingKind.BURST:
        return AlertFacts()
    target = Target(watch.name, watch.tags, watch=watch.name)
    during = target.selection(finding.from_at, finding.to_at or decision.decided_at)
    naming = naming_of(store, settings)
    once = finding.evidence.get("once_in_days")
    coverage = finding.evidence.get("coverage")
    return AlertFacts(
        once_in_days=float(once) if once is not None else None,
        top_authors=tuple(
            (
                naming.name(row["author_key"], Known(row["handle"], row["followers"])),
                int(row["posts"]),
            )
            for row in store.queries.top_authors(during, 5)
        ),
        examples=tuple(row["text"] for row in store.queries.examples(during, 3)),
        coverage=float(coverage) if coverage is not None else None,
    )


def digest_due(store: Store, config: Config, *, now: datetime) -> datetime | None:
    """Give the local time of the digest that is due and was not written yet.

    The last one that should have been written by now counts, so that neither a pause of the
    daemon nor a jump of the clock skips a day or doubles one; older ones are not made up for.
    """
    local = now.astimezone(config.zone)
    at = datetime.combine(local.date(), config.digest.at, tzinfo=config.zone)
    if local < at:
        at = datetime.combine(local.date() - _DAY, config.digest.at, tzinfo=config.zone)
    first = config.digest.recipients[:1]
    if not first or store.outbox.holds(digest_key(first[0], at)):
        return None
    return at


def digest_key(recipient: str, at: datetime) -> str:
    """Name the digest of one recipient and one day."""
    return f"digest:{recipient}:{at.date().isoformat()}"


def write_digest(store: Store, config: Config, *, at: datetime, now: datetime) -> list[Letter]:
    """Write the digest of the day that ends at `at`, and enqueue it. Wants a transaction."""
    digest = digest_of(store, config, until=at)
    letters = [
        digest_letter(digest, recipient=recipient, zone=config.zone, now=at)
        for recipient in config.digest.recipients
    ]
    for letter in letters:
        store.outbox.enqueue(letter, now=now)
    return letters


def enqueue_extra_digest(store: Store, config: Config, *, now: datetime) -> list[Letter]:
    """Write a digest that somebody asked for, beside the daily ones. Wants a transaction."""
    digest = digest_of(store, config, until=now)
    letters = []
    for recipient in config.digest.recipients:
        letter = digest_letter(digest, recipient=recipient, zone=config.zone, now=now)
        letters.append(replace(letter, key=f"{letter.key}:{now.isoformat()}"))
        store.outbox.enqueue(letters[-1], now=now)
    return letters


def digest_of(store: Store, config: Config, *, until: datetime) -> Digest:
    """Put together what a digest says of the day before `until`."""
    since = until - _DAY
    decisions = store.findings.decisions(since=since)
    return Digest(
        since=since,
        until=until,
        rows=tuple(_row(store, config, watch, since, until) for watch in config.watches),
        alerts=tuple(
            Decision(
                finding=finding,
                # Nobody was told of what had no recipients: it was only recorded.
                told=bool(row["told"]) and bool(row["recipients"]),
                reason=Reason(row["reason"]),
                decided_at=row["decided_at"],
            )
            for row in decisions
            if row["decided_at"] <= until
            for finding in store.findings.between(watch=row["watch"], since=since)
            if finding.key == row["finding_key"]
        ),
        troubles=_troubles(store, since, until, config.zone),
        gaps=tuple(
            GapLine(
                source=gap.source,
                hashtag=gap.hashtag,
                since=gap.from_at,
                until=gap.to_at,
                reason=gap.reason,
            )
            for watch in config.watches
            for gap in store.coverage.gaps_between(watch.tags, since, until)
        ),
        version=__version__,
    )


def _row(store: Store, config: Config, watch: Watch, since: datetime, until: datetime) -> DigestRow:
    measured = measure(
        store,
        Target(watch.name, watch.tags, watch=watch.name),
        since=since,
        until=until,
        window=_HOUR,
        zone=config.zone,
        alerts=config.alerts_of(watch.name),
    )
    activity = measured.activity
    known = measured.coverage is None or measured.coverage > 0
    posts = int(activity["is_post"].sum()) if known else None
    reposts = int(activity["is_repost"].sum())
    expected = measured.windows["expected"]
    return DigestRow(
        watch=watch.name,
        posts=posts,
        # Windows that were still being learnt have no expectation, and then the day has none.
        expected=None if expected.null_count() else float(expected.sum()),
        authors=int(activity["author_id"].n_unique()) if known else None,
        repost_share=reposts / activity.height if activity.height else None,
        coverage=measured.coverage,
        series=tuple(measured.windows["posts"].to_list()),
        bursts=len(measured.bursts),
    )


def _troubles(store: Store, since: datetime, until: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Say which sources failed to answer within the time, how often, and when last."""
    return tuple(
        f"{row['source']}: {row['runs']} {'run' if row['runs'] == 1 else 'runs'} failed, the last "
        f"{row['last_at'].astimezone(zone):%d %b %H:%M %Z}: {row['detail'] or 'no reason given'}"
        for row in store.runs.failures(since, until)
    )
