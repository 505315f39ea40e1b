"""How each source stands: its last run, and when it last answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.ledger import SLACK
from monitor.store.database import Database
from monitor.store.runs import INTERRUPTED, goes_on


class Latest:
    """The table runs, as those read it who want to know how things stand."""

    def __init__(self, database: Database, *, now: datetime | None = None) -> None:
        """`now`: what is said to have begun later is not told as the last; None: all is."""
        self._db, self._now = database, now
        self._late = None if now is None else now + SLACK

    def last_of_each(self) -> list[dict[str, Any]]:
        """Return the last run of each source and hashtag, of each look at posts, of each import.

        One that goes on has no verdict; one that broke off has that of a failure, also before
        anybody has closed it.
        """
        rows = self._db.rows(
            """
            select * from runs
            where $late is null or started_at <= $late
            qualify row_number() over (
                partition by source, hashtag, case when task = 'import' then locator end,
                    case when task in ('expand', 'check') then task end
                order by run_id desc) = 1
            order by source, task in ('expand', 'check'), hashtag, task desc, locator
            """,
            late=self._late,
        )
        return [
            row
            if row["verdict"] is not None or goes_on(self._db, row)
            else row | {"verdict": "failed", "detail": INTERRUPTED}
            for row in rows
        ]

    def by_source(self) -> list[dict[str, Any]]:
        """Return how each source went: source, last_run_at, last_success_at, received, rejected.

        An answer that is empty or has more than was read is a success, and so is what a stream
        that goes on has told; an import is none of these.
        """
        heard = [
            row["run_id"]
            for row in self._db.rows(
                "select run_id, worker from runs where finished_at is null and task = 'stream'"
            )
            if goes_on(self._db, row)
        ]
        return self._db.rows(
            """
            select source,
                   max(least(greatest(finished_at, started_at, heard_at), $now)) as last_run_at,
                   max(least(coalesce(heard_at, finished_at), $now)) filter (
                       verdict in ('complete', 'truncated', 'partial', 'empty')
                       or heard_at is not null) as last_success_at,
                   sum(received)::bigint as received, sum(rejected)::bigint as rejected
            from (select r.*, c.updated_at as heard_at from runs r
                  left join cursors c on c.source = r.source and list_contains($heard, r.run_id)
                       and c.updated_at >= r.started_at
                  where task <> 'import' and ($late is null or started_at <= $late))
            group by source order by source
            """,
            heard=heard,
            now=self._now,
            late=self._late,
        )
