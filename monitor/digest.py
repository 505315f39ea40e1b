"""The digest at its hour: for each recipient, in their time zone and language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from analysis.findings import Finding
from analysis.indicators.dials import Dial, dials
from monitor import __version__
from monitor.alert import Reason
from monitor.config import Config, Watch
from monitor.coordination.stored import acted_together
from monitor.coordination.telling import groups_of
from monitor.indication.stored import facts_of_store
from monitor.letters import (
    Digest,
    DigestRow,
    GapLine,
    GroupTold,
    Letter,
    Unreached,
    digest_key,
    digest_letter,
)
from monitor.measure import Measured, curve_of, measure
from monitor.naming import Naming
from monitor.reader import Reader
from monitor.schedule import Window, window
from monitor.store import Store
from monitor.store.telling import decision_of
from monitor.target import Target

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_COMPARABLE = 0.8


@dataclass(frozen=True, slots=True)
class Due:
    """A digest that should have been written by now and was not decided yet."""

    reader: Reader
    at: datetime  # in the reader's zone
    window: Window  # what it tells of


def digests_due(store: Store, config: Config, *, now: datetime) -> list[Due]:
    """Give the digests that are due.

    The last one that should have been written by now counts, so that neither a pause of the
    daemon nor a jump of the clock skips a day or doubles one. Older ones are not made up for:
    this one begins where the last one ended.
    """
    return [
        Due(reader, at, window(store.telling.last_digest(reader.address, now=now), at, now))
        for reader, at in _last_due(config, now)
        if not store.telling.digest_decided(reader.address, at.date())
    ]


def _last_due(config: Config, now: datetime) -> Iterator[tuple[Reader, datetime]]:
    for address in dict.fromkeys(config.digest.recipients):
        reader = config.reader(address)
        today = now.astimezone(reader.zone).date()
        at = datetime.combine(today, reader.digest_at, tzinfo=reader.zone)
        # In UTC: by the clock on the wall, an hour that spring leaves out is over before it ends.
        if now < at.astimezone(UTC):
            at = datetime.combine(today - _DAY, reader.digest_at, tzinfo=reader.zone)
        yield reader, at


def write_digests(store: Store, config: Config, *, now: datetime) -> list[Letter]:
    """Write the digests that are due, and enqueue them. Wants a transaction.

    A day with nothing to tell gets none, until a week has passed without any: then one letter
    says that all has been quiet. So its reader knows that gaung is alive.
    """
    letters = []
    known: dict[Window, Digest] = {}
    store.telling.end_digests(now=now)
    for due in digests_due(store, config, now=now):
        letter = None if due.window.is_too_short else _letter(store, config, due, known, now=now)
        if letter is not None:
            letters.append(letter)
            store.outbox.enqueue(letter, now=now)
            store.telling.mention(due.reader.address, now=now)
        store.telling.decide_digest(
            due.reader.address,
            due.at.date(),
            until=due.window.since if due.window.is_too_short else due.window.until,
            written=letter is not None,
            now=now,
        )
    return letters


def _letter(
    store: Store, config: Config, due: Due, known: dict[Window, Digest], *, now: datetime
) -> Letter | None:
    """Write the digest of one reader; None if there is nothing to tell, and need not be."""
    reader, covered = due.reader, due.window
    digest = _personal(store, _known(store, config, covered, known), reader)
    if digest.is_empty and config.digest.quiet_days == "weekly":
        last = store.telling.last_digest(reader.address, now=now, written=True)
        # An hour of grace: the week must not end a day later for a minute.
        if last is not None and covered.until - last < _WEEK - _HOUR:
            return None
        if last is not None:
            since = min(covered.since, max(last, covered.until - _WEEK))
            week = replace(covered, since=since)
            digest = _personal(store, _known(store, config, week, known), reader)
    letter = digest_letter(digest, reader=reader, now=covered.until)
    return replace(letter, key=digest_key(reader, due.at))


def _known(store: Store, config: Config, covered: Window, known: dict[Window, Digest]) -> Digest:
    """Put a digest together once for all who are told of the same time."""
    if covered not in known:
        known[covered] = digest_of(
            store,
            config,
            since=covered.since,
            until=covered.until,
            left_out=covered.left_out,
        )
    return known[covered]


def _personal(store: Store, digest: Digest, reader: Reader) -> Digest:
    """Return what one reader was told: what quiet hours keep from them was sent to others only."""
    untold = store.telling.untold(reader.address)
    return replace(
        digest,
        resolved=tuple(store.telling.unmentioned(reader.address)),
        alerts=tuple(
            replace(one, told=False, reason=Reason.HELD)
            if one.reason.tells and (one.finding.key, one.decided_at) in untold
            else one
            for one in digest.alerts
        ),
    )


def enqueue_extra_digest(store: Store, config: Config, *, now: datetime) -> list[Letter]:
    """Write a digest that somebody asked for, beside the daily ones. Wants a transaction."""
    digest = digest_of(store, config, since=now - _DAY, until=now)
    letters = []
    for recipient in config.digest.recipients:
        letter = digest_letter(digest, reader=config.reader(recipient), now=now)
        letters.append(replace(letter, key=f"{letter.key}:{now.isoformat()}"))
        store.outbox.enqueue(letters[-1], now=now)
    return letters


def digest_of(
    store: Store,
    config: Config,
    *,
    since: datetime,
    until: datetime,
    left_out: datetime | None = None,
) -> Digest:
    """Put together what a digest says of a time.

    What was decided at its very beginning is told by the digest that ended then.
    left_out: from here to `since` no digest tells.
    """
    decided = [
        row for row in store.findings.decisions(since=since) if since < row["decided_at"] <= until
    ]
    return Digest(
        since=since,
        until=until,
        left_out=left_out,
        rows=tuple(_row(store, config, watch, since, until) for watch in config.watches),
        alerts=tuple(
            # Nobody was told of what had no recipients: it was only recorded.
            replace(decision_of(row), told=bool(row["told"]) and bool(row["recipients"]))
            for row in decided
        ),
        troubles=tuple(
            Unreached(
                source=row["source"],
                runs=row["runs"],
                last_at=row["last_at"],
                detail=row["detail"],
            )
            for row in store.runs.failures(since, until)
        ),
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
        findings=tuple(_known_before(store, config, since, until)),
        groups=tuple(_together(store, config, decided)),
    )


def _together(
    store: Store, config: Config, decided: Iterable[dict[str, Any]]
) -> Iterator[tuple[Finding, tuple[GroupTold, ...]]]:
    """Give who acted together, of each finding as it was decided about last."""
    last = {one.finding.key: one.finding for one in map(decision_of, decided)}
    naming = Naming.of(store.privacy.salt(), config.privacy.public, config.privacy.public_from)
    for finding in last.values():
        if groups := groups_of(store, finding, naming):
            yield finding, groups


def _known_before(
    store: Store, config: Config, since: datetime, until: datetime
) -> Iterator[Finding]:
    """Give what somebody was told of before, and that has ended since or goes on."""
    for watch in config.watches:
        for finding in store.findings.between(watch=watch.name, since=since):
            last = store.findings.last_told(finding.key)
            if finding.from_at < since and last is not None and last.told_at < since:
                # As it was then: what ended later goes on for this digest.
                ended = finding.to_at is not None and finding.to_at <= until
                yield finding if ended else replace(finding, to_at=None)


def _row(store: Store, config: Config, watch: Watch, since: datetime, until: datetime) -> DigestRow:
    target = Target.of(watch)

    def seen(start: datetime, end: datetime) -> Measured:
        return measure(
            store, target, since=start, until=end, window=_HOUR, zone=config.zone,
            alerts=config.alerts_of(watch.name),
        )  # fmt: skip

    measured = seen(since, until)
    activity = measured.activity
    # Where nobody can say, and there is nothing, it is unknown and not zero.
    known = bool(activity.height) if measured.coverage is None else measured.coverage > 0
    reposts = int(activity["is_repost"].sum())
    expected = measured.windows["expected"]
    # Synchrony is a part of O: null where it is too much to look for here, as `gaung report` says.
    together, _ = acted_together(store, target, until - _DAY, until)
    found = dials(
        facts_of_store(store, config, target, since=until - _DAY, until=until, coordinated=together)
    )
    return DigestRow(
        watch=watch.name,
        posts=int(activity["is_post"].sum()) if known else None,
        # Windows that were still being learnt have no expectation, and then the day has none.
        expected=None if expected.null_count() else float(expected.sum()),
        authors=int(activity["author_id"].n_unique()) if known else None,
        repost_share=reposts / activity.height if activity.height else None,
        coverage=measured.coverage,
        series=tuple(measured.windows["posts"].to_list()),
        bursts=len(measured.bursts),
        # With a source more than before, more posts say nothing.
        posts_before=None
        if measured.learning
        else _posts_before(seen(since - (until - since), since)),
        learning=measured.learning,
        curve=curve_of(measured, _HOUR),
        mobilisation=found.mobilisation.value,
        orchestration=found.orchestration.value,
        mobilisation_parts=_parts(found.mobilisation),
        orchestration_parts=_parts(found.orchestration),
    )


def _parts(dial: Dial) -> tuple[int, int]:
    return dial.known, len(dial.components)


def _posts_before(measured: Measured) -> int | None:
    """Give how many posts there were, if enough was observed to compare with."""
    if measured.coverage is None or measured.coverage < _COMPARABLE:
        return None
    return int(measured.activity["is_post"].sum())
