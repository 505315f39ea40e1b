"""Findings, and every decision about them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from analysis.findings import Finding, FindingKind
from monitor.alert import Decision, Told
from monitor.store.database import Database


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
            evidence=json.dumps(dict(finding.evidence), ensure_ascii=False, sort_keys=True),
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
        return [_finding(row) for row in rows]

    def open(self) -> list[Finding]:
        """Give the findings that go on."""
        rows = self._db.rows("select * from findings where to_at is null order by from_at")
        return [_finding(row) for row in rows]

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
        )

    def decide(self, decision: Decision, *, recipients: list[str]) -> None:
        """Save a decision, if it says something else than the last one on this finding."""
        self._db.run(
            """
            insert into alerts
            select $key, $now, $told, $reason, $score, $posts, $recipients
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


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(
        watch=row["watch"],
        kind=FindingKind(row["kind"]),
        subject=row["subject"],
        from_at=row["from_at"],
        to_at=row["to_at"],
        score=row["score"],
        evidence=json.loads(row["evidence"]),
    )
