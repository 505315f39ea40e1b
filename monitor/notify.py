"""Stage 3: findings → alerts → letters in the outbox.

Decisions and letters are saved in one transaction with what led to them: a letter is enqueued
once, whatever ends the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from analysis.findings import Finding, FindingKind
from monitor.alert import Decision, Standing, decide, grouped, letters_of, past_quiet
from monitor.charts import Curve
from monitor.config import Config, PrivacySettings, Watch
from monitor.coordination.telling import groups_of
from monitor.letters import AlertFacts, alert_letter
from monitor.measure import curve_of, measure
from monitor.naming import Naming
from monitor.reader import Reader
from monitor.store import Store
from monitor.target import Target

_HOUR = timedelta(hours=1)
_DRAWN = timedelta(hours=48)  # what the chart of an alert shows
_SAME_THREAD = timedelta(hours=48)


def notify(
    store: Store, config: Config, found: Iterable[Finding], *, now: datetime
) -> list[Decision]:
    """Decide about each finding, and write the letters. Wants a transaction."""
    watches = {watch.name: watch for watch in config.watches}
    decisions = [
        decide(
            finding,
            standing=_standing(store, finding, now=now),
            settings=config.alerts_of(finding.watch),
            now=now,
        )
        for finding in found
        if finding.watch in watches
    ]
    for decision in decisions:
        if not decision.told:
            store.findings.decide(decision, recipients=[])
    letters: dict[str, list[tuple[Decision, ...]]] = {}
    for group in grouped(decisions):
        watch = watches[group[0].finding.watch]
        recipients = watch.recipients or config.alerts.recipients
        thread = _thread(store, group, now=now)
        for decision in group:
            store.findings.decide(decision, recipients=recipients, thread=thread)
        for recipient in recipients:
            letters.setdefault(recipient, []).append(group)
    for recipient, groups in letters.items():
        _tell(store, config, recipient, groups, now=now)
    return decisions


def _thread(store: Store, group: Sequence[Decision], *, now: datetime) -> str:
    """Give the thread of what is told of a watch: that of the last letters, if they are recent."""
    first = group[0].finding
    told = store.findings.thread(first.watch, since=now - _SAME_THREAD)
    return told or f"finding:{first.key}"


def _standing(store: Store, finding: Finding, *, now: datetime) -> Standing:
    return Standing(
        last=store.findings.last_told(finding.key),
        acknowledged=store.telling.is_acknowledged(finding.key),
        silence=store.telling.silence_of(finding.watch, now=now),
        group=store.findings.told_kinds(finding.watch),
    )


def _tell(
    store: Store,
    config: Config,
    recipient: str,
    groups: Iterable[tuple[Decision, ...]],
    *,
    now: datetime,
) -> None:
    """Write letters to one recipient, or hold back what is decided in their quiet hours."""
    reader = config.reader(recipient)
    release_at = reader.quiet.over_at(now, reader.zone) if reader.quiet else None
    if release_at is None:
        for letter in letters_of(groups):
            _write(store, config, letter, reader, now=now)
        return
    for decision in (one for group in groups for one in group):
        store.telling.hold(decision, recipient=recipient, release_at=release_at)


def _write(
    store: Store,
    config: Config,
    group: Sequence[Decision],
    reader: Reader,
    *,
    now: datetime,
) -> None:
    watch = next(one for one in config.watches if one.name == group[0].finding.watch)
    letter = alert_letter(
        group,
        watch=watch,
        facts=facts_of(store, watch, group, config, now=now),
        reader=reader,
        now=now,
        thread=_thread(store, group, now=now),
        resolved=store.telling.unmentioned(reader.address),
    )
    store.outbox.enqueue(letter, now=now)
    store.telling.mention(reader.address, now=now)


def release(store: Store, config: Config, *, now: datetime) -> list[Decision]:
    """Tell what quiet hours have held back and still goes on. Wants a transaction.

    What resolved meanwhile is not told: a line in the recipient's next letter says so.
    """
    held: dict[str, list[Decision]] = {}
    for recipient, decision in store.telling.to_release(now):
        held.setdefault(recipient, []).append(decision)
    names = {watch.name for watch in config.watches}
    told: list[Decision] = []
    for recipient, decisions in held.items():
        going_on = [d.finding for d in decisions if d.finding.to_at is None]
        still, over = past_quiet(decisions, going_on, now=now)
        for one in over:
            store.telling.released(recipient, one.finding.key, resolved=True, now=now)
        for one in still:
            store.telling.released(recipient, one.finding.key, resolved=False, now=now)
        groups = [group for group in grouped(still) if group[0].finding.watch in names]
        for letter in letters_of(groups):
            _write(store, config, letter, config.reader(recipient), now=now)
        told += still
    return told


def naming_of(store: Store, settings: PrivacySettings) -> Naming:
    """Give the names that accounts have in what leaves this machine."""
    return Naming.of(store.privacy.salt(), settings.public, settings.public_from)


def facts_of(
    store: Store, watch: Watch, group: Sequence[Decision], config: Config, *, now: datetime
) -> AlertFacts:
    """Give what the letter says of the first finding, and who acts together, if it tells that."""
    decision, finding = group[0], group[0].finding
    coverage = _number(finding, "coverage")
    if finding.kind is FindingKind.SOURCE_TROUBLE:
        return AlertFacts(coverage=coverage)
    target = Target.of(watch)
    during = target.selection(finding.from_at, finding.to_at or decision.decided_at)
    naming = naming_of(store, config.privacy)
    top = store.queries.top_authors(during, 5)
    known = store.privacy.known_as([row["author_key"] for row in top])
    return AlertFacts(
        once_in_days=_number(finding, "once_in_days"),
        top_authors=tuple(
            (naming.name(row["author_key"], known.get(row["author_key"])), int(row["posts"]))
            for row in top
        ),
        examples=tuple(row["text"] for row in store.queries.examples(during, 3)),
        coverage=coverage,
        groups=next(
            (found for one in group if (found := groups_of(store, one.finding, naming))), ()
        ),
        curve=_curve(store, target, config, now=now) if finding.kind is FindingKind.BURST else None,
    )


def _curve(store: Store, target: Target, config: Config, *, now: datetime) -> Curve | None:
    measured = measure(
        store,
        target,
        since=now - _DRAWN,
        until=now,
        window=_HOUR,
        zone=config.zone,
        alerts=config.alerts_of(target.watch),
    )
    return curve_of(measured, _HOUR)


def _number(finding: Finding, name: str) -> float | None:
    value = finding.evidence.get(name)
    return float(value) if isinstance(value, int | float) else None
