"""Posts that a source could not be asked about, and when each is tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor import secrets
from monitor.schedule import retry_after
from monitor.store.database import Database

_LONGEST_WHY = 500
_FORGOTTEN_AFTER = timedelta(days=7)
# A post that is not asked about any more, because of its age, is not tried again either.
_TOLD_FOR = timedelta(days=1)


class Unanswered:
    """The table unanswered. `task`: expand, check."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def known(self, task: str, source: str) -> frozenset[str]:
        """Return the keys of the posts of which it is certain that the fault is theirs."""
        rows = self._db.rows(
            """
            select post_key from unanswered
            where task = $task and source = $source and retry_at is not null
            """,
            task=task,
            source=source,
        )
        return frozenset(row["post_key"] for row in rows)

    def note(
        self, task: str, source: str, failed: Mapping[str, str], *, is_certain: bool, now: datetime
    ) -> None:
        """Note posts that could not be asked about, each with the reason.

        is_certain: the source is well and answered for others. Else they come after all others the
        next time; and if the source has answered for others when they fail again, it is certain.
        """
        self._db.run(
            "delete from unanswered where retry_at < $before", before=now - _FORGOTTEN_AFTER
        )
        before = self._of(task, source, list(failed))
        answered_at = self._answered_at(task, source)
        for key, why in failed.items():
            known = before.get(key)
            is_theirs = is_certain or (
                known is not None
                and (
                    known["retry_at"] is not None
                    or (answered_at is not None and answered_at >= known["tried_at"])
                )
            )
            failures = (known["failures"] if known else 0) + (1 if is_theirs else 0)
            self._db.run(
                """
                insert into unanswered
                values ($task, $source, $key, $failures, $now, $retry_at, $why)
                on conflict do update set failures = excluded.failures,
                    tried_at = excluded.tried_at, retry_at = excluded.retry_at, why = excluded.why
                """,
                task=task,
                source=source,
                key=key,
                failures=failures,
                now=now,
                retry_at=now + retry_after(failures) if is_theirs else None,
                why=secrets.redact(why)[:_LONGEST_WHY],
            )

    def forget(self, task: str, source: str, keys: Sequence[str]) -> None:
        """Note that a source answered for these posts."""
        self._db.run(
            """
            delete from unanswered
            where task = $task and source = $source and list_contains($keys, post_key)
            """,
            task=task,
            source=source,
            keys=list(keys),
        )

    def counted(self, *, now: datetime) -> list[dict[str, Any]]:
        """Count what is to be tried again: task, source, posts, next_at, why (of the newest)."""
        return self._db.rows(
            """
            select source, task, count(*) as posts, min(retry_at) as next_at,
                   arg_max(why, tried_at) as why
            from unanswered where retry_at > $since
            group by source, task order by source, task desc
            """,
            since=now - _TOLD_FOR,
        )

    def _of(self, task: str, source: str, keys: list[str]) -> dict[str, dict[str, Any]]:
        rows = self._db.rows(
            """
            select * from unanswered
            where task = $task and source = $source and list_contains($keys, post_key)
            """,
            task=task,
            source=source,
            keys=keys,
        )
        return {row["post_key"]: row for row in rows}

    def _answered_at(self, task: str, source: str) -> datetime | None:
        table = "expansions" if task == "expand" else "checks"
        when: datetime | None = self._db.value(
            f"select max(checked_at) from {table} where source = $source",  # noqa: S608
            source=source,
        )
        return when
