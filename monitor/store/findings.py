"""Findings, and every decision about them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from analysis.findings import Finding, FindingKind
from monitor import secrets
from monitor.alert import Decision, Told
from monitor.store.database import Database
from monitor.store.telling import finding_of


class Findings:
    """The tables findings and alerts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def save(self, finding: Finding, *, now: datetime) -> None:
        """Save a claim, or what is newly known of it."""
        self._db.run(
            """
            insert into findings values ($key, $watch, $kind, $subject, $from_at, $to_at, $score,
                                         $evidence, $now, $now)
            on conflict (finding_key) do update set
                to_at = excluded.to_at, score = excluded.score, evidence = excluded.evidence,
                updated_at = excluded.updated_at
            where (excluded.to_at, excluded.score, excluded.evidence) is distinct from
                  (findings.to_at, findings.score, findings.evidence)
            """,
            key=finding.key,
            watch=finding.watch,
            kind=str(finding.kind),
            subject=finding.subject,
            from_at=finding.from_at,
            to_at=finding.to_at,
            score=finding.score,
            evidence=json.dumps(
                secrets.blank_within(finding.evidence), ensure_ascii=False, sort_keys=True
            ),
            now=now,
        )

    def between(self, *, watch: str | None = None, since: datetime | None = None) -> list[Finding]:
        """Give the findings of a time, newest first."""
        rows = self._db.rows(
            """
            select * from findings
            where ($watch is null or watch = $watch)
              and ($since is null or coalesce(to_at, updated_at) >= $since)
            order by from_at desc, finding_key
            """,
            watch=watch,
            since=since,
        )
        return [finding_of(row) for row in rows]

    def open(self) -> list[Finding]:
        """Give the findings that go on."""
        rows = self._db.rows("select * from findings where to_at is null order by from_at")
        return [finding_of(row) for row in rows]

    def last_told(self, key: str) -> Told | None:
        """Give the last time that someone was told of a finding."""
        rows = self._db.rows(
            "select * from alerts where finding_key = $key and told "
            "order by decided_at desc limit 1",
            key=key,
        )
        if not rows:
            return None
        row = rows[0]
        return Told(
            finding_key=key,
            told_at=row["decided_at"],
            score=row["score"],
            resolved=row["reason"] == "resolved",
            posts=row["posts"],
            peak=row["peak"],
        )

    def by_key(self, key: str) -> Finding | None:
        """Give a finding as it is known now."""
        rows = self._db.rows("select * from findings where finding_key = $key", key=key)
        return finding_of(rows[0]) if rows else None

    def thread(self, watch: str, *, since: datetime) -> str | None:
        """Give the thread that the letters about a watch are in, if one was told since."""
        found: str | None = self._db.value(
            """
            select arg_max(a.thread, a.decided_at)
            from alerts a join findings f using (finding_key)
            where f.watch = $watch and a.told and a.decided_at >= $since and a.thread is not null
            """,
            watch=watch,
            since=since,
        )
        return found

    def told_kinds(self, watch: str) -> frozenset[FindingKind]:
        """Give the kinds that somebody was told of, and that still go on."""
        rows = self._db.rows(
            "select distinct kind from findings f join alerts a using (finding_key) "
            "where watch = $watch and told and to_at is null",
            watch=watch,
        )
        return frozenset(FindingKind(row["kind"]) for row in rows)

    def decide(
        self, decision: Decision, *, recipients: list[str], thread: str | None = None
    ) -> None:
        """Save a decision, if it says something else than the last one on this finding."""
        self._db.run(
            """
            insert into alerts
            select $key, $now, $told, $reason, $score, $posts, $recipients, $thread, $peak
            where $told or $reason is distinct from (
                select arg_max(reason, decided_at) from alerts where finding_key = $key
            )
            on conflict do nothing
            """,
            key=decision.finding.key,
            now=decision.decided_at,
            told=decision.told,
            reason=str(decision.reason),
            score=decision.finding.score,
            posts=decision.finding.evidence.get("posts"),
            recipients=recipients,
            thread=thread,
            peak=decision.finding.evidence.get("peak_times"),
        )

    def decisions(
        self, *, watch: str | None = None, since: datetime | None = None
    ) -> list[dict[str, Any]]:
        """Give the decisions with their findings, newest first."""
        return self._db.rows(
            """
            select a.decided_at, a.told, a.reason, a.recipients, a.score as score_then, f.*
            from alerts a join findings f using (finding_key)
            where ($watch is null or f.watch = $watch)
              and ($since is null or a.decided_at >= $since)
            order by a.decided_at desc, f.watch
            """,
            watch=watch,
            since=since,
        )
