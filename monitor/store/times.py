"""What the store says of a time that has not come: a clock was ahead, or somebody's event lied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor.ledger import SLACK, Stretch, believed
from monitor.store.database import Database

_LONGEST_PAUSE = timedelta(hours=12)  # of a letter: twice what monitor/deliver.py can come to
_LONGEST_LEASE = timedelta(minutes=10)
_LONGEST_QUIET = timedelta(days=1)


class Times:
    """Times after now, in all tables that something is decided by."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def latest(self, *, now: datetime) -> datetime | None:
        """Return the latest time of which the store says that it is over, where that decides on."""
        latest: datetime | None = self._db.value(
            """
            select max(moment) from (
                select max(to_at) as moment from coverage where not starts_with(source, 'import/')
                union all select max(to_at) from gaps where closed_at is null and from_at < $now
                union all select max(checked_at) from expansions
                union all select max(checked_at) from checks
                union all select max(tried_at) from unanswered
                union all select max(applied_at) from removals
                union all select max(made_at) from backups
                union all select try_cast(max(value) as timestamptz) from meta
                    where key = 'rewritten_at'
                union all select max(decided_at) from alerts
                union all select max(greatest(decided_at, until)) from digests
                union all select max(from_at) from silences
                union all select max(decided_at) from held where released_at is null
                union all select max(greatest(enqueued_at, sent_at, dead_at)) from outbox)
            """,
            now=now,
        )
        return latest

    def sources(self) -> list[str]:
        """Return all sources that claim a time: also those that nothing is wanted of any more."""
        rows = self._db.rows(
            "select source from coverage union select source from gaps order by source"
        )
        return [row["source"] for row in rows]

    def believed(
        self, source: str, hashtag: str, stretches: Sequence[Stretch], *, now: datetime
    ) -> list[Stretch]:
        """Return what was read by now; see `monitor.ledger.believed`."""
        if all(end <= now + SLACK for _, end in stretches):
            return list(stretches)
        return believed(stretches, read_at=self._read_at(source, hashtag, now), now=now)

    def _read_at(self, source: str, hashtag: str, now: datetime) -> datetime | None:
        """Return when a stream was last read, by a clock that was not ahead; None: never.

        What a file is complete for, somebody said: no clock did, and all of it up to now is so.
        """
        if source.startswith("import/"):
            return now
        read_at: datetime | None = self._db.value(
            """
            select max(moment) from (
                select max(started_at) as moment from runs
                where source = $source and hashtag = $hashtag and started_at <= $now
                  and task in ('poll', 'rescan', 'nightly')
                  and verdict in ('complete', 'truncated', 'partial', 'empty')
                union all
                select max(started_at) from runs
                where source = $source and task = 'stream' and started_at <= $now
                union all
                select updated_at from cursors where source = $source and updated_at <= $now)
            """,
            source=source,
            hashtag=hashtag,
            now=now,
        )
        return read_at

    def read_until(self, source: str, *, now: datetime) -> datetime | None:
        """Return up to when a source that is listened to was read, as far as one can believe it."""
        rows = self._db.rows("select * from coverage where source = $source", source=source)
        ends = [
            end
            for row in rows
            for _, end in self.believed(
                source, row["hashtag"], [(row["from_at"], row["to_at"])], now=now
            )
        ]
        return max(ends, default=self._read_at(source, "", now))

    def shorten_coverage(self, sources: Sequence[str], *, now: datetime) -> int:
        """Let coverage end where it can be believed, and gaps end now. Gives how many were wrong.

        A gap that has not begun is left: it may be filled, and says nothing that is too good. So
        is what a file is complete for: if the clock is behind now, nothing would bring it back.
        """
        late = self._db.rows(
            "select * from coverage where list_contains($sources, source) and to_at > $late "
            "and not starts_with(source, 'import/')",
            sources=list(sources),
            late=now + SLACK,
        )
        for row in late:
            source, hashtag, start = row["source"], row["hashtag"], row["from_at"]
            left = self.believed(source, hashtag, [(start, row["to_at"])], now=now)
            self._db.run(
                "update coverage set to_at = $end where source = $source "
                "and hashtag = $hashtag and from_at = $start",
                source=source,
                hashtag=hashtag,
                start=start,
                end=left[0][1] if left else start,
            )
        self._db.run("delete from coverage where from_at >= to_at")
        return len(late) + self._db.run(
            "update gaps set to_at = $now where list_contains($sources, source) "
            "and closed_at is null and to_at > $late and from_at < $now",
            sources=list(sources),
            now=now,
            late=now + SLACK,
        )

    def put_right(self, *, now: datetime) -> dict[str, int]:
        """Let nothing have happened after now. Gives how many rows were wrong, by table.

        For the present only: in a turn of the past, all that came later would be wrong. What was
        decided is decided now; what is due at an hour that the wrong clock gave, is due now.
        """
        changed: dict[str, int] = {}
        for table, sql in _PUT_RIGHT:
            rows = self._db.run(sql, **_named(sql, now))
            if rows:
                changed[table] = changed.get(table, 0) + rows
        return changed


def _named(sql: str, now: datetime) -> dict[str, Any]:
    values = {
        "now": now,
        "late": now + SLACK,
        "longest_pause": now + _LONGEST_PAUSE,
        "longest_lease": now + _LONGEST_LEASE,
        "longest_quiet": now + _LONGEST_QUIET,
    }
    return {name: value for name, value in values.items() if f"${name}" in sql}


# What is done next goes by these. Posts, runs and findings keep their times: they are what was
# seen, and the clock that is wrong may be the one of now.
_PUT_RIGHT: tuple[tuple[str, str], ...] = (
    ("expansions", "delete from expansions where checked_at > $late"),  # they are asked for again
    ("checks", "delete from checks where checked_at > $late"),
    (
        "unanswered",
        "update unanswered set tried_at = $now, retry_at = least(retry_at, $now) "
        "where tried_at > $late",
    ),
    ("removals", "update removals set applied_at = $now where applied_at > $late"),
    ("backups", "update backups set made_at = $now where made_at > $late"),
    # It would pass for newer than what is taken out from now on: the file is written once more.
    (
        "meta",
        "delete from meta where key = 'rewritten_at' and try_cast(value as timestamptz) > $late",
    ),
    (
        "alerts",
        """
        update alerts set decided_at = $now - to_microseconds(late.place)
        from (select finding_key, decided_at as moment,
                     row_number() over (order by decided_at desc) as place
              from alerts where decided_at > $late) late
        where alerts.finding_key = late.finding_key and alerts.decided_at = late.moment
        """,
    ),
    # The letter of a day that has not come is not the letter of that day.
    *(
        (
            table,
            f"""
            update {table} set letter_key = letter_key || ':' || epoch_us($now)
            where exists (select 1 from digests d where d.until > $late
                          and {table}.letter_key = 'digest:' || d.recipient || ':' || d.day)
            """,  # noqa: S608
        )
        for table in ("pictures", "outbox")
    ),
    ("digests", "delete from digests where until > $late"),
    ("digests", "update digests set decided_at = $now where decided_at > $late"),
    (
        "outbox",
        """
        update outbox set enqueued_at = least(enqueued_at, $now),
            sent_at = case when sent_at is not null then least(sent_at, $now) end,
            dead_at = case when dead_at is not null then least(dead_at, $now) end,
            due_at = case when enqueued_at > $late or due_at > $longest_pause
                          then least(due_at, $now) else due_at end
        where enqueued_at > $late or sent_at > $late or dead_at > $late
           or (due_at > $longest_pause and sent_at is null and dead_at is null)
        """,
    ),
    ("outbox", "update outbox set leased_until = null where leased_until > $longest_lease"),
    (
        "silences",  # as long as it was meant to be
        "update silences set from_at = $now, until = $now + (until - from_at) "
        "where from_at > $late",
    ),
    (
        "held",
        """
        update held set decided_at = least(decided_at, $now),
            release_at = case when release_at > $longest_quiet then $now else release_at end
        where released_at is null and (release_at > $longest_quiet or decided_at > $late)
        """,
    ),
)
