"""Whom not to disturb, what was kept back, and which digests were decided."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from analysis.findings import Finding, FindingKind
from monitor.alert import Decision, Reason, Silence
from monitor.store.database import Database


class Telling:
    """The tables silences, acknowledged, held and digests."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # --- silences ---------------------------------------------------------------------------------

    def silence(self, silence: Silence, *, who: str) -> int:
        """Save a silence, and give its number."""
        return int(
            self._db.value(
                "insert into silences (watch, from_at, until, why, who) "
                "values ($watch, $from_at, $until, $why, $who) returning silence_id",
                watch=silence.watch,
                from_at=silence.from_at,
                until=silence.until,
                why=silence.why,
                who=who,
            )
        )

    def silences(self, *, now: datetime | None = None) -> list[dict[str, Any]]:
        """Give the silences that hold now, or all of them, newest first."""
        return self._db.rows(
            "select * from silences where $now is null or (from_at <= $now and until > $now) "
            "order by from_at desc, silence_id desc",
            now=now,
        )

    def silence_of(self, watch: str, *, now: datetime) -> Silence | None:
        """Give the silence that holds for a watch now, the longest of several."""
        rows = self._db.rows(
            "select watch, from_at, until, why from silences "
            "where watch in ('*', $watch) and from_at <= $now and until > $now "
            "order by until desc limit 1",
            watch=watch,
            now=now,
        )
        return Silence(**rows[0]) if rows else None

    def end_silence(self, number: int, *, now: datetime) -> bool:
        """End a silence now. Tells whether there was one that held."""
        return bool(
            self._db.run(
                "update silences set until = $now where silence_id = $number and until > $now",
                number=number,
                now=now,
            )
        )

    # --- acknowledged -----------------------------------------------------------------------------

    def acknowledge(self, key: str, *, who: str, why: str | None, now: datetime) -> None:
        """Note that somebody knows of a finding."""
        self._db.run(
            "insert into acknowledged values ($key, $now, $who, $why) on conflict do nothing",
            key=key,
            now=now,
            who=who,
            why=why,
        )

    def is_acknowledged(self, key: str) -> bool:
        """Tell whether somebody knows of a finding."""
        return bool(
            self._db.value("select count(*) from acknowledged where finding_key = $key", key=key)
        )

    # --- held by quiet hours ----------------------------------------------------------------------

    def hold(self, decision: Decision, *, recipient: str, release_at: datetime) -> None:
        """Keep a decision back for one recipient."""
        self._db.run(
            "insert into held (recipient, finding_key, reason, decided_at, release_at) "
            "values ($recipient, $key, $reason, $decided_at, $release_at) on conflict do nothing",
            recipient=recipient,
            key=decision.finding.key,
            reason=str(decision.reason),
            decided_at=decision.decided_at,
            release_at=release_at,
        )

    def to_release(self, now: datetime) -> list[tuple[str, Decision]]:
        """Give what is held no longer: recipient and decision, oldest first."""
        rows = self._db.rows(
            "select * from held join findings using (finding_key) "
            "where released_at is null and release_at <= $now order by decided_at, finding_key",
            now=now,
        )
        return [(row["recipient"], decision_of(row)) for row in rows]

    def released(self, recipient: str, key: str, *, resolved: bool, now: datetime) -> None:
        """Note what became of a decision that was held."""
        self._db.run(
            "update held set released_at = $now, resolved = $resolved where recipient = $recipient "
            "and finding_key = $key and released_at is null",
            now=now,
            resolved=resolved,
            recipient=recipient,
            key=key,
        )
        if resolved:  # nobody is told, after all
            self._db.run(
                "update alerts set recipients = list_filter(recipients, lambda one: one <> $to) "
                "where finding_key = $key and told",
                to=recipient,
                key=key,
            )

    def unmentioned(self, recipient: str) -> list[Finding]:
        """Give what resolved in someone's quiet hours, and no letter has said so yet."""
        rows = self._db.rows(
            "select distinct findings.* from held join findings using (finding_key) "
            "where recipient = $recipient and resolved and mentioned_at is null "
            "order by from_at, finding_key",
            recipient=recipient,
        )
        return [finding_of(row) for row in rows]

    def untold(self, recipient: str) -> set[tuple[str, datetime]]:
        """Return which decisions quiet hours keep back from a recipient, or kept until it was over.

        Each as the key of its finding, and when it was decided.
        """
        rows = self._db.rows(
            "select finding_key, decided_at from held "
            "where recipient = $recipient and (released_at is null or resolved)",
            recipient=recipient,
        )
        return {(row["finding_key"], row["decided_at"]) for row in rows}

    def mention(self, recipient: str, *, now: datetime) -> None:
        """Note that a letter says what resolved in someone's quiet hours."""
        self._db.run(
            "update held set mentioned_at = $now "
            "where recipient = $recipient and resolved and mentioned_at is null",
            now=now,
            recipient=recipient,
        )

    # --- digests ----------------------------------------------------------------------------------

    def digest_decided(self, recipient: str, day: date) -> bool:
        """Tell whether the digest of a day was decided for a recipient."""
        return bool(
            self._db.value(
                "select count(*) from digests where recipient = $recipient and day = $day",
                recipient=recipient,
                day=day,
            )
        )

    def decide_digest(
        self, recipient: str, day: date, *, until: datetime, written: bool, now: datetime
    ) -> None:
        """Note that a digest was written, or that there was nothing to tell."""
        self._db.run(
            "insert into digests values ($recipient, $day, $now, $until, $written) "
            "on conflict do nothing",
            recipient=recipient,
            day=day,
            now=now,
            until=until,
            written=written,
        )

    def last_digest(
        self, recipient: str, *, now: datetime, written: bool = False
    ) -> datetime | None:
        """Return up to when a recipient was told, or there was nothing to tell.

        written: only by letters. What a clock decided that was ahead is not believed.
        """
        found: datetime | None = self._db.value(
            "select max(until) from digests where recipient = $recipient and decided_at <= $now "
            "and (written or not $written)",
            recipient=recipient,
            now=now,
            written=written,
        )
        return found

    def end_digests(self, *, now: datetime) -> None:
        """End now what digests of a clock that was ahead say they have told: it has not come."""
        self._db.run("update digests set until = $now where until > $now", now=now)


def finding_of(row: dict[str, Any]) -> Finding:
    """Read a row of the table findings."""
    return Finding(
        watch=row["watch"],
        kind=FindingKind(row["kind"]),
        subject=row["subject"],
        from_at=row["from_at"],
        to_at=row["to_at"],
        score=row["score"],
        evidence=json.loads(row["evidence"]),
    )


def decision_of(row: dict[str, Any]) -> Decision:
    """Read a row of decisions joined with their findings."""
    reason = Reason(row["reason"])
    return Decision(
        finding=finding_of(row), told=reason.tells, reason=reason, decided_at=row["decided_at"]
    )
